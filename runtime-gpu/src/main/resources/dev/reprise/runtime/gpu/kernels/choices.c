// Choices between two operands, replaced values and triangles.

#define CHOOSE(NAME, YES_TYPE, YES, NO_TYPE, NO)                                                     \
  KERNEL NAME(GLOBAL REAL *out, GLOBAL const REAL *test, YES_TYPE yes, NO_TYPE no, LONG n) {         \
    EACH_ITEM(at, n) out[at] = test[at] != 0 ? (REAL)(YES) : (REAL)(NO);                             \
  }

CHOOSE(choose_mm, GLOBAL const REAL *, yes[at], GLOBAL const REAL *, no[at])
CHOOSE(choose_ms, GLOBAL const REAL *, yes[at], double, no)
CHOOSE(choose_sm, double, yes, GLOBAL const REAL *, no[at])
CHOOSE(choose_ss, double, yes, double, no)

KERNEL fill(GLOBAL REAL *out, double value, LONG n) {
  EACH_ITEM(at, n) out[at] = (REAL)value;
}

// The pattern may be NaN.
KERNEL replace(GLOBAL REAL *out, GLOBAL const REAL *x, double pattern, double replacement, LONG n) {
  EACH_ITEM(at, n) {
    double cell = x[at];
    out[at] = cell == pattern || (cell != cell && pattern != pattern) ? (REAL)replacement : x[at];
  }
}

// Ones or the matrix's own values below or above the diagonal: where sign * (j - i) < border.
KERNEL triangle(GLOBAL REAL *out, GLOBAL const REAL *x, int sign, int border, int values, LONG n,
                LONG cols) {
  EACH_ITEM(at, n) {
    LONG i = quotient(at, cols), j = at - i * cols;
    out[at] = sign * (j - i) < border ? (values ? x[at] : (REAL)1) : (REAL)0;
  }
}
