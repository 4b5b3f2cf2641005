// One kernel of convolution.c, of the name KERNEL_NAME. Before this comes what a group's 256 threads do: DOWN x ACROSS of
// them compute a tile, each ROWS rows of 2 * LANES columns in two runs; SLICES such teams share the DEPTH terms that are
// brought into the group's memory at a time. ALONG_SUM: neighbouring threads read neighbouring terms, else columns.
#define COLS (2 * LANES)
#define HEIGHT (DOWN * ROWS)
#define WIDTH (ACROSS * COLS)
#define SLICES (256 / (DOWN * ACROSS))
#define PART (DEPTH / SLICES)
// Rows in the group's memory, with a gap so that those of one column lie in several banks; 16 bytes stay together.
#define A_ROW (HEIGHT + 4)
#define X_ROW (WIDTH + 4)
#define A_EACH (HEIGHT * DEPTH / 256)
#define X_EACH (WIDTH * DEPTH / 256)
#define LOADING (256 / DEPTH)

KERNEL TWO_GROUPS KERNEL_NAME(GLOBAL REAL *out, GLOBAL const REAL *a, GLOBAL const REAL *x, CONTRACTION) {
  LOCAL REAL as[2 * DEPTH * A_ROW] ALIGNED;
  LOCAL REAL xs[2 * DEPTH * X_ROW] ALIGNED;
#if !ALONG_SUM
  LOCAL int flag;
#endif
  int slice = SLICES == 1 ? 0 : THREAD / (DOWN * ACROSS), team = SLICES == 1 ? THREAD : THREAD % (DOWN * ACROSS);
  int ty = team / ACROSS, tx = team % ACROSS;
  int up = (rows + HEIGHT - 1) / HEIGHT, tiles = up * ((cols + WIDTH - 1) / WIDTH);
  int aTerm = THREAD % DEPTH, aRow = THREAD / DEPTH;
  int xTerm = ALONG_SUM ? aTerm : THREAD / LOADING, xCol = ALONG_SUM ? aRow : THREAD % LOADING;
  int step2 = DEPTH % terms2, step1 = DEPTH / terms2 % terms1, step0 = DEPTH / terms2 / terms1;
  for (LONG work = GROUP; work < (LONG)tiles * chunks * groups; work += GROUPS) {
    LONG piece = work / tiles;
    int tile = (int)(work - piece * tiles), group = (int)(piece / chunks), t = (int)(piece - (LONG)group * chunks);
    int i0 = tile % up * HEIGHT, j0 = tile / up * WIDTH;
    int start = (LONG)t * chunk < terms ? t * chunk : terms, end = terms - start < chunk ? terms : start + chunk;
    GLOBAL const REAL *left = a + aAt + (LONG)group * aGroup;
    GLOBAL const REAL *images = x + (LONG)group * xGroup;
    GLOBAL REAL *target = out + t * outPart + outAt + (LONG)group * outGroup;
    // Rows and columns beyond the edge repeat the last one.
    int rowAt[A_EACH], colAt[X_EACH], colY[X_EACH], colZ[X_EACH];
    for (int e = 0; e < A_EACH; e++) {
      int i = i0 + aRow + e * LOADING;
      rowAt[e] = (i < rows ? i : rows - 1) * aRows;
    }
    for (int e = 0; e < X_EACH; e++) {
      int j = j0 + xCol + e * LOADING < cols ? j0 + xCol + e * LOADING : cols - 1;
      DIGITS(j, cols, c)
      colY[e] = yAt + c1 * yCol;
      colZ[e] = zAt + c2 * zCol;
      colAt[e] = c0 * xCol0 + colY[e] * width + colZ[e];
    }
    // The place of the terms that this thread brings: no division in the loop.
    int aNow = start + aTerm;
    DIGITS(aNow, terms, a)
#if !ALONG_SUM
    int xNow = start + xTerm;
    DIGITS(xNow, terms, x)
#endif
    REAL sums[ROWS][COLS];
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLS; c++) sums[r][c] = 0;
    }
    int turn = 0;
#if !ALONG_SUM
    // Becomes NaN with the first cell of `a` that is not finite.
    REAL wild = 0;
    if (THREAD == 0) flag = 0;
