// Kernels that fold the rows or the columns of a matrix, or of an expression whose cells are computed
// instead of read. Before this comes folds.h.

// A result has one of these forms; a value is divided by `divisor` first.
#define STATE 0
#define WIDE_VALUE 1
#define VALUE 2
#define WIDE_ROOT 3
#define ROOT 4

// Products keep a factor of 2^(SCALE * e) apart, so that no order of the cells overflows.
#define SCALE (sizeof(WIDE) == 8 ? 600 : 80)
#define LARGE (sizeof(WIDE) == 8 ? (WIDE)0x1p400 : (WIDE)0x1p50f)
#define SMALL (1 / LARGE)
#define UP (sizeof(WIDE) == 8 ? (WIDE)0x1p600 : (WIDE)0x1p80f)
#define DOWN (1 / UP)

FUNCTION WIDE scaled(WIDE x, WIDE *e) {
  WIDE size = fabs(x);
  if (size > LARGE) {
    *e += 1;
    return x * DOWN;
  }
  if (size < SMALL && size > 0) {
    *e -= 1;
    return x * UP;
  }
  return x;
}

FUNCTION void multiplyBy(WIDE *product, WIDE *e, WIDE x) {
  *product = scaled(*product * scaled(x, e), e);
}

FUNCTION WIDE unscaled(WIDE product, WIDE e) {
  WIDE most = 20;
  int steps = (int)(e > most ? most : e < -most ? -most : e);
  return ldexp(product, steps * SCALE);
}

FUNCTION void store(GLOBAL REAL *out, GLOBAL WIDE *wide, LONG at, WIDE value, LONG divisor,
                    int form) {
  value /= (WIDE)divisor;
  if (form >= WIDE_ROOT) value = sqrt(value);
  if (form == WIDE_VALUE || form == WIDE_ROOT)
    wide[at] = value;
  else
    out[at] = (REAL)value;
}

// Merges the state (c, d) of another part into (a, b), as those of folds.h do.
FUNCTION void prod_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) {
  multiplyBy(a, b, c);
  *b += d;
}
FUNCTION void index_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) {
  if (c > *a || (c == *a && d > *b)) {
    *a = c;
    *b = d;
  }
}

// Where folds take cells from: a matrix, unless these names are defined before.
//
//   SOURCE, LINE              parameters of kernels, and of folds of a line
//   SOURCE_ROW, SOURCE_COL    arguments for a row and a column, which begin `base` cells from the first
//   EIGHT_CELLS, ONE_CELL     declare x0 to x7, or x0: the cells i, i + step, ... of the line
#ifndef SOURCE
#define SOURCE GLOBAL const REAL *x
#define LINE SOURCE
#define SOURCE_ROW(base, row) x + (base)
#define SOURCE_COL(base, col) x + (base)
#define EIGHT_CELLS                                                                                  \
  GLOBAL const REAL *at = x + i * stride;                                                            \
  LONG by = step * stride;                                                                           \
  WIDE x0 = at[0], x1 = at[by], x2 = at[2 * by], x3 = at[3 * by];                                    \
  WIDE x4 = at[4 * by], x5 = at[5 * by], x6 = at[6 * by], x7 = at[7 * by];
#define ONE_CELL WIDE x0 = x[i * stride];
#endif

// Folds the cells i = from, from + step, ... below to of a line.
#define FOLD(NAME, EIGHT, ONE)                                                                       \
  FUNCTION void NAME##_fold(WIDE *first, WIDE *second, LINE, LONG from, LONG to, LONG step,          \
                            LONG stride, WIDE center) {                                              \
    WIDE a = *first, b = *second;                                                                    \
    LONG i = from;                                                                                   \
    for (; i + 7 * step < to; i += 8 * step) {                                                       \
      EIGHT_CELLS                                                                                    \
      EIGHT;                                                                                         \
    }                                                                                                \
    for (; i < to; i += step) {                                                                      \
      ONE_CELL                                                                                       \
      ONE;                                                                                           \
    }                                                                                                \
    *first = a;                                                                                      \
    *second = b;                                                                                     \
  }

