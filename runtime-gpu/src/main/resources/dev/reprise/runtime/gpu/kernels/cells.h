// Kernels of an element-wise operation from an expression of its operands a and b, one for each
// layout.
//
//   NAME_m    a matrix
//   NAME_mm   two matrices of equal shape
//   NAME_ms   a matrix and a number
//   NAME_sm   a number and a matrix
//   NAME_bc   two matrices that may be repeated: cell (i, j) lies at i * rowStep + j * colStep
//
// Cells are computed as TYPE: REAL, or WIDE where an operand rounded to float would change the
// result by more than rounding the result does.

// With FUNCTIONS_ONLY there are no kernels, for those of fused expressions.
#ifdef FUNCTIONS_ONLY
#define FUNCTION1(NAME, RESULT) FUNCTION REAL NAME(REAL a) { return (REAL)(RESULT); }
#define FUNCTION2(NAME, TYPE, RESULT) FUNCTION REAL NAME(TYPE a, TYPE b) { return (REAL)(RESULT); }
#define CELL1 FUNCTION1
#define CELL2 FUNCTION2
#else

// FUNCTION1 and FUNCTION2 take one cell at a time, for what takes longer than memory does.
#define FUNCTION1(NAME, RESULT)                                                                      \
  FUNCTION REAL NAME(REAL a) { return (REAL)(RESULT); }                                              \
  KERNEL NAME##_m(GLOBAL REAL *out, GLOBAL const REAL *x, LONG n) {                                  \
    EACH_ITEM(at, n) out[at] = NAME(x[at]);                                                          \
  }

#define FUNCTION2(NAME, TYPE, RESULT)                                                                \
  FUNCTION REAL NAME(TYPE a, TYPE b) { return (REAL)(RESULT); }                                      \
  KERNEL NAME##_mm(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *y, LONG n) {           \
    EACH_ITEM(at, n) out[at] = NAME(x[at], y[at]);                                                   \
  }                                                                                                  \
  KERNEL NAME##_ms(GLOBAL REAL *out, GLOBAL const REAL *x, WIDE y, LONG n) {                         \
    TYPE b = (TYPE)y;                                                                                \
    EACH_ITEM(at, n) out[at] = NAME(x[at], b);                                                       \
  }                                                                                                  \
  KERNEL NAME##_sm(GLOBAL REAL *out, WIDE x, GLOBAL const REAL *y, LONG n) {                         \
    TYPE a = (TYPE)x;                                                                                \
    EACH_ITEM(at, n) out[at] = NAME(a, y[at]);                                                       \
  }                                                                                                  \
  REPEATED(NAME)

#ifdef PROCESSOR
// Along the rows, with the steps known inside the loop, which becomes vector code.
#define REPEATED_RUN(NAME, XC, YC)                                                                   \
  for (LONG k = 0; k < run; k++) out[at + k] = NAME(p[k * XC], q[k * YC]);
#define REPEATED(NAME)                                                                               \
  KERNEL NAME##_bc(GLOBAL REAL *out, GLOBAL const REAL *x, LONG xr, LONG xc, GLOBAL const REAL *y,   \
                   LONG yr, LONG yc, LONG n, LONG cols) {                                            \
    LONG at = FIRST * PIECE(n), end = at + PIECE(n) < n ? at + PIECE(n) : n, run;                    \
    for (; at < end; at += run) {                                                                    \
      LONG i = at / cols, j = at - i * cols;                                                         \
      GLOBAL const REAL *p = x + i * xr + j * xc, *q = y + i * yr + j * yc;                          \
      run = cols - j < end - at ? cols - j : end - at;                                               \
      if (xc == 0) {                                                                                 \
        REPEATED_RUN(NAME, 0, yc)                                                                    \
      } else if (yc == 0) {                                                                          \
        REPEATED_RUN(NAME, 1, 0)                                                                     \
      } else {                                                                                       \
        REPEATED_RUN(NAME, 1, 1)                                                                     \
      }                                                                                              \
    }                                                                                                \
  }
#else
#define REPEATED(NAME)                                                                               \
  KERNEL NAME##_bc(GLOBAL REAL *out, GLOBAL const REAL *x, LONG xr, LONG xc, GLOBAL const REAL *y,   \
                   LONG yr, LONG yc, LONG n, LONG cols) {                                            \
    EACH_ITEM(at, n) {                                                                               \
      LONG i = quotient(at, cols), j = at - i * cols;                                                \
      out[at] = NAME(x[i * xr + j * xc], y[i * yr + j * yc]);                                        \
    }                                                                                                \
  }
