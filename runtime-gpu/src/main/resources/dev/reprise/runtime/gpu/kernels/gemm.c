// C = op(A) op(B), or C -= op(A) op(B). Cell (i, l) of op(A) lies at aAt + i * ar + l * ac, cell
// (l, j) of op(B) at bAt + l * br + j * bc, cell (i, j) of C at cAt + i * ldc + j. The inner
// dimension is cut into chunks; chunk t gives a product of its own at t * m * ldc. With "upper" what
// lies wholly below the diagonal of C is left out.

#define STORE(cell, value) cell = subtract ? cell - (value) : (value)

// For processors: a thread computes 4 rows of 8 columns, which stay in its registers. Rows and columns
// beyond the edge repeat the last one.
KERNEL threads(GLOBAL REAL *c, LONG cAt, LONG ldc, GLOBAL const REAL *a, LONG aAt, LONG ar, LONG ac,
               GLOBAL const REAL *b, LONG bAt, LONG br, LONG bc, LONG m, LONG n, LONG k, LONG chunk,
               int subtract, int upper) {
  LONG across = (n + 7) / 8, blocks = across * ((m + 3) / 4), chunks = (k + chunk - 1) / chunk;
  for (LONG work = FIRST; work < blocks * chunks; work += STEP) {
    LONG t = work / blocks, i0 = work % blocks / across * 4, j0 = work % blocks % across * 8;
    LONG l0 = t * chunk, l1 = l0 + chunk < k ? l0 + chunk : k;
    if (upper && j0 + 8 <= i0) {
      continue;
    }
    REAL sums[4][8];
    for (int r = 0; r < 4; r++) {
      for (int s = 0; s < 8; s++) {
        sums[r][s] = 0;
      }
    }
    GLOBAL const REAL *a0 = a + aAt + i0 * ar;
    GLOBAL const REAL *a1 = a + aAt + (i0 + 1 < m ? i0 + 1 : m - 1) * ar;
    GLOBAL const REAL *a2 = a + aAt + (i0 + 2 < m ? i0 + 2 : m - 1) * ar;
    GLOBAL const REAL *a3 = a + aAt + (i0 + 3 < m ? i0 + 3 : m - 1) * ar;
    if (bc == 1 && j0 + 8 <= n) {
      GLOBAL const REAL *row = b + bAt + j0;
      for (LONG l = l0; l < l1; l++) {
        REAL x0 = a0[l * ac], x1 = a1[l * ac], x2 = a2[l * ac], x3 = a3[l * ac];
        for (int s = 0; s < 8; s++) {
          REAL y = row[l * br + s];
          sums[0][s] = FMA(x0, y, sums[0][s]);
          sums[1][s] = FMA(x1, y, sums[1][s]);
          sums[2][s] = FMA(x2, y, sums[2][s]);
          sums[3][s] = FMA(x3, y, sums[3][s]);
        }
      }
    } else {
      LONG at[8];
      for (int s = 0; s < 8; s++) {
        at[s] = bAt + (j0 + s < n ? j0 + s : n - 1) * bc;
      }
      for (LONG l = l0; l < l1; l++) {
        REAL x0 = a0[l * ac], x1 = a1[l * ac], x2 = a2[l * ac], x3 = a3[l * ac];
        for (int s = 0; s < 8; s++) {
          REAL y = b[at[s] + l * br];
          sums[0][s] = FMA(x0, y, sums[0][s]);
          sums[1][s] = FMA(x1, y, sums[1][s]);
          sums[2][s] = FMA(x2, y, sums[2][s]);
          sums[3][s] = FMA(x3, y, sums[3][s]);
        }
      }
    }
    GLOBAL REAL *out = c + cAt + t * m * ldc + i0 * ldc + j0;
    for (int r = 0; r < 4; r++) {
      for (int s = 0; s < 8; s++) {
        if (i0 + r < m && j0 + s < n) {
          STORE(out[r * ldc + s], sums[r][s]);
        }
      }
    }
  }
}

