package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.FewCells;
import dev.reprise.runtime.cpu.cell.MachineCells.Form;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/** Applies one function to every cell of a matrix, or to a scalar. */
final class UnaryKernel implements FewCells {
  private final UnaryLoop loop;
  private final ScalarUnary scalar;
  private final MachineCells.Source code;
  private final DenseCells cells;

  UnaryKernel(String opcode, UnaryLoop loop, DenseCells cells) {
    this.loop = loop;
    this.code = new MachineCells.Source(Precision.FP64, opcode);
    this.scalar = ScalarFunctions.unary(opcode);
    this.cells = cells;
  }

  @Override
  public Operand runFew(Operation operation, Operand[] inputs, ExecutionContext context) {
    return inputs[0] instanceof DenseMatrix x
        ? code.runFew(Form.MATRIX, x, null, 0, context)
        : null;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Scalar value) {
      return new Operand[] {scalar.apply(value)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    MemorySegment from = x.segment();
    return new Operand[] {
      cells.make(
          x, CellRange.of(code, x), (out, at, n) -> loop.segment(from, at, out, at, n), context)
    };
  }
}
