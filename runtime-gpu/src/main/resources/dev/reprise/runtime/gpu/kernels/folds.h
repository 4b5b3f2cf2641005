// Steps of folds, with two wide numbers as their state.

// Adds with the rounding error carried along, unless the sum is wider than the cells.
FUNCTION void addTo(WIDE *sum, WIDE *lost, WIDE value) {
  WIDE next = *sum + value;
  if (sizeof(REAL) == sizeof(WIDE)) {
    WIDE part = next - *sum;
    *lost += (*sum - (next - part)) + (value - part);
  }
  *sum = next;
}

// NaN if either is, and -0 below 0; without branches, which random cells would make costly.
FUNCTION WIDE smaller(WIDE x, WIDE y) {
  WIDE least = y < x ? y : x;
  least = ((x == 0) & (y == 0)) ? -(-x - y) : least;
  return y != y ? y : least;
}

FUNCTION WIDE larger(WIDE x, WIDE y) {
  WIDE most = y > x ? y : x;
  most = ((x == 0) & (y == 0)) ? x + y : most;
  return y != y ? y : most;
}

FUNCTION WIDE corrected(WIDE sum, WIDE lost) {
  WIDE value = sum + lost;
  return value - value == 0 ? value : sum;
}

// Merges the state (c, d) of another part into (a, b).
FUNCTION void sum_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) {
  addTo(a, b, c);
  *b += d;
}
FUNCTION void min_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) { *a = smaller(*a, c); }
FUNCTION void max_merged(WIDE *a, WIDE *b, WIDE c, WIDE d) { *a = larger(*a, c); }
