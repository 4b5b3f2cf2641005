// Element-wise operations. Cell (i, j) of an operand lies at i * rowStep + j * colStep, so that rows
// and columns repeat (step 0); a scalar operand is a buffer of none and comes as a double.

#define CELLS(NAME, RESULT)                                                                          \
  KERNEL NAME##_mm(GLOBAL REAL *out, GLOBAL const REAL *x, LONG xr, LONG xc, GLOBAL const REAL *y,    \
                   LONG yr, LONG yc, LONG rows, LONG cols) {                                          \
    for (LONG at = FIRST; at < rows * cols; at += STEP) {                                            \
      LONG i = at / cols, j = at % cols;                                                             \
      REAL a = x[i * xr + j * xc], b = y[i * yr + j * yc];                                           \
      out[at] = RESULT;                                                                              \
    }                                                                                                \
  }                                                                                                  \
  KERNEL NAME##_ms(GLOBAL REAL *out, GLOBAL const REAL *x, double y, LONG n) {                        \
    REAL b = (REAL)y;                                                                                \
    for (LONG at = FIRST; at < n; at += STEP) {                                                      \
      REAL a = x[at];                                                                                \
      out[at] = RESULT;                                                                              \
    }                                                                                                \
  }                                                                                                  \
  KERNEL NAME##_sm(GLOBAL REAL *out, double x, GLOBAL const REAL *y, LONG n) {                        \
    REAL a = (REAL)x;                                                                                \
    for (LONG at = FIRST; at < n; at += STEP) {                                                      \
      REAL b = y[at];                                                                                \
      out[at] = RESULT;                                                                              \
    }                                                                                                \
  }

CELLS(add, a + b)
CELLS(subtract, a - b)
CELLS(multiply, a *b)
CELLS(divide, a / b)
