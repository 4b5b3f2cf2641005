// Sums of squared distances from the mean of rows and columns, read once. Before this comes lines.h. A state is three wide
// numbers: how many cells, their mean, and the sum of their squared distances from it (Chan, Golub, LeVeque: Updating
// formulae and a pairwise algorithm for computing sample variances, 1979). Cells are taken eight at a time, less the
// first cell of the line, so that numbers far from zero lose nothing.

FUNCTION void joined(WIDE *count, WIDE *mean, WIDE *squares, WIDE otherCount, WIDE otherMean, WIDE otherSquares) {
  if (otherCount == 0) return;
  WIDE all = *count + otherCount, share = otherCount / all, distance = otherMean - *mean;
  *mean += distance * share;
  // In this order a first part adds nothing.
  *squares += otherSquares + distance * (distance * (*count * share));
  *count = all;
}

#define LESS_CENTER(v, k) v -= center;
#define SQUARED_DISTANCE(v, k) v -= mean, v *= v;

// Of the cells i = from, from + step, ... below to of a line.
FUNCTION void spread_fold(WIDE *count, WIDE *mean_, WIDE *squares, GLOBAL const REAL *x, LONG from, LONG to,
                          LONG step, LONG stride, WIDE center) {
  LONG i = from;
  for (; i + 7 * step < to; i += 8 * step) {
    EIGHT_CELLS
    EACH(LESS_CENTER)
    WIDE mean = TREE(PLUS) / 8;
    EACH(SQUARED_DISTANCE)
    joined(count, mean_, squares, 8, mean, TREE(PLUS));
  }
  for (; i < to; i += step) {
    // What is infinite has no distance from itself.
    ONE_CELL
    x0 -= center;
    joined(count, mean_, squares, 1, x0, x0 - x0);
  }
}

// What a thread's state is kept in for others.
#define SPREAD_MEMORY                                                                                                 \
  LOCAL WIDE counts[256];                                                                                             \
  LOCAL WIDE means[256];                                                                                              \
  LOCAL WIDE sums[256];
#define SPREAD_SHOWN counts[THREAD] = count, means[THREAD] = mean, sums[THREAD] = squares;
#define SPREAD_JOINED(at) joined(&count, &mean, &squares, counts[at], means[at], sums[at]);
#define SPREAD_STORED(at, line)                                                                                       \
  if (form == STATE) {                                                                                                \
    wide[3 * (at)] = count;                                                                                           \
    wide[3 * (at) + 1] = mean;                                                                                        \
    wide[3 * (at) + 2] = squares;                                                                                     \
  } else {                                                                                                            \
    store(out, wide, line, squares, divisor, form);                                                                   \
  }

KERNEL spread_rows(GLOBAL REAL *out, GLOBAL WIDE *wide, GLOBAL const REAL *x, GLOBAL const WIDE *unused, LONG rows,
                   LONG cols, LONG parts, LONG chunk, int lanes, LONG divisor, int form) {
  SPREAD_MEMORY
  int together = THREADS / lanes, lane = THREAD % lanes;
  LONG each = (rows * parts + together * GROUPS - 1) / (together * GROUPS);
  for (LONG k = 0; k < each; k++) {
    LONG at = (GROUP * each + k) * together + THREAD / lanes;
    LONG row = quotient(at, parts), part = at - row * parts;
    WIDE count = 0, mean = 0, squares = 0;
    if (row < rows) {
      LONG from = part * chunk, to = from + chunk < cols ? from + chunk : cols;
      GLOBAL const REAL *line = x + row * cols;
      spread_fold(&count, &mean, &squares, line, from + lane, to, lanes, 1, line[0]);
    }
    SPREAD_SHOWN
    BARRIER;
    for (int middle = lanes / 2; middle > 0; middle /= 2) {
      if (lane < middle) {
        SPREAD_JOINED(THREAD + middle)
        SPREAD_SHOWN
      }
      BARRIER;
    }
    if (lane == 0 && row < rows) {
      SPREAD_STORED(part * rows + row, row)
    }
    BARRIER;
  }
}

KERNEL spread_cols(GLOBAL REAL *out, GLOBAL WIDE *wide, GLOBAL const REAL *x, GLOBAL const WIDE *unused, LONG rows,
                   LONG cols, LONG chunk, int width, LONG divisor, int form) {
  SPREAD_MEMORY
  int lanes = THREADS / width, lane = THREAD / width;
  LONG tiles = (cols + width - 1) / width, part = quotient(GROUP, tiles);
  LONG col = (GROUP - part * tiles) * width + THREAD % width;
  WIDE count = 0, mean = 0, squares = 0;
  if (lane < lanes && col < cols) {
    LONG from = part * chunk, to = from + chunk < rows ? from + chunk : rows;
    spread_fold(&count, &mean, &squares, x + col, from + lane, to, lanes, cols, x[col]);
  }
  SPREAD_SHOWN
  BARRIER;
  for (int n = lanes, middle = (n + 1) / 2; n > 1; n = middle, middle = (n + 1) / 2) {
    if (lane + middle < n) {
      SPREAD_JOINED(THREAD + middle * width)
      SPREAD_SHOWN
    }
    BARRIER;
  }
  if (lane == 0 && col < cols) {
    SPREAD_STORED(part * cols + col, col)
  }
}

// States of parts, in their order.
KERNEL spread_merge(GLOBAL REAL *out, GLOBAL WIDE *wide, GLOBAL const WIDE *states, LONG parts, LONG lines, int width,
                    LONG divisor, int form) {
  SPREAD_MEMORY
  int lanes = THREADS / width, lane = THREAD / width;
  LONG line = GROUP * width + THREAD % width;
  WIDE count = 0, mean = 0, squares = 0;
  if (lane < lanes && line < lines) {
    for (LONG part = lane; part < parts; part += lanes) {
      LONG at = 3 * (part * lines + line);
      joined(&count, &mean, &squares, states[at], states[at + 1], states[at + 2]);
    }
  }
  SPREAD_SHOWN
  BARRIER;
  for (int n = lanes, middle = (n + 1) / 2; n > 1; n = middle, middle = (n + 1) / 2) {
    if (lane + middle < n) {
      SPREAD_JOINED(THREAD + middle * width)
      SPREAD_SHOWN
    }
    BARRIER;
  }
  if (lane == 0 && line < lines) {
    store(out, wide, line, squares, divisor, form);
  }
}
