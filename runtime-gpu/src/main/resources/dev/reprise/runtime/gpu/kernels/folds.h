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

FUNCTION WIDE smaller(WIDE x, WIDE y) {
  if (x != x || x < y) return x;
  return x == y && signbit(x) ? x : y;
}

FUNCTION WIDE larger(WIDE x, WIDE y) {
  if (x != x || x > y) return x;
  return x == y && !signbit(x) ? x : y;
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
