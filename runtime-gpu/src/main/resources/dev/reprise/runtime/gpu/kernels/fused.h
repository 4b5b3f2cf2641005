// The kernels of a fused expression. Before this comes its text:
//
//   PARAMS, ARGS    its leaves, as parameters and as arguments
//   SPREADS         defined when a leaf is a row or a column, so that i and j matter
//   CELL(at, i, j)  the root's cell at row i and column j, `at` cells from the first
//
// Sums leave states as those of aggregates.c do: a sum and the rounding error it has lost, of part p
// and line l at p * lines + l.

FUNCTION void add_to(WIDE *sum, WIDE *lost, WIDE value) {
  WIDE next = *sum + value;
  if (sizeof(REAL) == sizeof(WIDE)) {
    WIDE part = next - *sum;
    *lost += (*sum - (next - part)) + (value - part);
  }
  *sum = next;
}

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

// Lines are runs of `length` cells: the rows, or all cells as one. On a GPU a group takes a part, on
// a processor a thread.
KERNEL fused_lines(GLOBAL WIDE *states, LONG lines, LONG length, LONG parts, LONG chunk, LONG cols,
                   PARAMS) {
#ifdef PROCESSOR
  EACH_ITEM(item, lines * parts) {
    LONG line = item / parts, part = item - line * parts;
    LONG at = line * length + part * chunk;
    LONG end = at + chunk < (line + 1) * length ? at + chunk : (line + 1) * length, run;
    WIDE sum = 0, lost = 0;
    for (; at < end; at += run) {
      LONG i = ROW_OF(at, cols), j = at - i * cols, k = 0;
      run = RUN(at, end, j, cols);
      for (; k + 7 < run; k += 8) {
        WIDE x[8];
        for (int m = 0; m < 8; m++) x[m] = CELL(at + k + m, i, j + k + m);
        add_to(&sum, &lost, ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7])));
      }
      for (; k < run; k++) add_to(&sum, &lost, CELL(at + k, i, j + k));
    }
    states[2 * (part * lines + line)] = sum;
    states[2 * (part * lines + line) + 1] = lost;
  }
#else
  LOCAL WIDE sums[256];
  LOCAL WIDE losses[256];
  for (LONG item = GROUP; item < lines * parts; item += GROUPS) {
    LONG line = item / parts, part = item - line * parts;
    LONG from = line * length + part * chunk;
    LONG end = from + chunk < (line + 1) * length ? from + chunk : (line + 1) * length;
    WIDE sum = 0, lost = 0;
    for (LONG at = from + THREAD; at < end; at += THREADS) {
      LONG i = ROW_OF(at, cols);
      add_to(&sum, &lost, CELL(at, i, at - i * cols));
    }
    sums[THREAD] = sum;
    losses[THREAD] = lost;
    BARRIER;
    for (int middle = THREADS / 2; middle > 0; middle /= 2) {
      if (THREAD < middle) {
        sum = sums[THREAD], lost = losses[THREAD];
        add_to(&sum, &lost, sums[THREAD + middle]);
        sums[THREAD] = sum, losses[THREAD] = lost + losses[THREAD + middle];
      }
      BARRIER;
    }
    if (THREAD == 0) {
      states[2 * (part * lines + line)] = sums[0];
      states[2 * (part * lines + line) + 1] = losses[0];
    }
    BARRIER;
  }
#endif
}

// On a GPU a thread takes a part of a column, neighbours having neighbouring columns; on a processor
// a part of all columns, row by row.
KERNEL fused_columns(GLOBAL WIDE *states, LONG rows, LONG cols, LONG parts, LONG chunk, PARAMS) {
#ifdef PROCESSOR
  EACH_ITEM(part, parts) {
    GLOBAL WIDE *own = states + 2 * part * cols;
    LONG end = (part + 1) * chunk < rows ? (part + 1) * chunk : rows;
    for (LONG j = 0; j < 2 * cols; j++) own[j] = 0;
    for (LONG i = part * chunk; i < end; i++) {
      for (LONG j = 0; j < cols; j++) {
        WIDE sum = own[2 * j], lost = own[2 * j + 1];
        add_to(&sum, &lost, CELL(i * cols + j, i, j));
        own[2 * j] = sum, own[2 * j + 1] = lost;
      }
    }
  }
#else
  EACH_ITEM(item, cols * parts) {
    LONG part = quotient(item, cols), j = item - part * cols;
    LONG end = (part + 1) * chunk < rows ? (part + 1) * chunk : rows;
    WIDE sum = 0, lost = 0;
    for (LONG i = part * chunk; i < end; i++) add_to(&sum, &lost, CELL(i * cols + j, i, j));
    states[2 * item] = sum;
    states[2 * item + 1] = lost;
  }
#endif
}
