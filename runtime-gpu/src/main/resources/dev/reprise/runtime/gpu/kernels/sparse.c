// Matrices compressed by rows, as the host keeps them: where each row starts and the last one ends,
// the values (doubles in either precision), their columns (32 bits). All in one piece of memory.
#include "folds.h"

#define VALUES_OF(x, rows) ((GLOBAL const WIDE *)((x) + (rows) + 1))
#define COLUMNS_OF(x, rows, n) ((GLOBAL const int *)((x) + (rows) + 1 + (n)))

// So many terms are summed in the precision of the cells before they join the sum of the row.
#define RUN 512

// A compressed matrix times a dense one.
//
// Groups: `width` threads take neighbouring columns of the result, `lines` threads share the values of a
// row; a group has 256 / (width * lines) rows. Nothing happens where `when` begins with less than `least`.
KERNEL times_groups(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m, LONG nonZeros,
                    LONG n, int width, int lines, GLOBAL const LONG *when, LONG least) {
  if (*when < least) return;
  LOCAL WIDE sums[256];
  GLOBAL const WIDE *values = VALUES_OF(x, m);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  int rows = 256 / (width * lines), lane = THREAD % width, line = THREAD / width % lines;
  LONG bands = (m + rows - 1) / rows, tiles = (n + width - 1) / width;
  for (LONG work = GROUP; work < bands * tiles; work += GROUPS) {
    LONG i = work / tiles * rows + THREAD / (width * lines), j = work % tiles * width + lane;
    int inside = i < m && j < n;
    LONG at = inside ? x[i] + line : 0, end = inside ? x[i + 1] : 0;
    WIDE sum = 0;
    while (at < end) {
      LONG stop = end - at > (LONG)RUN * lines ? at + (LONG)RUN * lines : end;
      REAL part = 0;
      for (; at < stop; at += lines) {
        part = FMA((REAL)values[at], y[columns[at] * n + j], part);
      }
      sum += part;
    }
    sums[THREAD] = sum;
    BARRIER;
    for (int s = lines / 2; s > 0; s /= 2) {
      if (line < s) sums[THREAD] += sums[THREAD + s * width];
      BARRIER;
    }
    if (inside && line == 0) out[i * n + j] = (REAL)sums[THREAD];
    BARRIER;
  }
}

// Wild cells are infinite or NaN: the only ones whose difference from themselves is not zero.
#define IS_WILD(cell) (!((cell) - (cell) == 0))

// Sets `found`, which was zero, to one where a cell is wild, and counts such cells of each of n columns.
// Counts, zeros before, lie behind it.
KERNEL find_wild(GLOBAL LONG *found, GLOBAL const REAL *y, LONG cells, LONG n) {
  GLOBAL UINT *counts = (GLOBAL UINT *)(found + 1);
  LONG wild = 0;
  EACH_ITEM(at, cells) {
    if (IS_WILD(y[at])) {
      wild = 1;
      ATOMIC_ADD(counts + at % n, 1);
    }
  }
  if (wild) *found = 1;
}

// A zero that is not stored makes NaN of a wild cell: a cell of the product is NaN when its row has not met
// all wild cells of its column. Nothing happens where none was found.
KERNEL left_out(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m, LONG nonZeros, LONG n,
                GLOBAL const LONG *found) {
  if (!*found) return;
  GLOBAL const UINT *counts = (GLOBAL const UINT *)(found + 1);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  EACH_ITEM(cell, m * n) {
    LONG i = cell / n, j = cell % n;
    UINT met = 0;
    if (counts[j]) {
      for (LONG at = x[i]; at < x[i + 1]; at++) met += IS_WILD(y[columns[at] * n + j]);
    }
    if (met < counts[j]) out[cell] = (REAL)NOT_A_NUMBER;
  }
}

