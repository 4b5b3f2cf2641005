// Folds of rows and columns. A fold's state is a pair of wide numbers: a sum and the rounding error
// it has lost, an extreme, a product and its scale, a largest cell and its position. A line of cells
// (a row, a column) is cut into parts; what a part is follows from the shape alone.
//
//   NAME_rows    threads fold parts of rows, `lanes` of them working on one
//   NAME_cols    threads fold parts of columns, neighbours taking neighbouring columns
//   NAME_merge   states of the parts into one result per line
#include "folds.h"
#include "lines.h"
#include "spread.h"

FOLD_sum ROWS_sum COLS_sum
FOLD_squares ROWS_squares COLS_squares
FOLD_min ROWS_min COLS_min
FOLD_max ROWS_max COLS_max
FOLD_prod ROWS_prod COLS_prod
FOLD_indexMax ROWS_indexMax COLS_indexMax
FOLD_indexMin ROWS_indexMin COLS_indexMin

#define MERGE(NAME, A, B, RESULT)                                                                    \
  KERNEL NAME##_merge(GLOBAL REAL *out, GLOBAL WIDE *wide, GLOBAL const WIDE *states, LONG parts,    \
                      LONG lines, int width, LONG divisor, int form) {                               \
    LOCAL WIDE firsts[256];                                                                          \
    LOCAL WIDE seconds[256];                                                                         \
    int lanes = THREADS / width, lane = THREAD / width;                                              \
    LONG line = GROUP * width + THREAD % width;                                                      \
    WIDE a = A, b = B;                                                                               \
    if (lane < lanes && line < lines) {                                                              \
      for (LONG part = lane; part < parts; part += lanes) {                                          \
        LONG at = 2 * (part * lines + line);                                                         \
        NAME##_merged(&a, &b, states[at], states[at + 1]);                                           \
      }                                                                                              \
    }                                                                                                \
    firsts[THREAD] = a;                                                                              \
    seconds[THREAD] = b;                                                                             \
    BARRIER;                                                                                         \
    for (int n = lanes, middle = (n + 1) / 2; n > 1; n = middle, middle = (n + 1) / 2) {             \
      if (lane + middle < n) {                                                                       \
        a = firsts[THREAD], b = seconds[THREAD];                                                     \
        NAME##_merged(&a, &b, firsts[THREAD + middle * width], seconds[THREAD + middle * width]);    \
        firsts[THREAD] = a, seconds[THREAD] = b;                                                     \
      }                                                                                              \
      BARRIER;                                                                                       \
    }                                                                                                \
    if (lane == 0 && line < lines) {                                                                 \
      a = firsts[THREAD], b = seconds[THREAD];                                                       \
      store(out, wide, line, RESULT, divisor, form);                                                 \
    }                                                                                                \
  }

MERGE(sum, 0, 0, corrected(a, b))
MERGE(min, INFINITY, 0, a)
MERGE(max, -INFINITY, 0, a)
MERGE(prod, 1, 0, unscaled(a, b))
MERGE(index, -INFINITY, 1, b)

KERNEL diagonal(GLOBAL REAL *out, GLOBAL const REAL *x, LONG n) {
  EACH_ITEM(i, n) out[i] = x[i * (n + 1)];
}
