package dev.reprise.runtime.cpu.linalg;

/**
 * How a product of m x n outputs over k inner indices is cut; follows from these numbers alone.
 *
 * @param inner k
 */
record Tiling(
    long rowTile, long colTile, long innerChunk, long rowTiles, long colTiles, long inner) {
  /**
   * Tiles are strips of full width where that is not too wide. On one core of a Zen 5 at order 1000
   * the whole product runs at 86 GFLOP/s, strips of 250 rows at 83, tiles of 250x500 at 80, of
   * 250x250 at 73.
   */
  private static final long ROWS = 256;

  private static final long COLS = 1024;
  private static final long LEAST_COLS = 256;
  private static final long LEAST_ROWS = 128;

  /** Tiles that we like to have, for as many cores. */
  private static final long TILES = 8;

  /** Multiplications of a tile, at least, where the output is long enough: about 0.1 ms. */
  private static final long TILE_WORK = 1L << 22;

  /** Multiplications of a tile, at least, where a product would be one tile: some 15 us. */
  private static final long LEAST_WORK = 1L << 18;

  /** A tile is not cut to edges below: each tile packs its operands again. */
  private static final long LEAST_EDGE = 32;

  /** Tasks, at most, that cutting the inner dimension may make; bounds the partial results. */
  private static final long TASKS = 32;

  private static final long LEAST_INNER_CHUNK = 2048;
  private static final long MOST_INNER_CHUNK = 1L << 30;

  static Tiling of(long m, long n, long k) {
    long depth = Math.min(k, TILE_WORK);
    long rowTile = grown(ROWS, Math.min(n, COLS) * depth);
    long colTile = grown(COLS, Math.min(m, rowTile) * depth);
    while (pieces(m, rowTile) * pieces(n, colTile) < TILES && Math.min(n, colTile) > LEAST_COLS) {
      colTile = Math.max(LEAST_COLS, Math.min(n, colTile) / 2);
    }
    if (pieces(m, rowTile) * pieces(n, colTile) < TILES && rowTile == ROWS) {
      rowTile = LEAST_ROWS;
    }
    rowTile = even(m, rowTile);
    colTile = even(n, colTile);
    if (k < 2 * LEAST_INNER_CHUNK) {
      // Nothing will be cut inside, as in products of batches.
      while (pieces(m, rowTile) * pieces(n, colTile) < TILES
          && Math.max(rowTile, colTile) >= 2 * LEAST_EDGE
          && rowTile * colTile * k >= 2 * (rowTile < m || colTile < n ? TILE_WORK : LEAST_WORK)) {
        if (rowTile > colTile) {
          rowTile = even(m, (rowTile + 1) / 2);
        } else {
          colTile = even(n, (colTile + 1) / 2);
        }
      }
    }
    long rowTiles = pieces(m, rowTile);
    long colTiles = pieces(n, colTile);
    long chunks = Math.min(TASKS / Math.min(TASKS, rowTiles * colTiles), k / LEAST_INNER_CHUNK);
    chunks = Math.max(Math.max(chunks, 1), pieces(k, MOST_INNER_CHUNK));
    return new Tiling(rowTile, colTile, even(k, pieces(k, chunks)), rowTiles, colTiles, k);
  }

  /** The edge, doubled until a tile has enough work; {@code others} is the rest of its volume. */
  private static long grown(long edge, long others) {
    long grown = edge;
    while (grown * others < TILE_WORK && grown < 64 * edge) {
      grown *= 2;
    }
    return grown;
  }

  /** A size of at most about {@code most} that cuts the extent evenly, in steps of 8. */
  static long even(long extent, long most) {
    long size = pieces(extent, pieces(extent, most));
    return Math.min(extent, (size + 7) / 8 * 8);
  }

  static long pieces(long extent, long size) {
    return (extent + size - 1) / size;
  }

  /** True when a single call of BLAS does it all. */
  boolean isWhole() {
    return rowTiles * colTiles * innerChunks() == 1;
  }

  long innerChunks() {
    return pieces(inner, innerChunk);
  }
}
