// Matrices from numbers, and of other shapes.

KERNEL sequence(GLOBAL REAL *out, double from, double step, LONG n) {
  EACH_ITEM(at, n) out[at] = (REAL)(at == 0 ? from : from + (double)at * step);
}

// The cells of x, read by columns, as the columns of a matrix of another shape.
KERNEL reshape_columns(GLOBAL REAL *out, GLOBAL const REAL *x, LONG fromRows, LONG fromCols,
                       LONG rows, LONG cols, LONG n) {
  EACH_ITEM(at, n) {
    LONG i = quotient(at, cols), position = (at - i * cols) * rows + i;
    LONG column = quotient(position, fromRows);
    out[at] = x[(position - column * fromRows) * fromCols + column];
  }
}
