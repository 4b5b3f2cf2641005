package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.CompressedProducts;
import dev.reprise.runtime.gpu.CompressedProducts.Piece;
import dev.reprise.runtime.gpu.CompressedProducts.Rows;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * Products of a compressed and a dense matrix. All are brought to one: op(S) Y, for S compressed
 * and Y dense; of D op(S) the transpose is computed, t(op(S)) t(D). Sums are cut by shapes and the
 * number of values alone, and added in a fixed order: no sum is made by atomic additions.
 *
 * <p>Zeros that are not stored are left out. They make NaN of the infinities and NaN that they
 * meet: whether there are any is found on the device, where kernels that are launched in any case
 * put the NaNs in; the host does not wait.
 */
final class SparseProducts {
  private static final int GROUP = 256;

  /** Columns that neighbouring threads of a GPU take: a row of them is long enough to read. */
  private static final int MOST_WIDTH = 32;

  /** Values of a row for each thread that shares it, on average. */
  private static final long VALUES_PER_LINE = 4;

  private static final long MOST_PARTS = 16;

  /** 512 MiB of doubles. */
  private static final long LARGEST_SQUARE = 8192;

  /** With so many products for a cell, a fifth of the cells of a square is not zero. */
  private static final double LEAST_PRODUCTS_PER_CELL = 0.25;

  /** Threads that add a row, of few values, to a row of a square. */
  private static final int SQUARE_GROUP = 32;

  /** Groups of a launch that most often does nothing: a few for each multiprocessor. */
  private static final int GUARDED_GROUPS = 2048;

  /** Memory of parts that is never too much. */
  private static final long PARTS_BYTES = 64L << 20;

  private SparseProducts() {}

  /** True for a product of one compressed and one dense matrix that fit. */
  static boolean supports(Operation operation, DeviceOperand[] inputs) {
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    if (inputs[0] instanceof DeviceSparse a && inputs[1] instanceof DeviceMatrix b) {
      return (ta ? a.rows() : a.cols()) == (tb ? b.cols() : b.rows())
          && Compressed.isTransposable(a);
    }
    return inputs[0] instanceof DeviceMatrix a
        && inputs[1] instanceof DeviceSparse b
        && (ta ? a.rows() : a.cols()) == (tb ? b.cols() : b.rows())
        && Compressed.isTransposable(b);
  }

  static DeviceMatrix multiply(KernelCall call) {
    boolean ta = call.operation().attributes().isSet("ta");
    boolean tb = call.operation().attributes().isSet("tb");
    if (call.isSparse(0)) {
      DeviceSparse a = call.sparse(0);
      DeviceMatrix b = tb ? transposed(call, call.matrix(1)) : call.matrix(1);
      DeviceMatrix c = call.result(ta ? a.cols() : a.rows(), b.cols());
      times(call, a, ta, b, true, c.buffer());
      return c;
    }
    DeviceSparse b = call.sparse(1);
    DeviceMatrix a = ta ? call.matrix(0) : transposed(call, call.matrix(0));
    DeviceMatrix c = call.result(a.cols(), tb ? b.rows() : b.cols());
    DeviceMatrix turned =
        c.rows() == 1
            ? c
            : new DeviceMatrix(c.cols(), c.rows(), c.precision(), call.scratch(c.bytes()));
    times(call, b, !tb, a, false, turned.buffer());
    if (turned != c) {
      ShapeKernels.transpose(turned, c, call);
    }
    return c;
  }

  /**
   * True for t(X) X, or X t(X), whose cells are mostly not zero: others are compressed on the host.
   */
  static boolean supportsSquare(DeviceSparse x, boolean right) {
    double n = right ? x.rows() : x.cols();
    double inner = right ? x.cols() : x.rows();
    double products = x.nonZeros() / inner * x.nonZeros();
    return Compressed.isTransposable(x)
        && n <= LARGEST_SQUARE
        && products >= LEAST_PRODUCTS_PER_CELL * n * n;
  }

