// Moves of cells. Positions and steps are counted in cells.

// Copies a rectangle, row i from xAt + i * xRow to outAt + i * outRow; a thread takes a run of a row.
KERNEL rectangle(GLOBAL REAL *out, LONG outAt, LONG outRow, GLOBAL const REAL *x, LONG xAt, LONG xRow,
                 LONG rows, LONG cols, LONG run) {
  LONG runs = (cols + run - 1) / run;
  for (LONG at = FIRST; at < rows * runs; at += STEP) {
    LONG i = quotient(at, runs), from = (at - i * runs) * run;
    LONG to = from + run < cols ? from + run : cols;
    for (LONG j = from; j < to; j++) {
      out[outAt + i * outRow + j] = x[xAt + i * xRow + j];
    }
  }
}

// A group moves a square through its memory, so that both reads and writes run along rows.
KERNEL transpose_groups(GLOBAL REAL *out, GLOBAL const REAL *x, LONG rows, LONG cols) {
  LOCAL REAL tile[32 * 33];
  LONG across = (cols + 31) / 32, count = across * ((rows + 31) / 32);
  int col = THREAD % 32, first = THREAD / 32, step = THREADS / 32;
  for (LONG square = GROUP; square < count; square += GROUPS) {
    LONG band = quotient(square, across), i0 = band * 32, j0 = (square - band * across) * 32;
    for (int r = first; r < 32; r += step) {
      if (i0 + r < rows && j0 + col < cols) {
        tile[r * 33 + col] = x[(i0 + r) * cols + j0 + col];
      }
    }
    BARRIER;
    for (int r = first; r < 32; r += step) {
      if (j0 + r < cols && i0 + col < rows) {
        out[(j0 + r) * rows + i0 + col] = tile[col * 33 + r];
      }
    }
    BARRIER;
  }
}

// For processors: a thread moves a square that fits the nearest cache.
KERNEL transpose_squares(GLOBAL REAL *out, GLOBAL const REAL *x, LONG rows, LONG cols) {
  LONG across = (cols + 15) / 16, count = across * ((rows + 15) / 16);
  for (LONG square = FIRST; square < count; square += STEP) {
    LONG i0 = square / across * 16, j0 = square % across * 16;
    LONG i1 = i0 + 16 < rows ? i0 + 16 : rows, j1 = j0 + 16 < cols ? j0 + 16 : cols;
    for (LONG j = j0; j < j1; j++) {
      for (LONG i = i0; i < i1; i++) {
        out[j * rows + i] = x[i * cols + j];
      }
    }
  }
}

KERNEL of_diagonal(GLOBAL REAL *out, GLOBAL const REAL *x, LONG n) {
  for (LONG i = FIRST; i < n; i += STEP) {
    out[i] = x[i * n + i];
  }
}

// Into zeros. Compressed matrices have no negative zeros; where the host makes one, nor has this.
KERNEL diagonal(GLOBAL REAL *out, GLOBAL const REAL *x, LONG n, int keepsSigns) {
  for (LONG i = FIRST; i < n; i += STEP) {
    if (keepsSigns || x[i] != 0) {
      out[i * n + i] = x[i];
    }
  }
}

KERNEL set(GLOBAL REAL *out, LONG at, WIDE value) {
  if (FIRST == 0) {
    out[at] = (REAL)value;
  }
}
