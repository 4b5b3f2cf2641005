// A row-major matrix times a few columns, limited by the reading of the matrix. Cell (l, r) of the
// columns lies at l * vl + r * vr, cell (i, r) of the result at i * outRow + r. The inner dimension is
// cut into chunks; chunk t gives a result of its own at t * (number of results) * outRow.

// Groups: "width" threads add up a row.
#define ROWS_GROUPS(NAME, N)                                                                            \
  KERNEL NAME(GLOBAL REAL *out, LONG outAt, LONG outRow, GLOBAL const REAL *a, GLOBAL const REAL *v,    \
              LONG vAt, LONG vl, LONG vr, LONG m, LONG k, LONG chunk, int width, int columns) {         \
    LOCAL REAL sums[256 * N];                                                                           \
    int lane = THREAD % width, line = THREAD / width, lines = 256 / width;                              \
    LONG bands = (m + lines - 1) / lines, chunks = (k + chunk - 1) / chunk;                             \
    for (LONG work = GROUP; work < bands * chunks; work += GROUPS) {                                    \
      LONG t = work / bands, i = work % bands * lines + line;                                           \
      LONG l1 = (t + 1) * chunk < k ? (t + 1) * chunk : k;                                              \
      REAL mine[N];                                                                                     \
      for (int r = 0; r < N; r++) {                                                                     \
        mine[r] = 0;                                                                                    \
      }                                                                                                 \
      for (LONG l = t * chunk + lane; i < m && l < l1; l += width) {                                    \
        REAL cell = a[i * k + l];                                                                       \
        for (int r = 0; r < N; r++) {                                                                   \
          mine[r] = FMA(cell, v[vAt + l * vl + (r < columns ? r : 0) * vr], mine[r]);                   \
        }                                                                                               \
      }                                                                                                 \
      for (int r = 0; r < N; r++) {                                                                     \
        sums[r * 256 + THREAD] = mine[r];                                                               \
      }                                                                                                 \
      BARRIER;                                                                                          \
      for (int s = width / 2; s > 0; s /= 2) {                                                          \
        for (int r = 0; r < N && lane < s; r++) {                                                       \
          sums[r * 256 + THREAD] += sums[r * 256 + THREAD + s];                                         \
        }                                                                                               \
        BARRIER;                                                                                        \
      }                                                                                                 \
      for (int r = 0; r < columns && lane == 0 && i < m; r++) {                                         \
        out[outAt + (t * m + i) * outRow + r] = sums[r * 256 + THREAD];                                 \
      }                                                                                                 \
      BARRIER;                                                                                          \
    }                                                                                                   \
  }

ROWS_GROUPS(rows_groups_1, 1)
ROWS_GROUPS(rows_groups_4, 4)

// The transposed matrix, k x m as it lies: "width" threads take a column each, the lines of the group
// share its rows.
#define COLUMNS_GROUPS(NAME, N)                                                                         \
  KERNEL NAME(GLOBAL REAL *out, LONG outAt, LONG outRow, GLOBAL const REAL *a, GLOBAL const REAL *v,    \
              LONG vAt, LONG vl, LONG vr, LONG m, LONG k, LONG chunk, int width, int columns) {         \
    LOCAL REAL sums[256 * N];                                                                           \
    int lane = THREAD % width, line = THREAD / width, lines = 256 / width;                              \
    LONG bands = (m + width - 1) / width, chunks = (k + chunk - 1) / chunk;                             \
    for (LONG work = GROUP; work < bands * chunks; work += GROUPS) {                                    \
      LONG t = work / bands, j = work % bands * width + lane;                                           \
      LONG l1 = (t + 1) * chunk < k ? (t + 1) * chunk : k;                                              \
      REAL mine[N];                                                                                     \
      for (int r = 0; r < N; r++) {                                                                     \
        mine[r] = 0;                                                                                    \
      }                                                                                                 \
      for (LONG l = t * chunk + line; j < m && l < l1; l += lines) {                                    \
        REAL cell = a[l * m + j];                                                                       \
        for (int r = 0; r < N; r++) {                                                                   \
          mine[r] = FMA(cell, v[vAt + l * vl + (r < columns ? r : 0) * vr], mine[r]);                   \
        }                                                                                               \
      }                                                                                                 \
      for (int r = 0; r < N; r++) {                                                                     \
        sums[r * 256 + THREAD] = mine[r];                                                               \
      }                                                                                                 \
      BARRIER;                                                                                          \
      for (int s = lines / 2; s > 0; s /= 2) {                                                          \
        for (int r = 0; r < N && line < s; r++) {                                                       \
          sums[r * 256 + THREAD] += sums[r * 256 + THREAD + s * width];                                 \
        }                                                                                               \
        BARRIER;                                                                                        \
      }                                                                                                 \
      for (int r = 0; r < columns && line == 0 && j < m; r++) {                                         \
        out[outAt + (t * m + j) * outRow + r] = sums[r * 256 + THREAD];                                 \
      }                                                                                                 \
      BARRIER;                                                                                          \
    }                                                                                                   \
  }

