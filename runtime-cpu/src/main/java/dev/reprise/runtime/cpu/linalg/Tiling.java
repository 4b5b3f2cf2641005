package dev.reprise.runtime.cpu.linalg;

/**
 * How a product of m x n outputs over k inner indices is cut; follows from these numbers alone.
 *
 * @param inner k
 */
record Tiling(
    long rowTile, long colTile, long innerChunk, long rowTiles, long colTiles, long inner) {
  /** Edge of a square tile: at 256 the copying inside BLAS is below a tenth of the arithmetic. */
  private static final long EDGE = 256;

  /** Multiplications of a tile, at least, where the output is long enough: about 0.2 ms. */
  private static final long TILE_WORK = 1L << 22;

  /** Tasks, at most, that cutting the inner dimension may make; bounds the partial results. */
  private static final long TASKS = 32;

  private static final long LEAST_INNER_CHUNK = 2048;
  private static final long MOST_INNER_CHUNK = 1L << 30;

  static Tiling of(long m, long n, long k) {
    long rowTile = m <= n ? EDGE : edge(Math.min(n, EDGE) * Math.min(k, TILE_WORK));
    long colTile = m <= n ? edge(Math.min(m, EDGE) * Math.min(k, TILE_WORK)) : EDGE;
    rowTile = even(m, rowTile);
    colTile = even(n, colTile);
    long rowTiles = pieces(m, rowTile);
    long colTiles = pieces(n, colTile);
    long chunks = Math.min(TASKS / Math.min(TASKS, rowTiles * colTiles), k / LEAST_INNER_CHUNK);
    chunks = Math.max(Math.max(chunks, 1), pieces(k, MOST_INNER_CHUNK));
    return new Tiling(rowTile, colTile, even(k, pieces(k, chunks)), rowTiles, colTiles, k);
  }

  /** The edge that gives a tile enough work, from the product of its other two edges. */
  private static long edge(long others) {
    long edge = EDGE;
    while (edge * others < TILE_WORK && edge < 64 * EDGE) {
      edge *= 2;
    }
    return edge;
  }

  /** A size of at most about {@code most} that cuts the extent evenly, in steps of 8. */
  static long even(long extent, long most) {
    long size = pieces(extent, pieces(extent, most));
    return Math.min(extent, (size + 7) / 8 * 8);
  }

  static long pieces(long extent, long size) {
    return (extent + size - 1) / size;
  }

  long innerChunks() {
    return pieces(inner, innerChunk);
  }
}
