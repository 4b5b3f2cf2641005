package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import java.util.Map;

/** Element-wise operations; rows and columns of one operand repeat along the other. */
public final class CellKernels {
  private static final Map<String, String> BINARY =
      Map.of("+", "add", "-", "subtract", "*", "multiply", "/", "divide");

  private CellKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    BINARY.forEach((opcode, name) -> kernels.add(opcode, new Binary("cells/" + name)));
  }

  private record Binary(String kernel) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return (inputs[0] instanceof DeviceMatrix || inputs[1] instanceof DeviceMatrix)
          && isNumeric(inputs[0])
          && isNumeric(inputs[1])
          && (!(inputs[0] instanceof DeviceMatrix x)
              || !(inputs[1] instanceof DeviceMatrix y)
              || repeats(x, y)
              || repeats(y, x));
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      if (!call.isMatrix(0)) {
        DeviceMatrix y = call.matrix(1);
        DeviceMatrix out = call.result(y.rows(), y.cols());
        call.run(
            kernel + "_sm",
            out.cells(),
            out.buffer(),
            call.scalar(0).asDouble(),
            y.buffer(),
            out.cells());
        return new DeviceOperand[] {out};
      }
      DeviceMatrix x = call.matrix(0);
      if (!call.isMatrix(1)) {
        DeviceMatrix out = call.result(x.rows(), x.cols());
        call.run(
            kernel + "_ms",
            out.cells(),
            out.buffer(),
            x.buffer(),
            call.scalar(1).asDouble(),
            out.cells());
        return new DeviceOperand[] {out};
      }
      DeviceMatrix y = call.matrix(1);
      DeviceMatrix out =
          repeats(y, x) ? call.result(x.rows(), x.cols()) : call.result(y.rows(), y.cols());
      call.run(
          kernel + "_mm",
          out.cells(),
          out.buffer(),
          x.buffer(),
          rowStep(x),
          colStep(x),
          y.buffer(),
          rowStep(y),
          colStep(y),
          out.rows(),
          out.cols());
      return new DeviceOperand[] {out};
    }
  }

  private static boolean isNumeric(DeviceOperand operand) {
    return !(operand instanceof Scalar scalar)
        || (!scalar.isAbsent() && scalar.type() != ValueType.STRING);
  }

  /** True when the rows and columns of one matrix fill the other, being equal or repeated. */
  private static boolean repeats(DeviceMatrix small, DeviceMatrix large) {
    return (small.rows() == large.rows() || small.rows() == 1)
        && (small.cols() == large.cols() || small.cols() == 1);
  }

  private static long rowStep(DeviceMatrix matrix) {
    return matrix.rows() == 1 ? 0 : matrix.cols();
  }

  private static long colStep(DeviceMatrix matrix) {
    return matrix.cols() == 1 ? 0 : 1;
  }
}
