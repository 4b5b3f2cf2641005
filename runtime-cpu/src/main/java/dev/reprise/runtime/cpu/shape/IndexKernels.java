package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.frame.FrameShape;
import dev.reprise.runtime.operation.Operation;

/** Reads and writes of ranges: {@code X[a:b, c:d]} and {@code X[a:b, c:d] = Y}. */
final class IndexKernels {
  private final Parallel parallel;

  private IndexKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    IndexKernels kernels = new IndexKernels(parallel);
    table.add("rightIndex", kernels::rightIndex);
    table.add("leftIndex", kernels::leftIndex);
  }

  /**
   * Ranges of floats, so that a batch of rows costs a batch and not the whole matrix in doubles.
   */
  static void registerFloats(KernelTable.Builder table, Parallel parallel) {
    IndexKernels kernels = new IndexKernels(parallel);
    table.add(
        "rightIndex",
        (operation, inputs, context) ->
            inputs[0] instanceof DenseMatrix x
                ? kernels.range(x, operation, inputs, context)
                : null);
  }

  private Operand[] rightIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.rightIndex(inputs)};
    }
    return range(Arguments.matrix(operation, inputs, 0), operation, inputs, context);
  }

  private Operand[] range(
      DenseMatrix x, Operation operation, Operand[] inputs, ExecutionContext context) {
    Bounds rows = Bounds.of(operation, inputs, 1, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 3, false, x.shape());
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), rows.size(), cols.size(), x.precision());
    new Region(x, rows.from(), cols.from())
        .copyTo(Region.all(out), rows.size(), cols.size(), parallel, context);
    return new Operand[] {out};
  }

  private Operand[] leftIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.leftIndex(inputs)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    Bounds rows = Bounds.of(operation, inputs, 2, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 4, false, x.shape());
    LeftIndexInPlace.check(inputs[1], rows, cols);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
    Region.all(x).copyTo(Region.all(out), x.rows(), x.cols(), parallel, context);
    LeftIndexInPlace.write(out, inputs[1], rows, cols);
    return new Operand[] {out};
  }
}