#endif
    // The next terms are on their way while those at l are added; the first round adds none.
    for (int l = start - DEPTH; l < start || l < end; l += DEPTH) {
      int more = l < start || l + DEPTH < end;
      REAL aNext[A_EACH], xNext[X_EACH];
      if (more) {
        int aPlace = a0 * aTerm0 + a1 * aTerm1 + a2 * aTerm2, known = aNow < end;
        for (int e = 0; e < A_EACH; e++) {
          REAL cell = left[known ? rowAt[e] + aPlace : 0];
          aNext[e] = known ? cell : 0;
        }
#if ALONG_SUM
        int y = a1 * yTerm, z = a2 * zTerm, place = a0 * xTerm0 + y * width + z;
#else
        int y = x1 * yTerm, z = x2 * zTerm, place = x0 * xTerm0 + y * width + z;
        for (int e = 0; e < A_EACH; e++) wild = FMA(aNext[e], (REAL)0, wild);
        known = xNow < end;
        xNow += DEPTH;
        MOVE_ON(x)
#endif
        aNow += DEPTH;
        MOVE_ON(a)
        for (int e = 0; e < X_EACH; e++) {
          // Something is always read, so that there is no branch.
          int inside = known & ((UINT)(colY[e] + y) < (UINT)height) & ((UINT)(colZ[e] + z) < (UINT)width);
          REAL cell = images[inside ? colAt[e] + place : 0];
          xNext[e] = inside ? cell : 0;
        }
      }
      if (l >= start) {
        UNROLLED
        for (int d = 0; d < PART; d++) {
          int aFrom = (turn * DEPTH + slice * PART + d) * A_ROW + ty * ROWS;
          int xFrom = (turn * DEPTH + slice * PART + d) * X_ROW + tx * LANES;
          REAL u[ROWS], v[COLS];
          for (int r = 0; r < ROWS; r++) u[r] = as[aFrom + r];
          for (int c = 0; c < LANES; c++) v[c] = xs[xFrom + c];
          for (int c = 0; c < LANES; c++) v[LANES + c] = xs[xFrom + WIDTH / 2 + c];
          for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLS; c++) sums[r][c] = FMA(u[r], v[c], sums[r][c]);
          }
        }
        turn = 1 - turn;
      }
      if (more) {
        for (int e = 0; e < A_EACH; e++) as[(turn * DEPTH + aTerm) * A_ROW + aRow + e * LOADING] = aNext[e];
        for (int e = 0; e < X_EACH; e++) xs[(turn * DEPTH + xTerm) * X_ROW + xCol + e * LOADING] = xNext[e];
      }
      BARRIER;
    }
#if SLICES > 1
    for (int s = 1; s < SLICES; s++) {
      for (int r = 0; slice == s && r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) xs[(ty * ROWS + r) * WIDTH + c * ACROSS + tx] = sums[r][c];
      }
      BARRIER;
      for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) {
          REAL other = xs[(ty * ROWS + r) * WIDTH + c * ACROSS + tx];
          sums[r][c] = slice == 0 ? sums[r][c] + other : sums[r][c];
        }
      }
      BARRIER;
    }
#endif
    for (int c = 0; c < COLS; c++) {
      int j = j0 + c / LANES * (WIDTH / 2) + tx * LANES + c % LANES;
      DIGITS(j, cols, c)
      int place = c0 * outCol0 + c1 * outCol1 + c2 * outCol2;
      for (int r = 0; r < ROWS; r++) {
        int i = i0 + ty * ROWS + r;
        if (slice == 0 && j < cols && i < rows) target[i * outRows + place] = sums[r][c];
      }
    }
#if !ALONG_SUM
    // A filter that is not finite times what is no cell would be NaN: such tiles are computed anew, cell by cell.
    if (skips) {
      if (wild != 0) flag = 1;
      // Other threads write the cells of `target` again.
      GLOBAL_BARRIER;
      int cells = flag ? HEIGHT * WIDTH : 0;
      for (int e = THREAD; e < cells; e += 256) {
        int i = i0 + e / WIDTH, j = j0 + e % WIDTH;
        DIGITS(j, cols, c)
        REAL sum = 0;
        for (int l = start; l < end && i < rows && j < cols; l++) {
          DIGITS(l, terms, l)
          int y = yAt + c1 * yCol + l1 * yTerm, z = zAt + c2 * zCol + l2 * zTerm;
          if (y >= 0 && y < height && z >= 0 && z < width) {
            sum = FMA(left[i * aRows + l0 * aTerm0 + l1 * aTerm1 + l2 * aTerm2],
                      images[c0 * xCol0 + l0 * xTerm0 + y * width + z], sum);
          }
        }
        if (i < rows && j < cols) target[i * outRows + c0 * outCol0 + c1 * outCol1 + c2 * outCol2] = sum;
      }
      BARRIER;
    }
#endif
  }
}

#undef COLS
#undef HEIGHT
#undef WIDTH
#undef SLICES
#undef PART
#undef A_ROW
#undef X_ROW
#undef A_EACH
#undef X_EACH
#undef LOADING
#undef KERNEL_NAME
#undef DOWN
#undef ACROSS
#undef ROWS
#undef DEPTH
#undef ALONG_SUM
