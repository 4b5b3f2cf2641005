// Parts of blocked factorisations. Groups may have any number of threads; on processors they have one.
// status[0] is set when a matrix is not symmetric, status[1] to the first pivot, from 1, that fails.

// The upper triangle of t(A), and whether A is symmetric but for rounding.
KERNEL turned_lower(GLOBAL REAL *u, GLOBAL const REAL *a, LONG n, WIDE tolerance, GLOBAL LONG *status) {
  for (LONG at = FIRST; at < n * n; at += STEP) {
    LONG i = at / n, j = at - i * n;
    if (j < i) {
      REAL low = a[at], high = a[j * n + i];
      if (fabs(low - high) > (REAL)tolerance * fmax(fabs(low), fabs(high))) {
        status[0] = 1;
      }
    } else {
      u[at] = a[j * n + i];
    }
  }
}

// The transpose of an upper triangle, zeros above, whatever lies below in the source.
KERNEL turned_upper(GLOBAL REAL *lower, GLOBAL const REAL *u, LONG n) {
  for (LONG at = FIRST; at < n * n; at += STEP) {
    LONG i = at / n, j = at - i * n;
    lower[at] = j <= i ? u[j * n + i] : 0;
  }
}

// One group: the upper factor of a diagonal block of at most 64 rows, in place.
KERNEL cholesky_block(GLOBAL REAL *u, LONG n, LONG first, int size, GLOBAL LONG *status) {
  LOCAL REAL t[64 * 65];
  GLOBAL REAL *block = u + first * n + first;
  for (int e = THREAD; e < size * size; e += THREADS) {
    t[e / size * 65 + e % size] = block[e / size * n + e % size];
  }
  BARRIER;
  for (int j = 0; j < size; j++) {
    if (THREAD == 0) {
      REAL square = t[j * 65 + j];
      if (!(square > 0) && status[1] == 0) {
        status[1] = first + j + 1;
      }
      t[j * 65 + j] = sqrt(square);
    }
    BARRIER;
    for (int c = j + 1 + THREAD; c < size; c += THREADS) {
      t[j * 65 + c] /= t[j * 65 + j];
    }
    BARRIER;
    int rest = size - 1 - j;
    for (int e = THREAD; e < rest * rest; e += THREADS) {
      int i = j + 1 + e / rest, c = j + 1 + e % rest;
      if (c >= i) {
        t[i * 65 + c] -= t[j * 65 + i] * t[j * 65 + c];
      }
    }
    BARRIER;
  }
  for (int e = THREAD; e < size * size; e += THREADS) {
    if (e % size >= e / size) {
      block[e / size * n + e % size] = t[e / size * 65 + e % size];
    }
  }
}

// Solves T X = B for a triangle T of at most 64 rows, in place of B; a group takes 16 columns. Cell
// (j, l) of T lies at tAt + j * tr + l * tc, cell (j, c) of B at bAt + j * br + c * bc.
KERNEL triangle(GLOBAL REAL *b, LONG bAt, LONG br, LONG bc, GLOBAL const REAL *factor, LONG tAt, LONG tr,
                LONG tc, int size, LONG columns, int unit, int backward) {
  LOCAL REAL t[64 * 65];
  LOCAL REAL x[64 * 17];
  LONG first = GROUP * 16;
  int count = columns - first < 16 ? (int)(columns - first) : 16;
  for (int e = THREAD; e < size * size; e += THREADS) {
    int j = tc == 1 ? e / size : e % size, l = tc == 1 ? e % size : e / size;
    t[j * 65 + l] = factor[tAt + j * tr + l * tc];
  }
  for (int e = THREAD; e < size * count; e += THREADS) {
    int j = bc == 1 ? e / count : e % size, c = bc == 1 ? e % count : e / size;
    x[j * 17 + c] = b[bAt + j * br + (first + c) * bc];
  }
  BARRIER;
  for (int s = 0; s < size; s++) {
    int j = backward ? size - 1 - s : s, rest = size - 1 - s, next = backward ? 0 : j + 1;
    if (!unit) {
      for (int c = THREAD; c < count; c += THREADS) {
        x[j * 17 + c] /= t[j * 65 + j];
      }
      BARRIER;
    }
    for (int e = THREAD; e < rest * count; e += THREADS) {
      int l = next + e / count, c = e % count;
      x[l * 17 + c] -= t[l * 65 + j] * x[j * 17 + c];
    }
    BARRIER;
  }
  for (int e = THREAD; e < size * count; e += THREADS) {
    int j = bc == 1 ? e / count : e % size, c = bc == 1 ? e % count : e / size;
    b[bAt + j * br + (first + c) * bc] = x[j * 17 + c];
  }
}

