package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.frame.FrameShape;
import dev.reprise.runtime.operation.Operation;

/** Reads and writes of ranges: {@code X[a:b, c:d]} and {@code X[a:b, c:d] = Y}. */
final class IndexKernels {
  private final Parallel parallel;
  private final Precision precision;

  private IndexKernels(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    IndexKernels kernels = new IndexKernels(parallel, precision);
    table.add("rightIndex", kernels::rightIndex);
    table.add("leftIndex", kernels::leftIndex);
  }

  private Operand[] rightIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.rightIndex(inputs)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    Bounds rows = Bounds.of(operation, inputs, 1, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 3, false, x.shape());
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), rows.size(), cols.size(), precision);
    new Region(x, rows.from(), cols.from())
        .copyTo(Region.all(out), rows.size(), cols.size(), parallel, context);
    return new Operand[] {out};
  }

  private Operand[] leftIndex(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (FrameShape.isFrame(inputs)) {
      return new Operand[] {FrameShape.leftIndex(inputs)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    Bounds rows = Bounds.of(operation, inputs, 2, true, x.shape());
    Bounds cols = Bounds.of(operation, inputs, 4, false, x.shape());
    LeftIndexInPlace.check(inputs[1], rows, cols);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
    Region.all(x).copyTo(Region.all(out), x.rows(), x.cols(), parallel, context);
    LeftIndexInPlace.write(out, inputs[1], rows, cols);
    return new Operand[] {out};
  }
}
