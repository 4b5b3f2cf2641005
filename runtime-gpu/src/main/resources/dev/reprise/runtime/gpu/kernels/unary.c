// Functions of one operand.
#include "cells.h"

// The nearest whole number, halves up; NaN gives 0, large values saturate at 2^63 as integers of the
// host do, and there is no negative zero.
FUNCTION REAL rounded(REAL a) {
  REAL below = floor(a), nearest = a - below >= (REAL)0.5 ? below + 1 : below;
  if (a != a) return 0;
  return fmax(fmin(nearest, (REAL)0x1p63), -(REAL)0x1p63) + 0;
}

CELL1(negate, -a)
CELL1(square, a *a)
CELL1(absolute, fabs(a))
CELL1(sign_of, a > 0 ? 1 : a < 0 ? -1 : a)
CELL1(round_up, rounded(a))
CELL1(floor_of, floor(a))
CELL1(ceil_of, ceil(a))
CELL1(root, sqrt(a))
CELL1(is_zero, a == 0)
CELL1(is_nan, a != a)
CELL1(is_infinite, a == a && a - a != 0)
FUNCTION1(exponential, exp(a))
FUNCTION1(logarithm, log(a))
FUNCTION1(sigmoid, 1 / (1 + exp(-a)))
FUNCTION1(tanh_of, tanh(a))
FUNCTION1(sinh_of, sinh(a))
FUNCTION1(cosh_of, cosh(a))
FUNCTION1(sin_of, sin(a))
FUNCTION1(cos_of, cos(a))
FUNCTION1(tan_of, tan(a))
FUNCTION1(asin_of, asin(a))
FUNCTION1(acos_of, acos(a))
FUNCTION1(atan_of, atan(a))
