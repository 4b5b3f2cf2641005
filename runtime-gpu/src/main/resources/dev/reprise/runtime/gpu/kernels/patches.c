#include "windows.h"

// Convolutions as products: the patch matrix has a row for each cell of a filter and a column for each
// output cell of "count" images from x on, which begin "apart" cells from one another: with groups, some
// channels of each.
KERNEL patches(GLOBAL REAL *out, GLOBAL const REAL *x, LONG xAt, LONG apart, LONG count, int channels,
               DILATED_WINDOWS) {
  int outCells = outHeight * outWidth, plane = height * width, window = filterHeight * filterWidth;
  LONG cols = count * outCells, cells = cols * channels * window;
  EACH_ITEM(at, cells) {
    LONG d = quotient(at, cols), col = at - d * cols, n = quotient(col, outCells);
    int place = (int)d % window, c = (int)d / window, o = (int)(col - n * outCells);
    int y = o / outWidth * strideHeight - padHeight + place / filterWidth * dilationHeight;
    int z = o % outWidth * strideWidth - padWidth + place % filterWidth * dilationWidth;
    int inside = y >= 0 && y < height && z >= 0 && z < width;
    out[at] = inside ? x[xAt + n * apart + (LONG)c * plane + y * width + z] : 0;
  }
}

// The adjoint: each cell of the images gets the sum of the patches' cells that it was copied to.
KERNEL images(GLOBAL REAL *out, LONG outAt, LONG apart, GLOBAL const REAL *patches, LONG count, int channels,
              DILATED_WINDOWS) {
  int outCells = outHeight * outWidth, plane = height * width;
  LONG cols = count * outCells, cells = count * channels * plane;
  EACH_ITEM(at, cells) {
    LONG whole = quotient(at, plane), n = quotient(whole, channels);
    int c = (int)(whole - n * channels), in = (int)(at - whole * plane), y = in / width, z = in % width;
    REAL sum = 0;
    for (int r = 0; r < filterHeight; r++) {
      int down = y + padHeight - r * dilationHeight, p = down / strideHeight;
      if (down < 0 || down % strideHeight != 0 || p >= outHeight) {
        continue;
      }
      for (int s = 0; s < filterWidth; s++) {
        int right = z + padWidth - s * dilationWidth, q = right / strideWidth;
        if (right >= 0 && right % strideWidth == 0 && q < outWidth) {
          LONG d = ((LONG)c * filterHeight + r) * filterWidth + s;
          sum += patches[d * cols + n * outCells + p * outWidth + q];
        }
      }
    }
    out[outAt + n * apart + (LONG)c * plane + in] = sum;
  }
}

// From filters x (count * cells) to count x (filters * cells), of rows "apart" cells long.
KERNEL by_image(GLOBAL REAL *out, LONG outAt, LONG apart, GLOBAL const REAL *x, LONG count, LONG filters,
                LONG cells) {
  EACH_ITEM(at, count * filters * cells) {
    LONG plane = quotient(at, cells), o = at - plane * cells, n = quotient(plane, filters);
    LONG k = plane - n * filters;
    out[outAt + n * apart + k * cells + o] = x[(k * count + n) * cells + o];
  }
}

// And back.
KERNEL by_filter(GLOBAL REAL *out, GLOBAL const REAL *x, LONG xAt, LONG apart, LONG count, LONG filters,
                 LONG cells) {
  EACH_ITEM(at, count * filters * cells) {
    LONG plane = quotient(at, cells), o = at - plane * cells, k = quotient(plane, count);
    out[at] = x[xAt + (plane - k * count) * apart + k * cells + o];
  }
}
