// Comparisons and logic of two operands, as 1 and 0. NaN is unequal to everything, and true.
#include "cells.h"

CELL2(less, double, a < b)
CELL2(less_equal, double, a <= b)
CELL2(greater, double, a > b)
CELL2(greater_equal, double, a >= b)
CELL2(equal, double, a == b)
CELL2(unequal, double, a != b)
CELL2(both, double, a != 0 && b != 0)
CELL2(either, double, a != 0 || b != 0)
CELL2(one_of, double, (a != 0) != (b != 0))