  static DeviceMatrix square(KernelCall call, DeviceSparse x, boolean right) {
    DeviceSparse turned = Compressed.transposed(call, x);
    DeviceSparse rows = right ? turned : x;
    DeviceSparse columns = right ? x : turned;
    long n = columns.rows();
    DeviceMatrix c = call.result(n, n);
    Object[] arguments = {
      c.buffer(), rows.buffer(), columns.buffer(), rows.rows(), rows.cols(), rows.nonZeros()
    };
    if (call.isProcessor()) {
      call.run("sparse/square_threads", n, arguments);
    } else {
      call.runGroups("sparse/square_groups", n, SQUARE_GROUP, arguments);
    }
    DeviceBuffer wild = call.scratch(Long.BYTES);
    call.backend().zero(wild, Long.BYTES);
    call.run("sparse/find_wild_values", x.nonZeros(), wild, x.buffer(), x.rows(), x.nonZeros());
    call.run(
        "sparse/left_out_square", n * n, c.buffer(), columns.buffer(), n, columns.nonZeros(), wild);
    call.run("gemm/mirror", n * n, c.buffer(), n);
    return c;
  }

  private static DeviceMatrix transposed(KernelCall call, DeviceMatrix x) {
    if (x.rows() == 1 || x.cols() == 1) {
      return new DeviceMatrix(x.cols(), x.rows(), x.precision(), x.buffer());
    }
    DeviceMatrix out = new DeviceMatrix(x.cols(), x.rows(), x.precision(), call.scratch(x.bytes()));
    ShapeKernels.transpose(x, out, call);
    return out;
  }

  /**
   * Writes op(X) Y.
   *
   * @param byLibrary whether a library may compute it, whose sums of floats are not wide ones
   */
  static void times(
      KernelCall call,
      DeviceSparse x,
      boolean transposed,
      DeviceMatrix y,
      boolean byLibrary,
      DeviceBuffer out) {
    DeviceBuffer wild = wild(call, y);
    if (!transposed) {
      times(call, x, y, byLibrary, wild, out);
      return;
    }
    long parts = call.isProcessor() ? parts(x, y.cols()) : 0;
    if (parts == 0) {
      times(call, Compressed.transposed(call, x), y, byLibrary, wild, out);
      return;
    }
    long chunk = Gemm.pieces(x.rows(), parts);
    long count = Gemm.pieces(x.rows(), chunk);
    long cells = x.cols() * y.cols();
    DeviceBuffer sums = call.scratch(Double.BYTES * count * cells);
    call.run(
        "sparse/scattered",
        count,
        sums,
        x.buffer(),
        y.buffer(),
        x.rows(),
        x.nonZeros(),
        x.cols(),
        y.cols(),
        chunk,
        count);
    call.run("sparse/together", cells, out, sums, cells, count);
    call.run(
        "sparse/left_out_turned",
        y.cols(),
        out,
        x.buffer(),
        y.buffer(),
        x.rows(),
        x.nonZeros(),
        x.cols(),
        y.cols(),
        call.scratch(Integer.BYTES * cells),
        wild);
  }

  /** Whether there are infinities and NaN, and how many each column has, for kernels to read. */
  private static DeviceBuffer wild(KernelCall call, DeviceMatrix y) {
    long bytes = Long.BYTES + Integer.BYTES * y.cols();
    DeviceBuffer wild = call.scratch(bytes);
    call.backend().zero(wild, bytes);
    call.run("sparse/find_wild", y.cells(), wild, y.buffer(), y.cells(), y.cols());
    return wild;
  }

  /** Into how many parts t(X) Y is cut on a processor; 0 when it is better to transpose X. */
  private static long parts(DeviceSparse x, long n) {
    long cells = x.cols() * n;
    if (cells > PARTS_BYTES) {
      return 0;
    }
    long affordable = Math.max(PARTS_BYTES / Double.BYTES, x.nonZeros()) / cells;
    long busy = Math.max(2, x.nonZeros() / Math.max(1, x.cols()));
    long parts = Math.min(Math.min(MOST_PARTS, x.rows()), Math.min(affordable, busy));
    return parts == 1 && x.rows() > 1 ? 0 : parts;
  }

