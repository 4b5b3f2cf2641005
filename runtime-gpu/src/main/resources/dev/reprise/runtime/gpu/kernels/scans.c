// Running folds down the columns. Rows are cut into parts; a part begins with the state that the
// part before it left, which NAME_carry makes of the states of single parts.
//
//   NAME_scan     a thread has a column of a part to itself
//   NAME_groups   threads of a group take the rows of a part together, `width` columns side by side

#include "folds.h"

FUNCTION void prod_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) { *a *= c; }

#define SCAN(NAME, A, B, ONE, RESULT)                                                                \
  KERNEL NAME##_scan(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const WIDE *states, LONG rows,   \
                     LONG cols, LONG parts, LONG chunk) {                                            \
    EACH_ITEM(at, parts * cols) {                                                                    \
      LONG part = at / cols, col = at % cols, before = 2 * (at - cols);                              \
      LONG from = part * chunk, to = from + chunk < rows ? from + chunk : rows;                      \
      WIDE a = A, b = B;                                                                             \
      if (part > 0) NAME##_merged(&a, &b, states[before], states[before + 1]);                       \
      for (LONG i = from; i < to; i++) {                                                             \
        WIDE value = x[i * cols + col];                                                              \
        ONE;                                                                                         \
        out[i * cols + col] = (REAL)(RESULT);                                                        \
      }                                                                                              \
    }                                                                                                \
  }

#define PARTS(NAME, A, B, ONE, RESULT)                                                               \
  KERNEL NAME##_carry(GLOBAL WIDE *states, LONG parts, LONG cols) {                                  \
    EACH_ITEM(col, cols) {                                                                           \
      WIDE a = A, b = B;                                                                             \
      for (LONG at = 2 * col; at < 2 * parts * cols; at += 2 * cols) {                               \
        NAME##_merged(&a, &b, states[at], states[at + 1]);                                           \
        states[at] = a, states[at + 1] = b;                                                          \
      }                                                                                              \
    }                                                                                                \
  }                                                                                                  \
  KERNEL NAME##_groups(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const WIDE *states, LONG rows, \
                       LONG cols, LONG chunk, int width) {                                           \
    LOCAL WIDE firsts[256];                                                                          \
    LOCAL WIDE seconds[256];                                                                         \
    int lanes = THREADS / width, lane = THREAD / width, last = (lanes - 1) * width + THREAD % width; \
    LONG tiles = (cols + width - 1) / width, part = GROUP / tiles;                                   \
    LONG col = GROUP % tiles * width + THREAD % width, before = 2 * ((part - 1) * cols + col);       \
    LONG from = part * chunk, to = from + chunk < rows ? from + chunk : rows;                        \
    int mine = lane < lanes && col < cols;                                                           \
    WIDE carried = A, error = B;                                                                     \
    if (mine && part > 0) carried = states[before], error = states[before + 1];                      \
    for (LONG row = from; row < to; row += lanes) {                                                  \
      LONG i = row + lane;                                                                           \
      int inside = mine && i < to;                                                                   \
      WIDE a = A, b = B;                                                                             \
      if (inside) {                                                                                  \
        WIDE value = x[i * cols + col];                                                              \
        ONE;                                                                                         \
      }                                                                                              \
      firsts[THREAD] = a, seconds[THREAD] = b;                                                       \
      BARRIER;                                                                                       \
      for (int step = 1; step < lanes; step *= 2) {                                                  \
        WIDE c = A, d = B;                                                                           \
        if (lane >= step) c = firsts[THREAD - step * width], d = seconds[THREAD - step * width];     \
        BARRIER;                                                                                     \
        NAME##_merged(&c, &d, a, b);                                                                 \
        a = c, b = d;                                                                                \
        firsts[THREAD] = a, seconds[THREAD] = b;                                                     \
        BARRIER;                                                                                     \
      }                                                                                              \
      WIDE c = firsts[last], d = seconds[last], p = a, q = b;                                        \
      a = carried, b = error;                                                                        \
      NAME##_merged(&a, &b, p, q);                                                                   \
      if (inside) out[i * cols + col] = (REAL)(RESULT);                                              \
      NAME##_merged(&carried, &error, c, d);                                                         \
      BARRIER;                                                                                       \
    }                                                                                                \
  }

SCAN(sum, 0, 0, addTo(&a, &b, value), corrected(a, b))
SCAN(min, INFINITY, 0, a = smaller(a, value), a)
SCAN(max, -INFINITY, 0, a = larger(a, value), a)
// Products are never made of parts: one part could overflow where the whole does not.
SCAN(prod, 1, 0, a *= value, a)

PARTS(sum, 0, 0, addTo(&a, &b, value), corrected(a, b))
PARTS(min, INFINITY, 0, a = smaller(a, value), a)
PARTS(max, -INFINITY, 0, a = larger(a, value), a)

// Y[i] = X[i,1] + X[i,2] * Y[i-1], by one thread: rounded in the order of the rows.
KERNEL sumProduct(GLOBAL REAL *out, GLOBAL const REAL *x, LONG rows) {
  if (FIRST > 0) return;
  WIDE last = 0;
  for (LONG i = 0; i < rows; i++) {
    last = x[2 * i] + x[2 * i + 1] * last;
    out[i] = (REAL)last;
  }
}
