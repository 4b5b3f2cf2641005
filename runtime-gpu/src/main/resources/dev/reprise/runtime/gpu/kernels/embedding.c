// Rows of a dictionary by their numbers from 1; another number stands for a row of zeros.

FUNCTION LONG position_of(REAL number, LONG rows) {
  return number >= 1 && number < (WIDE)rows + 1 ? (LONG)number - 1 : -1;
}

KERNEL look_up(GLOBAL REAL *out, GLOBAL const REAL *indices, GLOBAL const REAL *words, LONG rows, LONG cols,
               LONG n) {
  EACH_ITEM(at, n) {
    LONG place = quotient(at, cols), row = position_of(indices[place], rows);
    out[at] = row < 0 ? 0 : words[row * cols + at - place * cols];
  }
}

// What uses are sorted by: the row, or behind all rows what has none.
KERNEL keys(GLOBAL ULONG *keys, GLOBAL UINT *places, GLOBAL const REAL *indices, LONG rows, LONG padding,
            LONG n) {
  EACH_ITEM(i, n) {
    LONG row = position_of(indices[i], rows);
    keys[i] = row < 0 || row == padding - 1 ? (ULONG)rows : (ULONG)row;
    places[i] = (UINT)i;
  }
}

// The first use of a row adds up all of them, in their order.
KERNEL add_uses(GLOBAL REAL *out, GLOBAL const REAL *dout, GLOBAL const ULONG *keys,
                GLOBAL const UINT *places, LONG rows, LONG cols, LONG uses) {
  EACH_ITEM(at, uses * cols) {
    LONG first = quotient(at, cols), j = at - first * cols;
    ULONG row = keys[first];
    if (row < (ULONG)rows && (first == 0 || keys[first - 1] != row)) {
      WIDE sum = 0;
      for (LONG i = first; i < uses && keys[i] == row; i++) sum += dout[(LONG)places[i] * cols + j];
      out[(LONG)row * cols + j] = (REAL)sum;
    }
  }
}
