package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/** Applies one function to every cell of a matrix, or to a scalar. */
final class UnaryKernel implements Kernel {
  private final UnaryLoop loop;
  private final ScalarUnary scalar;
  private final MachineCells.Source code;
  private final long chunk;
  private final Parallel parallel;

  UnaryKernel(String opcode, UnaryLoop loop, long chunk, Parallel parallel) {
    this.loop = loop;
    this.code = new MachineCells.Source(Precision.FP64, opcode);
    this.scalar = ScalarFunctions.unary(opcode);
    this.chunk = chunk;
    this.parallel = parallel;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Scalar value) {
      return new Operand[] {scalar.apply(value)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
    long n = out.cells();
    MachineCells machine = code.find(MachineCells.Form.MATRIX, n);
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    parallel.forRange(
        context,
        n,
        chunk,
        (lo, hi) -> {
          if (machine == null || !machine.run(x, out, lo, hi)) {
            loop.segment(from, 8 * lo, to, 8 * lo, hi - lo);
          }
        });
    return new Operand[] {out};
  }
}
