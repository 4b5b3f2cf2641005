#include "windows.h"

// Poolings over planes, one for each channel of each image, and numbers per channel.

// The lowest finite double, which is no float.
#if LANES == 2
#define LOWEST (-1.7976931348623157e308)
#else
#define LOWEST (-1.0f / 0.0f)
#endif

// Where the window of output cell o lies, padding left out.
#define WINDOW_OF(o)                                                                                \
  int y0 = (o) / outWidth * strideHeight - padHeight, z0 = (o) % outWidth * strideWidth - padWidth;  \
  int y1 = y0 + filterHeight < height ? y0 + filterHeight : height;                                  \
  int z1 = z0 + filterWidth < width ? z0 + filterWidth : width;                                      \
  y0 = y0 < 0 ? 0 : y0;                                                                              \
  z0 = z0 < 0 ? 0 : z0;

// Which outputs along one axis see a cell: from first to last.
#define SEEN_BY(cell, pad, filter, stride, outputs, first, last)                                    \
  int first = (cell) + (pad) - (filter) + 1, last = ((cell) + (pad)) / (stride);                     \
  first = first > 0 ? (first + (stride)-1) / (stride) : 0;                                           \
  last = last < (outputs) ? last : (outputs)-1;

// NaN when either is, and 0 before -0.
FUNCTION REAL larger(REAL a, REAL b) {
  if (a != a || b != b) {
    return a + b;
  }
  return a == 0 && b == 0 ? a + b : a > b ? a : b;
}

KERNEL max_pool(GLOBAL REAL *out, GLOBAL const REAL *x, LONG planes, WINDOWS) {
  int outCells = outHeight * outWidth;
  EACH_ITEM(at, planes * outCells) {
    LONG plane = quotient(at, outCells);
    GLOBAL const REAL *in = x + plane * height * width;
    WINDOW_OF((int)(at - plane * outCells))
    REAL most = y0 < y1 && z0 < z1 ? in[y0 * width + z0] : LOWEST;
    for (int y = y0; y < y1; y++) {
      for (int z = z0; z < z1; z++) {
        most = larger(most, in[y * width + z]);
      }
    }
    out[at] = most;
  }
}

// The place of each window's largest cell, the first by rows; what is not a number is passed over.
KERNEL largest(GLOBAL int *out, GLOBAL const REAL *x, LONG planes, WINDOWS) {
  int outCells = outHeight * outWidth;
  EACH_ITEM(at, planes * outCells) {
    LONG plane = quotient(at, outCells);
    GLOBAL const REAL *in = x + plane * height * width;
    WINDOW_OF((int)(at - plane * outCells))
    int best = -1;
    REAL most = 0;
    for (int y = y0; y < y1; y++) {
      for (int z = z0; z < z1; z++) {
        REAL cell = in[y * width + z];
        if (cell == cell && (best < 0 || cell > most)) {
          best = y * width + z;
          most = cell;
        }
      }
    }
    out[at] = best;
  }
}

KERNEL max_pool_gradient(GLOBAL REAL *dx, GLOBAL const int *places, GLOBAL const REAL *dout, LONG planes,
                         WINDOWS) {
  int cells = height * width, outCells = outHeight * outWidth;
  EACH_ITEM(at, planes * cells) {
    LONG plane = quotient(at, cells);
    int cell = (int)(at - plane * cells);
    SEEN_BY(cell / width, padHeight, filterHeight, strideHeight, outHeight, p0, p1)
    SEEN_BY(cell % width, padWidth, filterWidth, strideWidth, outWidth, q0, q1)
    REAL sum = 0;
    for (int p = p0; p <= p1; p++) {
      for (int q = q0; q <= q1; q++) {
        LONG o = plane * outCells + p * outWidth + q;
        sum += places[o] == cell ? dout[o] : 0;
      }
    }
    dx[at] = sum;
  }
}

// Sums in the order of the host: down the columns first.
KERNEL avg_pool(GLOBAL REAL *out, GLOBAL const REAL *x, LONG planes, WINDOWS) {
  int outCells = outHeight * outWidth;
  REAL factor = (REAL)1 / (filterHeight * filterWidth);
  EACH_ITEM(at, planes * outCells) {
    LONG plane = quotient(at, outCells);
    GLOBAL const REAL *in = x + plane * height * width;
    WINDOW_OF((int)(at - plane * outCells))
    REAL sum = 0;
    for (int z = z0; z < z1; z++) {
      REAL column = 0;
      for (int y = y0; y < y1; y++) {
        column += in[y * width + z];
      }
      sum += column;
    }
    out[at] = sum * factor;
  }
}

KERNEL avg_pool_gradient(GLOBAL REAL *dx, GLOBAL const REAL *dout, LONG planes, WINDOWS) {
  int cells = height * width, outCells = outHeight * outWidth;
  REAL factor = (REAL)1 / (filterHeight * filterWidth);
  EACH_ITEM(at, planes * cells) {
    LONG plane = quotient(at, cells);
    int cell = (int)(at - plane * cells);
    SEEN_BY(cell / width, padHeight, filterHeight, strideHeight, outHeight, p0, p1)
    SEEN_BY(cell % width, padWidth, filterWidth, strideWidth, outWidth, q0, q1)
    REAL sum = 0;
    for (int p = p0; p <= p1; p++) {
      REAL spread = 0;
      for (int q = q0; q <= q1; q++) {
        spread += factor * dout[plane * outCells + p * outWidth + q];
      }
      sum += spread;
    }
    dx[at] = sum;
  }
}

KERNEL bias_add(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *bias, LONG cells, LONG channels,
                LONG n) {
  EACH_ITEM(at, n) {
    LONG plane = quotient(at, cells);
    out[at] = x[at] + bias[plane - quotient(plane, channels) * channels];
  }
}

KERNEL bias_multiply(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *bias, LONG cells,
                     LONG channels, LONG n) {
  EACH_ITEM(at, n) {
    LONG plane = quotient(at, cells);
    out[at] = x[at] * bias[plane - quotient(plane, channels) * channels];
  }
}
