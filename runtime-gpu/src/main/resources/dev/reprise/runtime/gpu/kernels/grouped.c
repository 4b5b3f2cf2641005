// Convolutions of many small groups, cell by cell: of "channels" and "filters" in each of "groups".
#include "windows.h"
#include "rows.h"

#define GROUPED int groups, int channels, int filters, DILATED_WINDOWS

KERNEL outputs(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *w, LONG images, GROUPED) {
  int outCells = outHeight * outWidth, plane = height * width, all = groups * filters;
  EACH_ITEM(at, images * all * outCells) {
    LONG whole = quotient(at, outCells), n = quotient(whole, all);
    int o = (int)(at - whole * outCells), k = (int)(whole - n * all);
    int top = o / outWidth * strideHeight - padHeight, left = o % outWidth * strideWidth - padWidth;
    GLOBAL const REAL *weights = w + (LONG)k * channels * filterHeight * filterWidth;
    GLOBAL const REAL *in = x + (n * groups + k / filters) * channels * plane;
    REAL sum = 0;
    for (int c = 0; c < channels; c++, in += plane) {
      for (int r = 0; r < filterHeight; r++, weights += filterWidth) {
        int y = top + r * dilationHeight;
        for (int s = 0; s < filterWidth; s++) {
          int z = left + s * dilationWidth, inside = y >= 0 && y < height && z >= 0 && z < width;
          // Zeros around images are multiplied, too: a filter may be infinite.
          sum = FMA(weights[s], inside ? in[y * width + z] : 0, sum);
        }
      }
    }
    out[at] = sum;
  }
}

KERNEL data_gradient(GLOBAL REAL *out, GLOBAL const REAL *w, GLOBAL const REAL *dout, LONG images, GROUPED) {
  int outCells = outHeight * outWidth, plane = height * width, all = groups * channels;
  LONG patch = (LONG)channels * filterHeight * filterWidth;
  EACH_ITEM(at, images * all * plane) {
    LONG whole = quotient(at, plane), n = quotient(whole, all);
    int in = (int)(at - whole * plane), c = (int)(whole - n * all), y = in / width, z = in % width;
    LONG first = (LONG)(c / channels) * filters;
    GLOBAL const REAL *weights = w + first * patch + (LONG)(c % channels) * filterHeight * filterWidth;
    GLOBAL const REAL *gradients = dout + (n * groups * filters + first) * outCells;
    REAL sum = 0;
    for (int r = 0; r < filterHeight; r++) {
      int down = y + padHeight - r * dilationHeight, p = down / strideHeight;
      if (down < 0 || down % strideHeight != 0 || p >= outHeight) {
        continue;
      }
      for (int s = 0; s < filterWidth; s++) {
        int right = z + padWidth - s * dilationWidth, q = right / strideWidth;
        if (right < 0 || right % strideWidth != 0 || q >= outWidth) {
          continue;
        }
        for (int k = 0; k < filters; k++) {
          REAL weight = weights[k * patch + r * filterWidth + s];
          sum = FMA(weight, gradients[(LONG)k * outCells + p * outWidth + q], sum);
        }
      }
    }
    out[at] = sum;
  }
}

// Rows are the cells of the filters, columns the output cells of all images.
KERNEL filter_gradient(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *dout, GROUPED, LONG rows,
                       LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  int outCells = outHeight * outWidth, plane = height * width, window = filterHeight * filterWidth;
  EACH_ROW(rows) {
    int place = (int)(row % window), c = (int)(row / window % channels), k = (int)(row / window / channels);
    int down = place / filterWidth * dilationHeight - padHeight;
    int right = place % filterWidth * dilationWidth - padWidth;
    WIDE sum = 0;
    EACH_LANE(j, cols) {
      LONG n = quotient(j, outCells);
      int o = (int)(j - n * outCells);
      int y = o / outWidth * strideHeight + down, z = o % outWidth * strideWidth + right;
      LONG at = ((n * groups + k / filters) * channels + c) * plane + y * width + z;
      WIDE cell = y >= 0 && y < height && z >= 0 && z < width ? x[at] : 0;
      sum += cell * dout[(n * groups * filters + k) * outCells + o];
    }
    MERGE_LANES(shared, sum, ADDED)
    if (lane == 0 && row < rows) out[row] = (REAL)sum;
  }
}
