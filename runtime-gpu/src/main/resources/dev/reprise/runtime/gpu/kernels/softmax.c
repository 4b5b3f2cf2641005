// Softmax of rows, its logarithm, and the losses and gradients that go with them. The largest score of a
// row is taken off first. Sums are wide.
#include "folds.h"
#include "rows.h"

// What is wanted of row and column: a probability, or whether the row's class is this one.
FUNCTION WIDE wanted(GLOBAL const REAL *y, LONG row, LONG j, LONG cols, int classes) {
  if (!classes) return y[row * cols + j];
  WIDE number = y[row];
  return number >= (WIDE)(j + 1) && number < (WIDE)(j + 2) ? 1 : 0;
}

#define LARGEST_SCORE                                                                                \
  WIDE largest = -INFINITY;                                                                          \
  EACH_LANE(j, cols) largest = larger(largest, scores[row * cols + j]);                              \
  MERGE_LANES(shared, largest, larger)                                                               \
  REAL top = (REAL)largest;

#define SUM_OF_POWERS                                                                                \
  WIDE sum = 0;                                                                                      \
  EACH_LANE(j, cols) sum += exp(scores[row * cols + j] - top);                                       \
  MERGE_LANES(shared, sum, ADDED)

KERNEL probabilities(GLOBAL REAL *out, GLOBAL const REAL *scores, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    LARGEST_SCORE
    WIDE sum = 0;
    EACH_LANE(j, cols) {
      REAL power = exp(scores[row * cols + j] - top);
      out[row * cols + j] = power;
      sum += power;
    }
    MERGE_LANES(shared, sum, ADDED)
    EACH_LANE(j, cols) out[row * cols + j] = (REAL)(out[row * cols + j] / sum);
  }
}

KERNEL logarithms(GLOBAL REAL *out, GLOBAL const REAL *scores, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    LARGEST_SCORE
    SUM_OF_POWERS
    WIDE logarithm = log(sum);
    EACH_LANE(j, cols) out[row * cols + j] = (REAL)(scores[row * cols + j] - top - logarithm);
  }
}

KERNEL gradient(GLOBAL REAL *out, GLOBAL const REAL *dout, GLOBAL const REAL *probs, LONG rows, LONG cols,
                int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0;
    EACH_LANE(j, cols) sum += (WIDE)dout[row * cols + j] * probs[row * cols + j];
    MERGE_LANES(shared, sum, ADDED)
    EACH_LANE(j, cols) {
      WIDE p = probs[row * cols + j];
      out[row * cols + j] = (REAL)(dout[row * cols + j] * p - p * sum);
    }
  }
}

KERNEL logarithm_gradient(GLOBAL REAL *out, GLOBAL const REAL *dout, GLOBAL const REAL *logprobs, LONG rows,
                          LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0;
    EACH_LANE(j, cols) sum += dout[row * cols + j];
    MERGE_LANES(shared, sum, ADDED)
    EACH_LANE(j, cols)
      out[row * cols + j] = (REAL)(dout[row * cols + j] - exp(logprobs[row * cols + j]) * sum);
  }
}

// A row's part of the loss.
KERNEL losses(GLOBAL REAL *out, GLOBAL const REAL *scores, GLOBAL const REAL *y, int classes, LONG rows,
              LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    LARGEST_SCORE
    SUM_OF_POWERS
    WIDE logarithm = log(sum), loss = 0;
    EACH_LANE(j, cols) {
      WIDE share = wanted(y, row, j, cols, classes);
      loss += share == 0 ? 0 : share * (logarithm - (scores[row * cols + j] - top));
    }
    MERGE_LANES(shared, loss, ADDED)
    if (lane == 0 && row < rows) out[row] = (REAL)loss;
  }
}

KERNEL loss_gradient(GLOBAL REAL *out, GLOBAL const REAL *scores, GLOBAL const REAL *y, int classes,
                     LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    LARGEST_SCORE
    WIDE sum = 0, all = 0;
    EACH_LANE(j, cols) {
      sum += exp(scores[row * cols + j] - top);
      all += wanted(y, row, j, cols, classes);
    }
    MERGE_LANES(shared, sum, ADDED)
    MERGE_LANES(shared, all, ADDED)
    WIDE share = all / sum;
    EACH_LANE(j, cols) {
      WIDE power = exp(scores[row * cols + j] - top);
      out[row * cols + j] = (REAL)((power * share - wanted(y, row, j, cols, classes)) / (WIDE)rows);
    }
  }
}
