// Arithmetic of two operands.
#include "cells.h"

// The quotient without its fraction; NaN and infinities stay. Saturates at 2^63, as integers of the
// host do; has no negative zero.
FUNCTION WIDE whole(WIDE a, WIDE b) {
  WIDE quotient = a / b;
  if (quotient - quotient != 0) return quotient;
  return fmax(fmin(trunc(quotient), 0x1p63), -0x1p63) + 0.0;
}

// Powers as Java has them: NaN for 1^NaN and for 1 and -1 raised to an infinity.
FUNCTION REAL power_of(REAL a, REAL b) {
  return b - b != 0 && (b != b || fabs(a) == 1) ? b - b : pow(a, b);
}

CELL2(add, REAL, a + b)
CELL2(subtract, REAL, a - b)
CELL2(multiply, REAL, a *b)
CELL2(divide, REAL, a / b)
// NaN if either is; the negative zero is the smaller one.
CELL2(minimum, REAL, a < b ? a : b < a ? b : a == b ? (a == 0 ? -(-a - b) : a) : a + b)
CELL2(maximum, REAL, a > b ? a : b > a ? b : a == b ? (a == 0 ? a + b : a) : a + b)
CELL2(whole_divide, WIDE, whole(a, b))
CELL2(remainder_of, WIDE, a - whole(a, b) * b)
FUNCTION2(power, REAL, power_of(a, b))
FUNCTION2(log_base, REAL, log(a) / log(b))