#endif

// CELL1 and CELL2 take 16 bytes at a time, for what takes no longer than memory does. The compilers
// for processors do as much by themselves.
#ifdef PROCESSOR
#define CELL1 FUNCTION1
#define CELL2 FUNCTION2
#else
#if LANES == 2
#define LANES_M(r, F, p) r.x = F(p.x), r.y = F(p.y)
#define LANES_MM(r, F, p, q) r.x = F(p.x, q.x), r.y = F(p.y, q.y)
#define LANES_MS(r, F, p, b) r.x = F(p.x, b), r.y = F(p.y, b)
#define LANES_SM(r, F, a, q) r.x = F(a, q.x), r.y = F(a, q.y)
#else
#define LANES_M(r, F, p) r.x = F(p.x), r.y = F(p.y), r.z = F(p.z), r.w = F(p.w)
#define LANES_MM(r, F, p, q)                                                                         \
  r.x = F(p.x, q.x), r.y = F(p.y, q.y), r.z = F(p.z, q.z), r.w = F(p.w, q.w)
#define LANES_MS(r, F, p, b) r.x = F(p.x, b), r.y = F(p.y, b), r.z = F(p.z, b), r.w = F(p.w, b)
#define LANES_SM(r, F, a, q) r.x = F(a, q.x), r.y = F(a, q.y), r.z = F(a, q.z), r.w = F(a, q.w)
#endif
#define LANES_AT(cells, at) (((GLOBAL const REALS *)(cells))[at])
#define SET_LANES(cells, at, value) ((GLOBAL REALS *)(cells))[at] = value
#define EACH_LEFT(at, n) for (LONG at = (n) / LANES * LANES + FIRST; at < (n); at += STEP)

#define CELL1(NAME, RESULT)                                                                          \
  FUNCTION REAL NAME(REAL a) { return (REAL)(RESULT); }                                              \
  KERNEL NAME##_m(GLOBAL REAL *out, GLOBAL const REAL *x, LONG n) {                                  \
    EACH_ITEM(at, n / LANES) {                                                                       \
      REALS p = LANES_AT(x, at), r;                                                                  \
      LANES_M(r, NAME, p);                                                                           \
      SET_LANES(out, at, r);                                                                         \
    }                                                                                                \
    EACH_LEFT(at, n) out[at] = NAME(x[at]);                                                          \
  }

#define CELL2(NAME, TYPE, RESULT)                                                                    \
  FUNCTION REAL NAME(TYPE a, TYPE b) { return (REAL)(RESULT); }                                      \
  KERNEL NAME##_mm(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *y, LONG n) {           \
    EACH_ITEM(at, n / LANES) {                                                                       \
      REALS p = LANES_AT(x, at), q = LANES_AT(y, at), r;                                             \
      LANES_MM(r, NAME, p, q);                                                                       \
      SET_LANES(out, at, r);                                                                         \
    }                                                                                                \
    EACH_LEFT(at, n) out[at] = NAME(x[at], y[at]);                                                   \
  }                                                                                                  \
  KERNEL NAME##_ms(GLOBAL REAL *out, GLOBAL const REAL *x, WIDE y, LONG n) {                         \
    TYPE b = (TYPE)y;                                                                                \
    EACH_ITEM(at, n / LANES) {                                                                       \
      REALS p = LANES_AT(x, at), r;                                                                  \
      LANES_MS(r, NAME, p, b);                                                                       \
      SET_LANES(out, at, r);                                                                         \
    }                                                                                                \
    EACH_LEFT(at, n) out[at] = NAME(x[at], b);                                                       \
  }                                                                                                  \
  KERNEL NAME##_sm(GLOBAL REAL *out, WIDE x, GLOBAL const REAL *y, LONG n) {                         \
    TYPE a = (TYPE)x;                                                                                \
    EACH_ITEM(at, n / LANES) {                                                                       \
      REALS q = LANES_AT(y, at), r;                                                                  \
      LANES_SM(r, NAME, a, q);                                                                       \
      SET_LANES(out, at, r);                                                                         \
    }                                                                                                \
    EACH_LEFT(at, n) out[at] = NAME(a, y[at]);                                                       \
  }                                                                                                  \
  REPEATED(NAME)
#endif
#endif
