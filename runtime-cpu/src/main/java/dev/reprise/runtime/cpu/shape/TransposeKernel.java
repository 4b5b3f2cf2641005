package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.DenseTranspose;
import dev.reprise.runtime.cpu.FewCells;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/** Transposes; vectors are copied. */
final class TransposeKernel implements FewCells {
  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision. */
  TransposeKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.cols(), x.rows(), precision);
    long rows = x.rows();
    long cols = x.cols();
    if (rows == 1 || cols == 1) {
      Region.all(new DenseMatrix(cols, rows, x.precision(), x.buffer()))
          .copyTo(Region.all(out), cols, rows, parallel, context);
    } else {
      of(x, out).write(parallel, context);
    }
    return new Operand[] {out};
  }

  @Override
  public Operand runFew(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = (DenseMatrix) inputs[0];
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.cols(), x.rows());
    if (x.rows() == 1 || x.cols() == 1) {
      MemorySegment.copy(x.segment(), 0, out.segment(), 0, x.bytes());
    } else {
      of(x, out).write();
    }
    return out;
  }

  private static DenseTranspose of(DenseMatrix x, DenseMatrix out) {
    return new DenseTranspose(x.precision(), x.segment(), x.rows(), x.cols(), out.segment());
  }
}