// One group: eliminates in the rows [first, first + size) of A. The largest cell of each row, of equal
// ones the first, changes columns with the diagonal; the row right of it is divided by it.
KERNEL eliminate(GLOBAL REAL *a, LONG n, LONG first, int size, GLOBAL LONG *pivots, GLOBAL LONG *status) {
  LOCAL REAL best[256];
  LOCAL LONG where[256];
  for (LONG j = first; j < first + size; j++) {
    GLOBAL REAL *row = a + j * n;
    REAL most = -1;
    LONG at = j;
    for (LONG c = j + THREAD; c < n; c += THREADS) {
      REAL cell = fabs(row[c]);
      at = cell > most ? c : at;
      most = cell > most ? cell : most;
    }
    best[THREAD] = most;
    where[THREAD] = at;
    BARRIER;
    for (int s = THREADS / 2; s > 0; s /= 2) {
      if (THREAD < s) {
        REAL other = best[THREAD + s];
        if (other > best[THREAD] || (other == best[THREAD] && where[THREAD + s] < where[THREAD])) {
          best[THREAD] = other;
          where[THREAD] = where[THREAD + s];
        }
      }
      BARRIER;
    }
    LONG pivot = where[0];
    if (THREAD == 0) {
      pivots[j] = pivot;
      if (best[0] == 0 && status[1] == 0) {
        status[1] = j + 1;
      }
    }
    for (LONG i = first + THREAD; i < first + size && pivot != j; i += THREADS) {
      REAL kept = a[i * n + j];
      a[i * n + j] = a[i * n + pivot];
      a[i * n + pivot] = kept;
    }
    GLOBAL_BARRIER;
    REAL divisor = row[j];
    for (LONG c = j + 1 + THREAD; c < n; c += THREADS) {
      REAL cell = divisor != 0 ? row[c] / divisor : row[c];
      row[c] = cell;
      for (LONG i = j + 1; i < first + size; i++) {
        a[i * n + c] -= a[i * n + j] * cell;
      }
    }
    GLOBAL_BARRIER;
  }
}

// Changes the columns of the rows outside [first, first + size) likewise.
KERNEL exchange(GLOBAL REAL *a, LONG n, LONG first, int size, GLOBAL const LONG *pivots) {
  for (LONG i = FIRST; i < n; i += STEP) {
    for (LONG j = first; j < first + size && (i < first || i >= first + size); j++) {
      REAL kept = a[i * n + j];
      a[i * n + j] = a[i * n + pivots[j]];
      a[i * n + pivots[j]] = kept;
    }
  }
}

// One thread: where each row of the solution comes from when the exchanges are taken back.
KERNEL sources(GLOBAL LONG *source, GLOBAL const LONG *pivots, LONG n) {
  if (FIRST == 0) {
    for (LONG i = 0; i < n; i++) {
      source[i] = i;
    }
    for (LONG j = n - 1; j >= 0; j--) {
      LONG kept = source[j];
      source[j] = source[pivots[j]];
      source[pivots[j]] = kept;
    }
  }
}

KERNEL gather(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const LONG *source, LONG rows, LONG cols) {
  for (LONG at = FIRST; at < rows * cols; at += STEP) {
    LONG i = at / cols;
    out[at] = x[source[i] * cols + at - i * cols];
  }
}

// Into zeros.
KERNEL identity(GLOBAL REAL *out, LONG n) {
  for (LONG i = FIRST; i < n; i += STEP) {
    out[i * n + i] = 1;
  }
}
