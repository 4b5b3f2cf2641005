package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;

/**
 * A matrix, or its transpose, times a few columns: limited by the reading of the matrix. How the
 * inner dimension is cut follows from the shape alone.
 */
final class VectorProducts {
  private static final int GROUP = 256;

  /** Groups that keep a large GPU busy; with fewer the inner dimension is cut. */
  private static final long ENOUGH_GROUPS = 1024;

  private static final long LEAST_CHUNK = 512;

  /** Columns that a group takes at most: its rows of that many cells are long enough to read. */
  private static final int MOST_LANES = 64;

  private static final long ENOUGH_THREADS = 256;
  private static final long LEAST_CHUNK_ON_PROCESSOR = 2048;
  private static final int COLUMNS_PER_THREAD = 16;

  /** Columns that one reading of the matrix serves. */
  private static final int COLUMNS_PER_PASS = 4;

  private VectorProducts() {}

  /**
   * The columns of a product.
   *
   * @param count how many; several only on GPUs
   * @param rowStep cells from one cell of a column to the next
   * @param step cells from one column to the next
   */
  record Columns(DeviceBuffer buffer, int count, long rowStep, long step) {
    static Columns one(DeviceBuffer buffer) {
      return new Columns(buffer, 1, 1, 1);
    }
  }

  /** Writes op(A) V, with a row for each row of op(A), without gaps. */
  static void multiply(
      KernelCall call, DeviceMatrix a, boolean transposed, Columns v, DeviceBuffer out) {
    long m = transposed ? a.cols() : a.rows();
    long k = transposed ? a.rows() : a.cols();
    long bands = bands(call, m, k, transposed);
    long enough = call.isProcessor() ? ENOUGH_THREADS : ENOUGH_GROUPS;
    long least = call.isProcessor() ? LEAST_CHUNK_ON_PROCESSOR : LEAST_CHUNK;
    long chunk = Gemm.pieces(k, Math.clamp(enough / bands, 1, Math.max(1, k / least)));
    long chunks = Gemm.pieces(k, chunk);
    long cells = m * v.count();
    DeviceBuffer target =
        chunks == 1 ? out : call.scratch(chunks * cells * a.precision().bytesPerCell());
    if (call.isProcessor()) {
      String kernel = transposed ? "vectors/columns_threads" : "vectors/rows_threads";
      call.run(kernel, bands * chunks, target, a.buffer(), v.buffer(), m, k, chunk);
    } else {
      launchGroups(call, a, transposed, v, target, chunk, bands * chunks);
    }
    if (chunks > 1) {
      call.run("gemm/add_up", cells, out, target, cells, chunks);
    }
  }

  /** How many threads, or groups, share the rows of the result. */
  private static long bands(KernelCall call, long m, long k, boolean transposed) {
    if (call.isProcessor()) {
      return transposed ? Gemm.pieces(m, COLUMNS_PER_THREAD) : m;
    }
    int width = width(m, k, transposed);
    return Gemm.pieces(m, transposed ? width : GROUP / width);
  }

  /** Threads along a row of the matrix as it lies. */
  private static int width(long m, long k, boolean transposed) {
    long wanted = transposed ? Math.min(m, MOST_LANES) : Math.max(k / 8, Math.min(k, 32));
    int width = 1;
    while (width < wanted && width < GROUP) {
      width *= 2;
    }
    return width;
  }

  private static void launchGroups(
      KernelCall call,
      DeviceMatrix a,
      boolean transposed,
      Columns v,
      DeviceBuffer target,
      long chunk,
      long groups) {
    long m = transposed ? a.cols() : a.rows();
    long k = transposed ? a.rows() : a.cols();
    String kernel = transposed ? "vectors/columns_groups_" : "vectors/rows_groups_";
    for (int first = 0; first < v.count(); first += COLUMNS_PER_PASS) {
      int columns = Math.min(COLUMNS_PER_PASS, v.count() - first);
      call.runGroups(
          kernel + (columns == 1 ? 1 : COLUMNS_PER_PASS),
          Math.min(groups, Integer.MAX_VALUE),
          GROUP,
          target,
          (long) first,
          (long) v.count(),
          a.buffer(),
          v.buffer(),
          first * v.step(),
          v.rowStep(),
          v.step(),
          m,
          k,
          chunk,
          width(m, k, transposed),
          columns);
    }
  }
}