COLUMNS_GROUPS(columns_groups_1, 1)
COLUMNS_GROUPS(columns_groups_4, 4)

// For processors, one column: a thread adds up a row in eight sums.
KERNEL rows_threads(GLOBAL REAL *out, GLOBAL const REAL *a, GLOBAL const REAL *v, LONG m, LONG k,
                    LONG chunk) {
  LONG chunks = (k + chunk - 1) / chunk;
  for (LONG work = FIRST; work < m * chunks; work += STEP) {
    LONG t = work / m, i = work % m, l = t * chunk;
    LONG l1 = l + chunk < k ? l + chunk : k;
    REAL sums[8];
    for (int s = 0; s < 8; s++) {
      sums[s] = 0;
    }
    for (; l + 8 <= l1; l += 8) {
      for (int s = 0; s < 8; s++) {
        sums[s] = FMA(a[i * k + l + s], v[l + s], sums[s]);
      }
    }
    REAL rest = 0;
    for (; l < l1; l++) {
      rest = FMA(a[i * k + l], v[l], rest);
    }
    out[work] = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                ((sums[4] + sums[5]) + (sums[6] + sums[7])) + rest;
  }
}

// Likewise of the transposed matrix: a thread adds up 16 columns.
KERNEL columns_threads(GLOBAL REAL *out, GLOBAL const REAL *a, GLOBAL const REAL *v, LONG m, LONG k,
                       LONG chunk) {
  LONG bands = (m + 15) / 16, chunks = (k + chunk - 1) / chunk;
  for (LONG work = FIRST; work < bands * chunks; work += STEP) {
    LONG t = work / bands, j0 = work % bands * 16, l0 = t * chunk;
    LONG l1 = l0 + chunk < k ? l0 + chunk : k;
    int count = m - j0 < 16 ? (int)(m - j0) : 16;
    REAL sums[16];
    for (int s = 0; s < 16; s++) {
      sums[s] = 0;
    }
    if (count == 16) {
      for (LONG l = l0; l < l1; l++) {
        for (int s = 0; s < 16; s++) {
          sums[s] = FMA(a[l * m + j0 + s], v[l], sums[s]);
        }
      }
    } else {
      for (LONG l = l0; l < l1; l++) {
        for (int s = 0; s < count; s++) {
          sums[s] = FMA(a[l * m + j0 + s], v[l], sums[s]);
        }
      }
    }
    for (int s = 0; s < count; s++) {
      out[t * m + j0 + s] = sums[s];
    }
  }
}

// Between the two products of a chain: q := w * q, or q - w.
KERNEL weigh(GLOBAL REAL *q, GLOBAL const REAL *w, LONG n) {
  for (LONG i = FIRST; i < n; i += STEP) {
    q[i] = w[i] * q[i];
  }
}

KERNEL lessen(GLOBAL REAL *q, GLOBAL const REAL *w, LONG n) {
  for (LONG i = FIRST; i < n; i += STEP) {
    q[i] = q[i] - w[i];
  }
}
