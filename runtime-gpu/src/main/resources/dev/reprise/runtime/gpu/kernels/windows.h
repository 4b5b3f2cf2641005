// Windows over images: image n lies in row n, channel by channel, each channel row by row. Output cell
// (p, q) looks at the rows from p * strideHeight - padHeight on and the columns likewise.
#define WINDOWS                                                                                     \
  int height, int width, int filterHeight, int filterWidth, int strideHeight, int strideWidth,       \
      int padHeight, int padWidth, int outHeight, int outWidth

// The places of a convolution's window may lie apart.
#define DILATED_WINDOWS WINDOWS, int dilationHeight, int dilationWidth