#define TREE(F) F(F(F(x0, x4), F(x2, x6)), F(F(x1, x5), F(x3, x7)))
#define EACH(F) F(x0, 0) F(x1, 1) F(x2, 2) F(x3, 3) F(x4, 4) F(x5, 5) F(x6, 6) F(x7, 7)
#define PLUS(p, q) ((p) + (q))
#define SQUARE(v, k) v -= center, v *= v;
#define TIMES(v, k) multiplyBy(&a, &b, v);
#define RISE(v, k)                                                                                   \
  if ((v) >= a) {                                                                                    \
    a = (v);                                                                                         \
    b = (WIDE)(i + k * step + 1);                                                                    \
  }
#define FALL(v, k)                                                                                   \
  if (-(v) >= a) {                                                                                   \
    a = -(v);                                                                                        \
    b = (WIDE)(i + k * step + 1);                                                                    \
  }

#define FOLD_sum FOLD(sum, addTo(&a, &b, TREE(PLUS)), addTo(&a, &b, x0))
#define FOLD_squares                                                                                 \
  FOLD(squares, EACH(SQUARE) addTo(&a, &b, TREE(PLUS)), SQUARE(x0, 0) addTo(&a, &b, x0))
#define FOLD_min FOLD(min, a = smaller(a, TREE(smaller)), a = smaller(a, x0))
#define FOLD_max FOLD(max, a = larger(a, TREE(larger)), a = larger(a, x0))
#define FOLD_prod FOLD(prod, EACH(TIMES), TIMES(x0, 0))
#define FOLD_indexMax FOLD(indexMax, EACH(RISE), RISE(x0, 0))
#define FOLD_indexMin FOLD(indexMin, EACH(FALL), FALL(x0, 0))

#define CENTERED(line) centers[line]
#define PLAIN(line) 0

// Folds NAME from a state (A, B), given what merges two states and what becomes of one.
#define ROWS(NAME, MERGED, A, B, CENTER, RESULT)                                                     \
  KERNEL NAME##_rows(GLOBAL REAL *out, GLOBAL WIDE *wide, SOURCE,                                    \
                     GLOBAL const WIDE *centers, LONG rows, LONG cols, LONG parts, LONG chunk,       \
                     int lanes, LONG divisor, int form) {                                            \
    LOCAL WIDE firsts[256];                                                                          \
    LOCAL WIDE seconds[256];                                                                         \
    int together = THREADS / lanes, lane = THREAD % lanes;                                           \
    LONG each = (rows * parts + together * GROUPS - 1) / (together * GROUPS);                        \
    for (LONG k = 0; k < each; k++) {                                                                \
      LONG at = (GROUP * each + k) * together + THREAD / lanes;                                      \
      LONG row = quotient(at, parts), part = at - row * parts;                                       \
      WIDE a = A, b = B;                                                                             \
      if (row < rows) {                                                                              \
        LONG from = part * chunk, to = from + chunk < cols ? from + chunk : cols;                    \
        NAME##_fold(&a, &b, SOURCE_ROW(row * cols, row), from + lane, to, lanes, 1, CENTER(row));    \
      }                                                                                              \
      firsts[THREAD] = a;                                                                            \
      seconds[THREAD] = b;                                                                           \
      BARRIER;                                                                                       \
      for (int middle = lanes / 2; middle > 0; middle /= 2) {                                        \
        if (lane < middle) {                                                                         \
          a = firsts[THREAD], b = seconds[THREAD];                                                   \
          MERGED(&a, &b, firsts[THREAD + middle], seconds[THREAD + middle]);                         \
          firsts[THREAD] = a, seconds[THREAD] = b;                                                   \
        }                                                                                            \
        BARRIER;                                                                                     \
      }                                                                                              \
      if (lane == 0 && row < rows) {                                                                 \
        a = firsts[THREAD], b = seconds[THREAD];                                                     \
        if (form == STATE) {                                                                         \
          wide[2 * (part * rows + row)] = a;                                                         \
          wide[2 * (part * rows + row) + 1] = b;                                                     \
        } else {                                                                                     \
          store(out, wide, row, RESULT, divisor, form);                                              \
        }                                                                                            \
      }                                                                                              \
      BARRIER;                                                                                       \
    }                                                                                                \
  }