// For GPUs: 256 threads compute a tile of C with EDGE x EDGE cells, EDGE / 16 squared cells each, from
// pieces of A and B with DEPTH inner cells that they bring into their group's memory. Neighbouring
// threads read neighbouring cells, whichever way an operand lies.
#define GEMM_GROUPS(NAME, EDGE, DEPTH)                                                                  \
  KERNEL NAME(GLOBAL REAL *c, LONG cAt, LONG ldc, GLOBAL const REAL *a, LONG aAt, LONG ar, LONG ac,     \
              GLOBAL const REAL *b, LONG bAt, LONG br, LONG bc, LONG m, LONG n, LONG k, LONG chunk,     \
              int subtract, int upper) {                                                                \
    LOCAL REAL as[DEPTH * (EDGE + 1)];                                                                  \
    LOCAL REAL bs[DEPTH * (EDGE + 1)];                                                                  \
    LONG across = (n + EDGE - 1) / EDGE, tiles = across * ((m + EDGE - 1) / EDGE);                      \
    LONG chunks = (k + chunk - 1) / chunk;                                                              \
    int ty = THREAD / 16, tx = THREAD % 16;                                                             \
    for (LONG work = GROUP; work < tiles * chunks; work += GROUPS) {                                    \
      LONG t = work / tiles, i0 = work % tiles / across * EDGE, j0 = work % tiles % across * EDGE;      \
      LONG l1 = (t + 1) * chunk < k ? (t + 1) * chunk : k;                                              \
      if (upper && j0 + EDGE <= i0) {                                                                   \
        continue;                                                                                       \
      }                                                                                                 \
      REAL sums[EDGE / 16][EDGE / 16];                                                                  \
      for (int r = 0; r < EDGE / 16; r++) {                                                             \
        for (int s = 0; s < EDGE / 16; s++) {                                                           \
          sums[r][s] = 0;                                                                               \
        }                                                                                               \
      }                                                                                                 \
      for (LONG l0 = t * chunk; l0 < l1; l0 += DEPTH) {                                                 \
        for (int e = THREAD; e < EDGE * DEPTH; e += 256) {                                              \
          int i = ac == 1 ? e / DEPTH : e % EDGE, l = ac == 1 ? e % DEPTH : e / EDGE;                   \
          as[l * (EDGE + 1) + i] =                                                                      \
              i0 + i < m && l0 + l < l1 ? a[aAt + (i0 + i) * ar + (l0 + l) * ac] : 0;                   \
          int j = bc == 1 ? e % EDGE : e / DEPTH, d = bc == 1 ? e / EDGE : e % DEPTH;                   \
          bs[d * (EDGE + 1) + j] =                                                                      \
              j0 + j < n && l0 + d < l1 ? b[bAt + (l0 + d) * br + (j0 + j) * bc] : 0;                   \
        }                                                                                               \
        BARRIER;                                                                                        \
        for (int l = 0; l < DEPTH; l++) {                                                               \
          REAL x[EDGE / 16], y[EDGE / 16];                                                              \
          for (int r = 0; r < EDGE / 16; r++) {                                                         \
            x[r] = as[l * (EDGE + 1) + ty + 16 * r];                                                    \
            y[r] = bs[l * (EDGE + 1) + tx + 16 * r];                                                    \
          }                                                                                             \
          for (int r = 0; r < EDGE / 16; r++) {                                                         \
            for (int s = 0; s < EDGE / 16; s++) {                                                       \
              sums[r][s] = FMA(x[r], y[s], sums[r][s]);                                                 \
            }                                                                                           \
          }                                                                                             \
        }                                                                                               \
        BARRIER;                                                                                        \
      }                                                                                                 \
      GLOBAL REAL *out = c + cAt + t * m * ldc;                                                         \
      for (int r = 0; r < EDGE / 16; r++) {                                                             \
        for (int s = 0; s < EDGE / 16; s++) {                                                           \
          LONG i = i0 + ty + 16 * r, j = j0 + tx + 16 * s;                                              \
          if (i < m && j < n) {                                                                         \
            STORE(out[i * ldc + j], sums[r][s]);                                                        \
          }                                                                                             \
        }                                                                                               \
      }                                                                                                 \
    }                                                                                                   \
  }

GEMM_GROUPS(groups, 64, 16)
GEMM_GROUPS(narrow_groups, 16, 32)

// The sum of the chunks' products, in their order.
KERNEL add_up(GLOBAL REAL *c, GLOBAL const REAL *parts, LONG cells, LONG chunks) {
  for (LONG at = FIRST; at < cells; at += STEP) {
    REAL sum = parts[at];
    for (LONG t = 1; t < chunks; t++) {
      sum += parts[t * cells + at];
    }
    c[at] = sum;
  }
}

// Copies what lies above the diagonal below it.
KERNEL mirror(GLOBAL REAL *c, LONG n) {
  for (LONG at = FIRST; at < n * n; at += STEP) {
    LONG i = at / n, j = at - i * n;
    if (j < i) {
      c[at] = c[j * n + i];
    }
  }
}
