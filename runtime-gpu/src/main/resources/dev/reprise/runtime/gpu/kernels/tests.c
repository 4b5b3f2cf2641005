// Comparisons and logic of two operands, as 1 and 0. NaN is unequal to everything, and true.
#include "cells.h"

CELL2(less, WIDE, a < b)
CELL2(less_equal, WIDE, a <= b)
CELL2(greater, WIDE, a > b)
CELL2(greater_equal, WIDE, a >= b)
CELL2(equal, WIDE, a == b)
CELL2(unequal, WIDE, a != b)
CELL2(both, WIDE, a != 0 && b != 0)
CELL2(either, WIDE, a != 0 || b != 0)
CELL2(one_of, WIDE, (a != 0) != (b != 0))