#define COLS(NAME, MERGED, A, B, CENTER, RESULT)                                                     \
  KERNEL NAME##_cols(GLOBAL REAL *out, GLOBAL WIDE *wide, SOURCE,                                    \
                     GLOBAL const WIDE *centers, LONG rows, LONG cols, LONG chunk, int width,        \
                     LONG divisor, int form) {                                                       \
    LOCAL WIDE firsts[256];                                                                          \
    LOCAL WIDE seconds[256];                                                                         \
    int lanes = THREADS / width, lane = THREAD / width;                                              \
    LONG tiles = (cols + width - 1) / width, part = quotient(GROUP, tiles);                          \
    LONG col = (GROUP - part * tiles) * width + THREAD % width;                                      \
    WIDE a = A, b = B;                                                                               \
    if (lane < lanes && col < cols) {                                                                \
      LONG from = part * chunk, to = from + chunk < rows ? from + chunk : rows;                      \
      NAME##_fold(&a, &b, SOURCE_COL(col, col), from + lane, to, lanes, cols, CENTER(col));          \
    }                                                                                                \
    firsts[THREAD] = a;                                                                              \
    seconds[THREAD] = b;                                                                             \
    BARRIER;                                                                                         \
    for (int n = lanes, middle = (n + 1) / 2; n > 1; n = middle, middle = (n + 1) / 2) {             \
      if (lane + middle < n) {                                                                       \
        a = firsts[THREAD], b = seconds[THREAD];                                                     \
        MERGED(&a, &b, firsts[THREAD + middle * width], seconds[THREAD + middle * width]);           \
        firsts[THREAD] = a, seconds[THREAD] = b;                                                     \
      }                                                                                              \
      BARRIER;                                                                                       \
    }                                                                                                \
    if (lane == 0 && col < cols) {                                                                   \
      a = firsts[THREAD], b = seconds[THREAD];                                                       \
      if (form == STATE) {                                                                           \
        wide[2 * (part * cols + col)] = a;                                                           \
        wide[2 * (part * cols + col) + 1] = b;                                                       \
      } else {                                                                                       \
        store(out, wide, col, RESULT, divisor, form);                                                \
      }                                                                                              \
    }                                                                                                \
  }

#define ROWS_sum ROWS(sum, sum_merged, 0, 0, PLAIN, corrected(a, b))
#define COLS_sum COLS(sum, sum_merged, 0, 0, PLAIN, corrected(a, b))
#define ROWS_squares ROWS(squares, sum_merged, 0, 0, CENTERED, corrected(a, b))
#define COLS_squares COLS(squares, sum_merged, 0, 0, CENTERED, corrected(a, b))
#define ROWS_min ROWS(min, min_merged, INFINITY, 0, PLAIN, a)
#define COLS_min COLS(min, min_merged, INFINITY, 0, PLAIN, a)
#define ROWS_max ROWS(max, max_merged, -INFINITY, 0, PLAIN, a)
#define COLS_max COLS(max, max_merged, -INFINITY, 0, PLAIN, a)
#define ROWS_prod ROWS(prod, prod_merged, 1, 0, PLAIN, unscaled(a, b))
#define COLS_prod COLS(prod, prod_merged, 1, 0, PLAIN, unscaled(a, b))
#define ROWS_indexMax ROWS(indexMax, index_merged, -INFINITY, 1, PLAIN, b)
#define COLS_indexMax COLS(indexMax, index_merged, -INFINITY, 1, PLAIN, b)
#define ROWS_indexMin ROWS(indexMin, index_merged, -INFINITY, 1, PLAIN, b)
#define COLS_indexMin COLS(indexMin, index_merged, -INFINITY, 1, PLAIN, b)