// Likewise, of the transposed matrix, cols x m, for processors: a thread takes a column of the product and
// counts in `met`, cols x n.
KERNEL left_out_turned(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m, LONG nonZeros,
                       LONG cols, LONG n, GLOBAL UINT *met, GLOBAL const LONG *found) {
  if (!*found) return;
  GLOBAL const UINT *counts = (GLOBAL const UINT *)(found + 1);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  EACH_ITEM(j, n) {
    if (counts[j]) {
      for (LONG c = 0; c < cols; c++) met[c * n + j] = 0;
      for (LONG i = 0; i < m; i++) {
        if (IS_WILD(y[i * n + j])) {
          for (LONG at = x[i]; at < x[i + 1]; at++) met[columns[at] * n + j]++;
        }
      }
      for (LONG c = 0; c < cols; c++) {
        if (met[c * n + j] < counts[j]) out[c * n + j] = (REAL)NOT_A_NUMBER;
      }
    }
  }
}

// For processors, one column: a thread adds up a row.
KERNEL times_vector(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m,
                    LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, m);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  EACH_ITEM(i, m) {
    WIDE sum = 0;
    for (LONG at = x[i]; at < x[i + 1]; at++) sum += values[at] * (WIDE)y[columns[at]];
    out[i] = (REAL)sum;
  }
}

// Likewise, of more columns: 16 of a row at once.
KERNEL times_threads(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m, LONG nonZeros,
                     LONG n) {
  GLOBAL const WIDE *values = VALUES_OF(x, m);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  LONG tiles = (n + 15) / 16;
  EACH_ITEM(work, m * tiles) {
    LONG i = work % m, j0 = work / m * 16;
    int count = n - j0 < 16 ? (int)(n - j0) : 16;
    WIDE sums[16];
    for (int s = 0; s < 16; s++) sums[s] = 0;
    for (LONG at = x[i]; at < x[i + 1]; at++) {
      GLOBAL const REAL *row = y + columns[at] * n + j0;
      WIDE value = values[at];
      if (count == 16) {
        for (int s = 0; s < 16; s++) sums[s] += value * row[s];
      } else {
        for (int s = 0; s < count; s++) sums[s] += value * row[s];
      }
    }
    for (int s = 0; s < count; s++) out[i * n + j0 + s] = (REAL)sums[s];
  }
}

// For processors: the transposed matrix, cols x m, times a dense one of m x n. Part t adds up the rows from
// t * chunk on in a result of its own; `together` adds the parts up in their order.
KERNEL scattered(GLOBAL WIDE *parts, GLOBAL const LONG *x, GLOBAL const REAL *y, LONG m, LONG nonZeros,
                 LONG cols, LONG n, LONG chunk, LONG count) {
  GLOBAL const WIDE *values = VALUES_OF(x, m);
  GLOBAL const int *columns = COLUMNS_OF(x, m, nonZeros);
  EACH_ITEM(t, count) {
    GLOBAL WIDE *mine = parts + t * cols * n;
    for (LONG at = 0; at < cols * n; at++) mine[at] = 0;
    LONG to = (t + 1) * chunk < m ? (t + 1) * chunk : m;
    for (LONG i = t * chunk; i < to; i++) {
      for (LONG at = x[i]; at < x[i + 1]; at++) {
        GLOBAL WIDE *row = mine + columns[at] * n;
        WIDE value = values[at];
        for (LONG j = 0; j < n; j++) row[j] += value * (WIDE)y[i * n + j];
      }
    }
  }
}

KERNEL together(GLOBAL REAL *out, GLOBAL const WIDE *parts, LONG cells, LONG count) {
  EACH_ITEM(at, cells) {
    WIDE sum = 0;
    for (LONG t = 0; t < count; t++) sum += parts[t * cells + at];
    out[at] = (REAL)sum;
  }
}

// Transposition: values are sorted by their column, equal columns staying in the order of the rows.
KERNEL by_column(GLOBAL ULONG *keys, GLOBAL UINT *places, GLOBAL const LONG *x, LONG rows, LONG nonZeros) {
  GLOBAL const int *columns = COLUMNS_OF(x, rows, nonZeros);
  EACH_ITEM(at, nonZeros) {
    keys[at] = (ULONG)columns[at];
    places[at] = (UINT)at;
  }
}

