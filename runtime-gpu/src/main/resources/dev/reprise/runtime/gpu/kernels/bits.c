// Bit operators over the operands as 32-bit integers.
#include "cells.h"

// Saturates; NaN is 0.
FUNCTION int integer(WIDE a) {
  if (a != a) return 0;
  return a >= 2147483647.0 ? 2147483647 : a <= -2147483648.0 ? -2147483647 - 1 : (int)a;
}

// -2^31, which is R's integer for "not available", becomes NaN.
FUNCTION WIDE shifted_up(int a, int b) {
  int shifted = (int)((UINT)a << (b & 31));
  return shifted == -2147483647 - 1 ? NOT_A_NUMBER : (WIDE)shifted;
}

CELL2(bit_and, WIDE, integer(a) & integer(b))
CELL2(bit_or, WIDE, integer(a) | integer(b))
CELL2(bit_xor, WIDE, integer(a) ^ integer(b))
CELL2(shift_left, WIDE, shifted_up(integer(a), integer(b)))
CELL2(shift_right, WIDE, integer(a) >> (integer(b) & 31))
