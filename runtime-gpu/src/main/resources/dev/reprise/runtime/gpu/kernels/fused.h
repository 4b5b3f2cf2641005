// The kernel of a fused expression, and names for kernels that fold its cells. Before this comes its
// text:
//
//   PARAMS, ARGS    its leaves, as parameters and as arguments
//   SPREADS         defined when a leaf is a row or a column, so that i and j matter
//   CELL(at, i, j)  the root's cell at row i and column j, `at` cells from the first

#ifdef SPREADS
#define ROW_OF(at, cols) quotient(at, cols)
#define RUN(from, to, j, cols) ((cols) - (j) < (to) - (from) ? (cols) - (j) : (to) - (from))
#else
#define ROW_OF(at, cols) 0
#define RUN(from, to, j, cols) ((to) - (from))
#endif

KERNEL fused_cells(GLOBAL REAL *out, LONG n, LONG cols, PARAMS) {
#ifdef PROCESSOR
  LONG at = FIRST * PIECE(n), end = at + PIECE(n) < n ? at + PIECE(n) : n, run;
  for (; at < end; at += run) {
    LONG i = ROW_OF(at, cols), j = at - i * cols;
    run = RUN(at, end, j, cols);
    for (LONG k = 0; k < run; k++) out[at + k] = CELL(at + k, i, j + k);
  }
#else
  EACH_ITEM(at, n) {
    LONG i = ROW_OF(at, cols);
    out[at] = CELL(at, i, at - i * cols);
  }
#endif
}

// For lines.h. Cell k of a line is `at` = base + k * stride cells from the first, at row i + k * down and
// column j + k * along; but when all cells are one line, rootCols is their matrix's width, else 0.
#define SOURCE LONG rootCols, PARAMS
#define LINE LONG base, LONG row, LONG down, LONG col, LONG along, LONG rootCols, PARAMS
#define SOURCE_ROW(base, row) base, row, 0, 0, 1, rootCols, ARGS
#define SOURCE_COL(base, col) base, 0, 1, col, 0, rootCols, ARGS
#define CELL_AT(k) cell_of_line(base + (k) * stride, row + (k) * down, col + (k) * along, rootCols, ARGS)
#define EIGHT_CELLS                                                                                  \
  WIDE x0 = CELL_AT(i), x1 = CELL_AT(i + step), x2 = CELL_AT(i + 2 * step);                          \
  WIDE x3 = CELL_AT(i + 3 * step), x4 = CELL_AT(i + 4 * step), x5 = CELL_AT(i + 5 * step);           \
  WIDE x6 = CELL_AT(i + 6 * step), x7 = CELL_AT(i + 7 * step);
#define ONE_CELL WIDE x0 = CELL_AT(i);

FUNCTION REAL cell_of_line(LONG at, LONG i, LONG j, LONG rootCols, PARAMS) {
#ifdef SPREADS
  if (rootCols != 0) {
    i = quotient(at, rootCols);
    j = at - i * rootCols;
  }
#endif
  return CELL(at, i, j);
}
