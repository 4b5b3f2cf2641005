package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import java.util.Map;
import java.util.Set;

/** {@code outer}: every cell of a column with every cell of a row, by an element-wise operator. */
record OuterCells() implements DeviceKernel {
  /** Operators that an opcode has under another name. */
  private static final Map<String, String> OPCODES =
      Map.of("min", "pmin", "max", "pmax", "&&", "&", "||", "|", "log", "log_base");

  /** Opcodes that are no operators of {@code outer}. */
  private static final Set<String> OTHERS = Set.of("pmin", "pmax", "log_base");

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix x
        && x.cols() == 1
        && inputs[1] instanceof DeviceMatrix y
        && y.rows() == 1
        && inputs[2] instanceof Scalar operator
        && operator.type() == ValueType.STRING
        && kernel(operator.asString()) != null;
  }

  private static String kernel(String operator) {
    return OTHERS.contains(operator)
        ? null
        : CellKernels.binary(OPCODES.getOrDefault(operator, operator));
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    DeviceMatrix y = call.matrix(1);
    String kernel = kernel(call.scalar(2).asString());
    return BinaryCells.repeated(call, kernel, x, y, x.rows(), y.cols());
  }
}
