// Contingency tables. A pair that counts has a cell, row-major from 0; others have the cell behind
// the last. `bad` is n less the position of the first pair below 1, or 0.

FUNCTION LONG cellOf(WIDE first, WIDE second, LONG rows, LONG cols) {
  LONG none = rows * cols;
  if (first != first || second != second) return none;
  if (!(first >= 1) || !(second >= 1)) return -1;
  if (first >= (WIDE)rows + 1 || second >= (WIDE)cols + 1) return none;
  return ((LONG)first - 1) * cols + (LONG)second - 1;
}

KERNEL cells(GLOBAL ULONG *keys, GLOBAL UINT *order, GLOBAL UINT *bad, GLOBAL const REAL *first,
             GLOBAL const REAL *seconds, double second, int fixed, LONG n, LONG rows,
             LONG cols) {
  EACH_ITEM(i, n) {
    LONG cell = cellOf(first[i], fixed ? (WIDE)second : (WIDE)seconds[i], rows, cols);
    if (cell < 0) {
      ATOMIC_MAX(bad, (UINT)(n - i));
      cell = rows * cols;
    }
    keys[i] = (ULONG)cell;
    order[i] = (UINT)i;
  }
}

KERNEL tally(GLOBAL UINT *counts, GLOBAL UINT *bad, GLOBAL const REAL *first,
             GLOBAL const REAL *seconds, double second, int fixed, LONG n, LONG rows,
             LONG cols) {
  EACH_ITEM(i, n) {
    LONG cell = cellOf(first[i], fixed ? (WIDE)second : (WIDE)seconds[i], rows, cols);
    if (cell < 0)
      ATOMIC_MAX(bad, (UINT)(n - i));
    else if (cell < rows * cols)
      ATOMIC_ADD(counts + cell, 1);
  }
}

// Adding 0 leaves no cell -0.
KERNEL weighted(GLOBAL REAL *out, GLOBAL const UINT *counts, double weight, LONG cells) {
  EACH_ITEM(i, cells) out[i] = (REAL)((WIDE)counts[i] * (WIDE)weight + 0);
}

// Of sorted cells: the thread at the first pair of a cell adds its weights, in the order of pairs.
KERNEL runs(GLOBAL REAL *out, GLOBAL const ULONG *keys, GLOBAL const UINT *order,
            GLOBAL const REAL *weights, double weight, int fixed, LONG n, LONG cells) {
  EACH_ITEM(i, n) {
    ULONG cell = keys[i];
    if (cell >= (ULONG)cells || (i > 0 && keys[i - 1] == cell)) continue;
    WIDE sum = 0;
    for (LONG k = i; k < n && keys[k] == cell; k++)
      sum += fixed ? (WIDE)weight : (WIDE)weights[order[k]];
    out[cell] = (REAL)sum;
  }
}