KERNEL turned(GLOBAL LONG *out, GLOBAL const LONG *x, GLOBAL const UINT *places, LONG rows, LONG cols,
              LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  GLOBAL WIDE *newValues = (GLOBAL WIDE *)(out + cols + 1);
  GLOBAL int *newColumns = (GLOBAL int *)(out + cols + 1 + nonZeros);
  EACH_ITEM(at, nonZeros) {
    LONG place = (LONG)places[at];
    // The last row that starts there or before.
    LONG low = 0, high = rows;
    while (high - low > 1) {
      LONG middle = (low + high) / 2;
      if (x[middle] <= place) {
        low = middle;
      } else {
        high = middle;
      }
    }
    newValues[at] = values[place];
    newColumns[at] = (int)low;
  }
}

// Where the columns of the sorted values begin.
KERNEL turned_starts(GLOBAL LONG *out, GLOBAL const ULONG *keys, LONG cols, LONG nonZeros) {
  EACH_ITEM(j, cols + 1) {
    LONG low = 0, high = nonZeros;
    while (low < high) {
      LONG middle = (low + high) / 2;
      if (keys[middle] < (ULONG)j) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    out[j] = low;
  }
}

// For libraries, which take starts of 32 bits.
KERNEL narrow_starts(GLOBAL int *out, GLOBAL const LONG *x, LONG count) {
  EACH_ITEM(i, count) out[i] = (int)x[i];
}

// The stored values, and one zero behind them if some cell is not stored.
KERNEL cells_of(GLOBAL REAL *out, GLOBAL const LONG *x, LONG rows, LONG nonZeros, LONG count) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  EACH_ITEM(at, count) out[at] = at < nonZeros ? (REAL)values[at] : 0;
}

// The same columns with other values, zeros among which are counted.
KERNEL revalued(GLOBAL LONG *out, GLOBAL UINT *zeros, GLOBAL const REAL *cells, LONG rows, LONG nonZeros) {
  GLOBAL WIDE *values = (GLOBAL WIDE *)(out + rows + 1);
  EACH_ITEM(at, nonZeros) {
    values[at] = cells[at];
    if (cells[at] == 0) ATOMIC_ADD(zeros, 1);
  }
}

// How many values of each row are not zero.
KERNEL kept(GLOBAL UINT *counts, GLOBAL const LONG *x, LONG rows) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  EACH_ITEM(i, rows) {
    UINT count = 0;
    for (LONG at = x[i]; at < x[i + 1]; at++) count += values[at] != 0;
    counts[i] = count;
  }
}

// What is not zero, of `left` values; `before` counts those of the rows before.
KERNEL packed(GLOBAL LONG *out, GLOBAL const LONG *x, GLOBAL const UINT *before, LONG rows, LONG nonZeros,
              LONG left) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  GLOBAL const int *columns = COLUMNS_OF(x, rows, nonZeros);
  GLOBAL WIDE *newValues = (GLOBAL WIDE *)(out + rows + 1);
  GLOBAL int *newColumns = (GLOBAL int *)(out + rows + 1 + left);
  EACH_ITEM(i, rows) {
    LONG next = (LONG)before[i];
    out[i] = next;
    if (i == rows - 1) out[rows] = left;
    for (LONG at = x[i]; at < x[i + 1]; at++) {
      if (values[at] != 0) {
        newValues[next] = values[at];
        newColumns[next++] = columns[at];
      }
    }
  }
}

// Into a dense matrix of zeros.
KERNEL spread(GLOBAL REAL *out, GLOBAL const LONG *x, LONG rows, LONG cols, LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  GLOBAL const int *columns = COLUMNS_OF(x, rows, nonZeros);
  EACH_ITEM(i, rows) {
    for (LONG at = x[i]; at < x[i + 1]; at++) out[i * cols + columns[at]] = (REAL)values[at];
  }
}

// An aggregate of each row, divided: 0 the sum, 1 the least, 2 the greatest cell. A thread takes a row.
KERNEL fold_rows(GLOBAL REAL *out, GLOBAL const LONG *x, LONG rows, LONG cols, LONG nonZeros, int kind,
                 LONG divisor) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  EACH_ITEM(i, rows) {
    LONG at = x[i], end = x[i + 1];
    WIDE result = 0;
    if (kind == 0) {
      WIDE lost = 0;
      for (; at < end; at++) addTo(&result, &lost, values[at]);
      result = corrected(result, lost) / (WIDE)divisor;
    } else {
      if (end - at == cols) result = values[at++];
      for (; at < end; at++) {
        WIDE value = values[at];
        if (value != value || (kind == 1 ? value < result : value > result)) result = value;
        if (result != result) break;
      }
    }
    out[i] = (REAL)result;
  }
}

