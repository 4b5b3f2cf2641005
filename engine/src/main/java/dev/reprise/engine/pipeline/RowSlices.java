package dev.reprise.engine.pipeline;

import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.Residence;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.sparse.Compression;
import dev.reprise.runtime.operation.Operation;

/**
 * Slices of whole rows, {@code X[a:b, ]}, as views: no kernel runs, no cell is copied, and nothing
 * is looked up, since that would take longer. Whatever is not plainly such a slice is left to the
 * kernel, which also says what is wrong with an index.
 *
 * <p>The cells of a view are those that the kernel would have made, in the same form. Stateless.
 */
final class RowSlices {
  /**
   * Smaller slices are copied: making a view takes a tenth of a microsecond, as copying some
   * kilobytes does, and what is small needs no thought of when it keeps what is large.
   */
  static final long LEAST_BYTES = 4096;

  private final KernelRunner kernels;

  /** True when results are looked at as they are computed. */
  private final boolean never;

  RowSlices(KernelRunner kernels, RunChecks checks) {
    this.kernels = kernels;
    this.never = kernels.looksAtResults() || checks.traps();
  }

  /**
   * The slice as a view with one reference for the caller, or null.
   *
   * @param inputs of a right index, complete; borrowed
   */
  RowsView viewOrNull(Operation operation, Value[] inputs) {
    if (!mayView(operation, inputs)) {
      return null;
    }
    MatrixValue matrix = (MatrixValue) inputs[0];
    long first = ((Scalar) inputs[1]).asLong();
    RowsView view = RowsView.of(matrix, first - 1, last(inputs) - first + 1);
    if (view == null || !mayBeCompressed(view)) {
      return view;
    }
    boolean isView = false;
    try {
      isView = !kernels.inTurn(() -> looksSparse(view));
    } finally {
      if (!isView) {
        view.release();
      }
    }
    return isView ? view : null;
  }

  /** Whether the slice is likely to be a view. */
  boolean mayView(Operation operation, Value[] inputs) {
    if (never || !(inputs[0] instanceof MatrixValue matrix)) {
      return false;
    }
    Shape shape = matrix.shape();
    if (matrix.precision() != operation.precision()
        || !isNumber(inputs[1])
        || !isAbsent(inputs[2]) && !isNumber(inputs[2])
        || !isWhole(inputs, shape.cols())) {
      return false;
    }
    long first = ((Scalar) inputs[1]).asLong();
    long last = last(inputs);
    if (first < 1 || last > shape.rows() || first > last) {
      return false;
    }
    long width = matrix.precision().bytesPerCell();
    long rowBytes = shape.cols() * width;
    long bytes = (last - first + 1) * rowBytes;
    return bytes >= LEAST_BYTES
        && (first - 1) * rowBytes % RowsView.ALIGNMENT == 0
        && isReady(matrix, (first - 1) * rowBytes, bytes);
  }

  /**
   * @param firstByte of the slice, in the matrix
   * @param bytes of the slice
   */
  private boolean isReady(MatrixValue matrix, long firstByte, long bytes) {
    return switch (matrix) {
      case ManagedMatrix managed ->
          !managed.isCompressed()
              && Residence.isMobile(managed)
              && kernels.mayReadRows(managed, firstByte, bytes);
      case RowsView view -> kernels.mayReadRows(view.source(), view.firstByte() + firstByte, bytes);
      default -> false;
    };
  }

  private static long last(Value[] inputs) {
    return ((Scalar) (isAbsent(inputs[2]) ? inputs[1] : inputs[2])).asLong();
  }

  /** True when the bounds of columns leave none out. */
  private static boolean isWhole(Value[] inputs, long cols) {
    if (isAbsent(inputs[3])) {
      return true;
    }
    return isNumber(inputs[3])
        && isNumber(inputs[4])
        && ((Scalar) inputs[3]).asLong() == 1
        && ((Scalar) inputs[4]).asLong() == cols;
  }

  private static boolean isAbsent(Value value) {
    return value instanceof Scalar scalar && scalar.isAbsent();
  }

  private static boolean isNumber(Value value) {
    return value instanceof IntegerScalar || value instanceof DoubleScalar;
  }

  /**
   * True for a result of which the kernel would look at some cells to see whether to compress it.
   */
  private boolean mayBeCompressed(RowsView view) {
    ManagedMatrix source = view.source();
    if (kernels.places() && !source.isOnHost()) {
      // Accelerators compress nothing.
      return false;
    }
    return view.precision() == Precision.FP64 && Compression.isSampled(view.shape().cells());
  }

  private static boolean looksSparse(RowsView view) {
    DenseMatrix cells = (DenseMatrix) view.pinHost();
    try {
      return Compression.looksSparse(cells);
    } finally {
      view.unpin();
    }
  }
}
