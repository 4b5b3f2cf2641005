package dev.reprise.runtime.cpu.create;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.OuterCells;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * {@code outer(x, y, op)}: every cell of the column x with every cell of the row y. Where there is
 * no machine code for that, the column is repeated into a matrix, and the element-wise kernel of
 * the operator does the rest.
 */
final class OuterKernel implements Kernel {
  /** Operators that an opcode has under another name. */
  private static final Map<String, String> OPCODES =
      Map.of("min", "pmin", "max", "pmax", "&&", "&", "||", "|", "log", "log_base");

  private static final List<String> OPERATORS =
      List.of(
          "*",
          "+",
          "-",
          "/",
          "^",
          "%%",
          "%/%",
          "<",
          "<=",
          ">",
          ">=",
          "==",
          "!=",
          "&",
          "&&",
          "|",
          "||",
          "xor",
          "min",
          "max",
          "log",
          "bitwAnd",
          "bitwOr",
          "bitwXor",
          "bitwShiftL",
          "bitwShiftR");

  private static final long CELLS_PER_CHUNK = 1 << 16;

  private final KernelTable.Builder table;
  private final Parallel parallel;
  private final OuterCells code;

  /** Takes the element-wise kernels from the table, which is filled when an operation runs. */
  OuterKernel(KernelTable.Builder table, Parallel parallel) {
    this.table = table;
    this.parallel = parallel;
    this.code = new OuterCells(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix y = Arguments.matrix(operation, inputs, 1);
    String operator = Arguments.text(operation, inputs, 2);
    if (x.cols() != 1 || y.rows() != 1) {
      throw new OperandException(
          "'outer' needs a column and a row, but got " + x.shape() + " and " + y.shape());
    }
    if (!OPERATORS.contains(operator)) {
      throw new OperandException(
          "'outer' knows the operators "
              + String.join(" ", OPERATORS)
              + ", not \""
              + operator
              + "\"");
    }
    String opcode = OPCODES.getOrDefault(operator, operator);
    Operation cellwise = new Operation(OperationTable.standard().get(opcode));
    DenseMatrix byCode = code.run(opcode, x, y, context);
    if (byCode != null) {
      return new Operand[] {byCode};
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix repeated = scratch.matrix(x.rows(), y.cols());
      repeat(x, repeated, context);
      return table.find(opcode).run(cellwise, new Operand[] {repeated, y}, context);
    }
  }

  private void repeat(DenseMatrix x, DenseMatrix out, ExecutionContext context) {
    MemorySegment source = x.segment();
    MemorySegment cells = out.segment();
    long cols = out.cols();
    parallel.forRange(
        context,
        out.rows(),
        Math.max(1, CELLS_PER_CHUNK / Math.max(1, cols)),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            double value = source.getAtIndex(JAVA_DOUBLE, i);
            for (long j = 0; j < cols; j++) {
              cells.setAtIndex(JAVA_DOUBLE, i * cols + j, value);
            }
          }
        });
  }
}
