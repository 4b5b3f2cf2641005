// Rows to mean 0 and variance 1, then times gamma plus beta; and the gradient.
#include "rows.h"

KERNEL normalise(GLOBAL REAL *out, GLOBAL REAL *norm, GLOBAL REAL *inverse, GLOBAL const REAL *x,
                 GLOBAL const REAL *gamma, GLOBAL const REAL *beta, WIDE epsilon, LONG rows, LONG cols,
                 int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0, squares = 0;
    EACH_LANE(j, cols) sum += x[row * cols + j];
    MERGE_LANES(shared, sum, ADDED)
    WIDE mean = sum / (WIDE)cols;
    EACH_LANE(j, cols) squares += (x[row * cols + j] - mean) * (x[row * cols + j] - mean);
    MERGE_LANES(shared, squares, ADDED)
    WIDE scale = 1 / sqrt(squares / (WIDE)cols + epsilon);
    if (lane == 0 && row < rows) inverse[row] = (REAL)scale;
    EACH_LANE(j, cols) {
      WIDE normal = (x[row * cols + j] - mean) * scale;
      norm[row * cols + j] = (REAL)normal;
      out[row * cols + j] = (REAL)(normal * gamma[j] + beta[j]);
    }
  }
}

// Also the products whose sums by column are the gradient of gamma.
KERNEL gradient(GLOBAL REAL *dx, GLOBAL REAL *products, GLOBAL const REAL *dout, GLOBAL const REAL *norm,
                GLOBAL const REAL *inverse, GLOBAL const REAL *gamma, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0, product = 0;
    EACH_LANE(j, cols) {
      WIDE d = dout[row * cols + j], p = d * norm[row * cols + j];
      products[row * cols + j] = (REAL)p;
      sum += d * gamma[j];
      product += p * gamma[j];
    }
    MERGE_LANES(shared, sum, ADDED)
    MERGE_LANES(shared, product, ADDED)
    WIDE mean = sum / (WIDE)cols, slope = product / (WIDE)cols;
    EACH_LANE(j, cols) {
      WIDE d = (WIDE)dout[row * cols + j] * gamma[j];
      dx[row * cols + j] = (REAL)(inverse[row] * (d - mean - norm[row * cols + j] * slope));
    }
  }
}
