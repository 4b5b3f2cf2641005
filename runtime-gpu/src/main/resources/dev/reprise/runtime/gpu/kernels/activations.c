// Activations of two operands, and gradients: those of results times the slopes at x.
#include "cells.h"

#define GELU_SCALE ((REAL)0.7978845608028654)
#define GELU_CUBE ((REAL)0.044715)
#define SELU_SCALE ((REAL)1.0507009873554805)
#define SELU_ALPHA ((REAL)1.7580993408473766)

FUNCTION REAL gelu_slope(REAL x) {
  REAL s = 1 / (1 + exp(-2 * GELU_SCALE * (x + GELU_CUBE * (x * x * x))));
  REAL smooth = s + 2 * x * s * (1 - s) * GELU_SCALE * (1 + 3 * GELU_CUBE * (x * x));
  return x > 10 ? 1 : x < -10 ? 0 : smooth;
}

FUNCTION REAL silu_slope(REAL x) {
  REAL s = 1 / (1 + exp(-x));
  return s * (1 + x * (1 - s));
}

CELL2(leaky_relu, REAL, a > 0 ? a : b * a)
FUNCTION2(elu, REAL, a > 0 ? a : b * expm1(a))
CELL2(relu_gradient, REAL, (b > 0 ? (REAL)1 : (REAL)0) * a)
FUNCTION2(gelu_gradient, REAL, gelu_slope(b) * a)
FUNCTION2(silu_gradient, REAL, silu_slope(b) * a)
FUNCTION2(selu_gradient, REAL, (b > 0 ? SELU_SCALE : SELU_ALPHA * exp(b)) * a)