// The upper triangle of t(X) X, for processors: a thread takes a row, from t(X)'s, which is given too.
KERNEL square_threads(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const LONG *t, LONG rows, LONG cols,
                      LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows), *turned = VALUES_OF(t, cols);
  GLOBAL const int *columns = COLUMNS_OF(x, rows, nonZeros), *rowsOf = COLUMNS_OF(t, cols, nonZeros);
  for (LONG i = FIRST; i < cols; i += STEP) {
    GLOBAL REAL *mine = out + i * cols;
    for (LONG j = i; j < cols; j++) mine[j] = 0;
    for (LONG k = t[i]; k < t[i + 1]; k++) {
      REAL weight = (REAL)turned[k];
      LONG row = rowsOf[k];
      for (LONG at = x[row]; at < x[row + 1]; at++) {
        if (columns[at] >= i) mine[columns[at]] = FMA(weight, (REAL)values[at], mine[columns[at]]);
      }
    }
  }
}

// Likewise, a group takes a row.
KERNEL square_groups(GLOBAL REAL *out, GLOBAL const LONG *x, GLOBAL const LONG *t, LONG rows, LONG cols,
                     LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows), *turned = VALUES_OF(t, cols);
  GLOBAL const int *columns = COLUMNS_OF(x, rows, nonZeros), *rowsOf = COLUMNS_OF(t, cols, nonZeros);
  for (LONG i = GROUP; i < cols; i += GROUPS) {
    GLOBAL REAL *mine = out + i * cols;
    for (LONG j = i + THREAD; j < cols; j += THREADS) mine[j] = 0;
    GLOBAL_BARRIER;
    for (LONG k = t[i]; k < t[i + 1]; k++) {
      REAL weight = (REAL)turned[k];
      LONG row = rowsOf[k];
      for (LONG at = x[row] + THREAD; at < x[row + 1]; at += THREADS) {
        if (columns[at] >= i) mine[columns[at]] = FMA(weight, (REAL)values[at], mine[columns[at]]);
      }
      GLOBAL_BARRIER;
    }
  }
}

// Sets `found`, which was zero, to one where a stored value is wild.
KERNEL find_wild_values(GLOBAL LONG *found, GLOBAL const LONG *x, LONG rows, LONG nonZeros) {
  GLOBAL const WIDE *values = VALUES_OF(x, rows);
  LONG wild = 0;
  EACH_ITEM(at, nonZeros) { wild |= IS_WILD((REAL)values[at]); }
  if (wild) *found = 1;
}

// In the upper triangle of t(X) X, from t(X)'s rows: two of them make NaN where one has a wild value and the
// other one has nothing. Nothing happens where none was found.
KERNEL left_out_square(GLOBAL REAL *out, GLOBAL const LONG *t, LONG cols, LONG nonZeros,
                       GLOBAL const LONG *found) {
  if (!*found) return;
  GLOBAL const WIDE *values = VALUES_OF(t, cols);
  GLOBAL const int *rowsOf = COLUMNS_OF(t, cols, nonZeros);
  EACH_ITEM(cell, cols * cols) {
    LONG i = cell / cols, j = cell % cols;
    LONG a = t[i], b = t[j], endA = t[i + 1], endB = t[j + 1];
    int isLeftOut = 0;
    while (i < j && !isLeftOut && (a < endA || b < endB)) {
      if (a < endA && b < endB && rowsOf[a] == rowsOf[b]) {
        a++;
        b++;
      } else if (b == endB || (a < endA && rowsOf[a] < rowsOf[b])) {
        isLeftOut = IS_WILD((REAL)values[a]);
        a++;
      } else {
        isLeftOut = IS_WILD((REAL)values[b]);
        b++;
      }
    }
    if (isLeftOut) out[cell] = (REAL)NOT_A_NUMBER;
  }
}
