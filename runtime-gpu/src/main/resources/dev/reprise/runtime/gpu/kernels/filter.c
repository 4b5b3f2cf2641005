// Rows and columns that are kept: marked with 1 or 0, then, from the sums of all marks before,
// listed in order.

KERNEL markRows(GLOBAL UINT *marks, GLOBAL const REAL *x, LONG rows, LONG cols) {
  EACH_ITEM(i, rows) {
    LONG j = 0;
    while (j < cols && x[i * cols + j] == 0) j++;
    marks[i] = j < cols;
  }
}

KERNEL markCols(GLOBAL UINT *marks, GLOBAL const REAL *x, LONG rows, LONG cols) {
  EACH_ITEM(j, cols) {
    LONG i = 0;
    while (i < rows && x[i * cols + j] == 0) i++;
    marks[j] = i < rows;
  }
}

KERNEL markSelected(GLOBAL UINT *marks, GLOBAL const REAL *select, LONG n) {
  EACH_ITEM(i, n) marks[i] = select[i] != 0;
}

// `before` has one number more than there are lines: how many are kept in all.
KERNEL list(GLOBAL UINT *kept, GLOBAL const UINT *before, LONG n) {
  EACH_ITEM(i, n) {
    if (before[i + 1] != before[i]) kept[before[i]] = (UINT)i;
  }
}

KERNEL keepRows(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const UINT *kept, LONG rows,
                LONG cols) {
  EACH_ITEM(at, rows * cols) {
    LONG i = quotient(at, cols);
    out[at] = x[kept[i] * cols + (at - i * cols)];
  }
}

KERNEL keepCols(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const UINT *kept, LONG rows,
                LONG count, LONG cols) {
  EACH_ITEM(at, rows * count) {
    LONG i = quotient(at, count);
    out[at] = x[i * cols + kept[at - i * count]];
  }
}
