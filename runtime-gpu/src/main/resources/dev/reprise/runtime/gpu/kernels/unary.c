// Functions of one operand.
#include "cells.h"

// The nearest whole number, halves up; NaN gives 0, large values saturate at 2^63 as integers of the
// host do, and there is no negative zero.
FUNCTION REAL rounded(REAL a) {
  REAL below = floor(a), nearest = a - below >= (REAL)0.5 ? below + 1 : below;
  if (a != a) return 0;
  return fmax(fmin(nearest, (REAL)0x1p63), -(REAL)0x1p63) + 0;
}

// See activations.c for the gradients of these.
FUNCTION REAL gelu_of(REAL a) {
  REAL inner = 2 * (REAL)0.7978845608028654 * (a + (REAL)0.044715 * (a * a * a));
  return a > 10 ? a : a < -10 ? -(REAL)0 : a * (1 / (1 + exp(-inner)));
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
CELL1(relu, a > 0 ? a : a == a ? 0 : a)
FUNCTION1(gelu, gelu_of(a))
FUNCTION1(silu, a *(1 / (1 + exp(-a))))
FUNCTION1(selu, a > 0 ? (REAL)1.0507009873554805 * a : (REAL)1.7580993408473766 * expm1(a))