  /**
   * Writes X Y.
   *
   * @param wild what {@link #wild} says of Y
   */
  private static void times(
      KernelCall call,
      DeviceSparse x,
      DeviceMatrix y,
      boolean byLibrary,
      DeviceBuffer wild,
      DeviceBuffer out) {
    if (!byLibrary || !multiplyByLibrary(call, x, y, wild, out)) {
      multiplyStored(call, x, y, out);
    }
    long n = y.cols();
    call.run(
        "sparse/left_out",
        x.rows() * n,
        out,
        x.buffer(),
        y.buffer(),
        x.rows(),
        x.nonZeros(),
        n,
        wild);
  }

  private static void multiplyStored(
      KernelCall call, DeviceSparse x, DeviceMatrix y, DeviceBuffer out) {
    long n = y.cols();
    if (!call.isProcessor()) {
      // Rows start at zero: always.
      timesByGroups(call, x, y, out, Integer.MAX_VALUE, x.buffer(), 0);
    } else if (n == 1) {
      call.run(
          "sparse/times_vector", x.rows(), out, x.buffer(), y.buffer(), x.rows(), x.nonZeros());
    } else {
      call.run(
          "sparse/times_threads",
          x.rows() * Gemm.pieces(n, 16),
          out,
          x.buffer(),
          y.buffer(),
          x.rows(),
          x.nonZeros(),
          n);
    }
  }

  /** Does nothing where {@code when} begins with less than {@code least}. */
  private static void timesByGroups(
      KernelCall call,
      DeviceSparse x,
      DeviceMatrix y,
      DeviceBuffer out,
      long mostGroups,
      DeviceBuffer when,
      long least) {
    long n = y.cols();
    int width = powerOfTwo(n, MOST_WIDTH);
    int lines = powerOfTwo(x.nonZeros() / x.rows() / VALUES_PER_LINE, GROUP / width);
    long bands = Gemm.pieces(x.rows(), GROUP / (width * lines));
    call.runGroups(
        "sparse/times_groups",
        Math.min(bands * Gemm.pieces(n, width), mostGroups),
        GROUP,
        out,
        x.buffer(),
        y.buffer(),
        x.rows(),
        x.nonZeros(),
        n,
        width,
        lines,
        when,
        least);
  }

  /**
   * False when there is no library, or it does not take this.
   *
   * <p>cuSPARSE fills up its tiles with zeros that multiply the first row of Y (seen with CSR_ALG3
   * of CUDA 13.0 on an H100), so that an infinity or NaN there spoils rows that have nothing to do
   * with it. If Y has one the device computes the product again by our kernel.
   */
  private static boolean multiplyByLibrary(
      KernelCall call, DeviceSparse x, DeviceMatrix y, DeviceBuffer wild, DeviceBuffer out) {
    CompressedProducts library = call.backend().compressedProducts();
    if (library == null || !CompressedProducts.fits(x.rows(), x.cols(), x.nonZeros(), y.cols())) {
      return false;
    }
    DeviceBuffer starts = call.scratch(Integer.BYTES * (x.rows() + 1));
    call.run("sparse/narrow_starts", x.rows() + 1, starts, x.buffer(), x.rows() + 1);
    Piece values = new Piece(x.buffer(), Long.BYTES * (x.rows() + 1));
    Piece columns = new Piece(x.buffer(), values.fromByte() + Double.BYTES * x.nonZeros());
    if (call.precision() == Precision.FP32) {
      values = new Piece(Compressed.values(call, x, x.nonZeros()), 0);
    }
    Rows rows = new Rows(x.rows(), x.cols(), x.nonZeros(), starts, columns, values);
    library.multiply(call.precision(), rows, y.buffer(), y.cols(), out, call::scratch);
    timesByGroups(call, x, y, out, GUARDED_GROUPS, wild, 1);
    return true;
  }

  /** The least power of two that is at least n, at most {@code most}. */
  private static int powerOfTwo(long n, int most) {
    int power = 1;
    while (power < n && power < most) {
      power *= 2;
    }
    return power;
  }
}
