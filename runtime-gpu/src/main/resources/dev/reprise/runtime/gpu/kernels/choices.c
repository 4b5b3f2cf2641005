// Choices between two operands, replaced values and triangles.

#define CHOOSE(NAME, YES_TYPE, YES, NO_TYPE, NO)                                                     \
  KERNEL NAME(GLOBAL REAL *out, GLOBAL const REAL *test, YES_TYPE yes, NO_TYPE no, LONG n) {         \
    EACH_ITEM(at, n) out[at] = test[at] != 0 ? (REAL)(YES) : (REAL)(NO);                             \
  }

CHOOSE(choose_mm, GLOBAL const REAL *, yes[at], GLOBAL const REAL *, no[at])
CHOOSE(choose_ms, GLOBAL const REAL *, yes[at], WIDE, no)
CHOOSE(choose_sm, WIDE, yes, GLOBAL const REAL *, no[at])
CHOOSE(choose_ss, WIDE, yes, WIDE, no)

KERNEL fill(GLOBAL REAL *out, WIDE value, LONG n) {
  EACH_ITEM(at, n) out[at] = (REAL)value;
}

// The pattern may be NaN.
KERNEL replace_value(GLOBAL REAL *out, GLOBAL const REAL *x, WIDE pattern, WIDE replacement, LONG n) {
  EACH_ITEM(at, n) {
    WIDE cell = x[at];
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

// Cell i of a vector puts a one into cell x[i] of line i of a matrix of zeros.
KERNEL one_hot(GLOBAL REAL *out, GLOBAL const REAL *x, WIDE most, LONG lineStep, LONG cellStep,
               LONG n) {
  EACH_ITEM(at, n) {
    WIDE value = floor((WIDE)x[at]);
    if (value >= 1 && value <= most) out[at * lineStep + ((LONG)value - 1) * cellStep] = 1;
  }
}

// Each thread's first cell that one_hot must not take, or n.
KERNEL first_refused(GLOBAL LONG *firsts, GLOBAL const REAL *x, int cast, int ignore, LONG n) {
  LONG first = n;
  for (LONG at = FIRST; at < n && first == n; at += STEP) {
    REAL cell = x[at];
    if ((!ignore && !(cell >= 1)) || (!cast && cell != rint(cell))) first = at;
  }
  firsts[FIRST] = first;
}

KERNEL widen(GLOBAL WIDE *out, GLOBAL const REAL *x, LONG at) { out[0] = x[at]; }
