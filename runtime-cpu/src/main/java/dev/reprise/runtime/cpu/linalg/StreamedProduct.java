package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.VectorProducts;
import dev.reprise.runtime.cpu.code.VectorProducts.Rows;
import java.lang.foreign.MemorySegment;

/**
 * Products of a matrix of doubles with one vector or a few of them, by {@link VectorProducts}: the
 * matrix goes by once, at the speed of memory.
 *
 * <p>A library is called for each half a megabyte, and for each vector anew, and the first calls of
 * a program take several microseconds each. Here a call of code takes up to two megabytes, and a
 * task is one call, or for a chain of wide rows a few. Where tasks are cut follows from shapes
 * alone.
 */
final class StreamedProduct {
  /** Cells of a task: half a megabyte at least, as hand-overs go, and two where there are many. */
  private static final long LEAST_CELLS = 1 << 16;

  private static final long MOST_CELLS = 1 << 18;

  /** Cells of a row that are multiplied at once, which bounds what a call takes. */
  private static final long MOST_WIDTH = 1 << 16;

  /** Sums of columns that are added up at once, so that they stay in the first cache. */
  private static final long MOST_SUMS = 1 << 11;

  /** Rows of a task with sums, at least, so that partial sums stay small beside the matrix. */
  private static final long LEAST_ROWS = 64;

  private final Parallel parallel;

  StreamedProduct(Parallel parallel) {
    this.parallel = parallel;
  }

  /** Whether there is code for these. */
  static boolean isThere() {
    return VectorProducts.areThere();
  }

  /**
   * The product of each row with each vector.
   *
   * @param a cells of a matrix, row by row
   * @param x the vectors, one behind the other
   * @param y the products, row by row
   */
  void multiply(
      long rows,
      long cols,
      MemorySegment a,
      MemorySegment x,
      int vectors,
      MemorySegment y,
      Scratch scratch,
      ExecutionContext context) {
    long width = Math.min(cols, MOST_WIDTH);
    long height = Math.max(1, cells(rows * cols, vectors) / width);
    MatrixTiles tiles = new MatrixTiles(rows, cols, height, width);
    MatrixTiles.Product product =
        (row, count, col, n, sums) ->
            VectorProducts.multiply(
                part(a, cols, row, count, col, n),
                x.address() + col * Double.BYTES,
                cols * Double.BYTES,
                vectors,
                sums.address() + row * vectors * Double.BYTES);
    tiles.multiply(y, rows * vectors, product, parallel, scratch, context);
  }

  /**
   * The product of each column with each vector.
   *
   * @param a cells of a matrix, row by row
   * @param v the vectors side by side: a row of them for each row of the matrix
   * @param y the products with the first vector, then those with the next
   */
  void multiplyTransposed(
      long rows,
      long cols,
      MemorySegment a,
      MemorySegment v,
      int vectors,
      MemorySegment y,
      Scratch scratch,
      ExecutionContext context) {
    long width = Math.min(cols, rows == 1 ? MOST_WIDTH : MOST_SUMS);
    long least = Math.max(LEAST_ROWS, (long) VectorProducts.GROUP_ROWS * vectors);
    long height = height(rows * cols, width, vectors, least);
    MatrixTiles tiles = new MatrixTiles(rows, cols, height, width);
    MatrixTiles.Product product =
        (row, count, col, n, sums) -> {
          for (long vector = 0; vector < vectors; vector++) {
            clear(sums, vector * cols + col, n);
          }
          VectorProducts.addRows(
              part(a, cols, row, count, col, n),
              v.address() + row * vectors * Double.BYTES,
              (long) vectors * Double.BYTES,
              vectors,
              sums.address() + col * Double.BYTES,
              cols * Double.BYTES);
        };
    tiles.multiplyTransposed(y, vectors * cols, product, parallel, scratch, context);
  }

  /**
   * {@code t(A) %*% (A %*% v)}, with something done between.
   *
   * @param w a number for each row; null where there is nothing to do
   */
  void chain(
      VectorProducts.Between between,
      DenseMatrix a,
      DenseMatrix v,
      DenseMatrix w,
      DenseMatrix result,
      Scratch scratch,
      ExecutionContext context) {
    long height = height(a.cells(), a.cols(), 1, LEAST_ROWS);
    long blocks = Tiling.pieces(a.rows(), height);
    long most = rowsOfCall(a.cols());
    Partials partials = new Partials(result, blocks, scratch);
    long right = v.segment().address();
    long with = w == null ? 0 : w.segment().address();
    parallel.forEach(
        context,
        blocks,
        block -> {
          long row = block * height;
          long rows = Math.min(height, a.rows() - row);
          MemorySegment sums = partials.segment(block);
          clear(sums, 0, a.cols());
          for (long done = 0; done < rows; done += most) {
            long at = row + done;
            VectorProducts.addChain(
                between,
                part(a.segment(), a.cols(), at, Math.min(most, rows - done), 0, a.cols()),
                right,
                with + at * Double.BYTES,
                sums.address());
          }
        });
    partials.addUp(parallel, context);
  }

  private static void clear(MemorySegment sums, long first, long count) {
    sums.asSlice(first * Double.BYTES, count * Double.BYTES).fill((byte) 0);
  }

  private static Rows part(MemorySegment a, long cols, long row, long rows, long col, long n) {
    return new Rows(
        a.address() + (row * cols + col) * Double.BYTES,
        cols * Double.BYTES,
        rows,
        Math.toIntExact(n));
  }

  /**
   * Rows of a chain that a call takes at most, since a wide matrix has tasks of many cells: whole
   * groups, so that the sums have the bits of one call for the task.
   */
  static long rowsOfCall(long cols) {
    long rows = MOST_CELLS / cols / VectorProducts.GROUP_ROWS * VectorProducts.GROUP_ROWS;
    return Math.max(VectorProducts.GROUP_ROWS, rows);
  }

  /** Rows of a task with sums: whole groups, but for the last task. */
  private static long height(long cells, long width, int vectors, long least) {
    long height = Math.max(least, cells(cells, vectors) / width);
    return height / VectorProducts.GROUP_ROWS * VectorProducts.GROUP_ROWS;
  }

  private static long cells(long all, int vectors) {
    long most = Math.max(LEAST_CELLS / 2, MOST_CELLS / vectors);
    return Math.min(Parallel.chunk(all, LEAST_CELLS), most);
  }
}
