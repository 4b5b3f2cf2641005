package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.List;
import java.util.Map;

/**
 * {@code outer(x, y, op)}: every cell of the column x with every cell of the row y, by the
 * element-wise kernel of the operator.
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

  private final KernelTable.Builder table;

  /** Takes the element-wise kernels from the table, which is filled when an operation runs. */
  OuterKernel(KernelTable.Builder table) {
    this.table = table;
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
    return table.find(opcode).run(cellwise, new Operand[] {x, y}, context);
  }
}
