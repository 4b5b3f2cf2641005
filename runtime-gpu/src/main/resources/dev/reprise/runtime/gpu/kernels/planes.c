// One number of each channel of each image: rows are channels of images, columns their cells.
#include "folds.h"
#include "rows.h"

KERNEL average(GLOBAL REAL *out, GLOBAL const REAL *x, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0;
    EACH_LANE(j, cols) sum += x[row * cols + j];
    MERGE_LANES(shared, sum, ADDED)
    if (lane == 0 && row < rows) out[row] = (REAL)(sum / (WIDE)cols);
  }
}

KERNEL largest(GLOBAL REAL *out, GLOBAL const REAL *x, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE most = -INFINITY;
    EACH_LANE(j, cols) most = larger(most, x[row * cols + j]);
    MERGE_LANES(shared, most, larger)
    if (lane == 0 && row < rows) out[row] = (REAL)most;
  }
}

KERNEL average_gradient(GLOBAL REAL *out, GLOBAL const REAL *dout, LONG rows, LONG cols) {
  EACH_ITEM(at, rows * cols) out[at] = dout[quotient(at, cols)] / (REAL)cols;
}

// To the first of the largest cells; what is not a number is passed over. A row has less than 2^31 cells.
#define FIRST_PLACE(a, b) ((b) < 0 || ((a) >= 0 && (a) < (b)) ? (a) : (b))

KERNEL largest_gradient(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *dout, LONG rows, LONG cols,
                        int lanes) {
  LOCAL WIDE shared[256];
  LOCAL int places[256];
  EACH_ROW(rows) {
    WIDE most = -INFINITY;
    EACH_LANE(j, cols) {
      REAL cell = x[row * cols + j];
      most = cell > most ? cell : most;
    }
    MERGE_LANES(shared, most, larger)
    int place = -1;
    EACH_LANE(j, cols) {
      if (x[row * cols + j] == most && place < 0) place = (int)j;
    }
    MERGE_LANES(places, place, FIRST_PLACE)
    EACH_LANE(j, cols) out[row * cols + j] = j == place ? dout[row] : 0;
  }
}
