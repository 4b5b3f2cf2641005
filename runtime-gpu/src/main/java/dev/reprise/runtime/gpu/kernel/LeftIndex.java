package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code X[rl:ru, cl:cu] = source}, as a new matrix. */
record LeftIndex() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (!(inputs[0] instanceof DeviceMatrix x)) {
      return false;
    }
    Bounds rows = Bounds.of(inputs[2], inputs[3], x.rows());
    Bounds cols = Bounds.of(inputs[4], inputs[5], x.cols());
    return rows != null && cols != null && fits(inputs[1], rows, cols);
  }

  private static boolean fits(DeviceOperand source, Bounds rows, Bounds cols) {
    return source instanceof DeviceMatrix matrix
        ? matrix.rows() == rows.size() && matrix.cols() == cols.size()
        : Bounds.isWhole(source) && rows.size() == 1 && cols.size() == 1;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    Bounds rows = Bounds.of(call.operand(2), call.operand(3), x.rows());
    Bounds cols = Bounds.of(call.operand(4), call.operand(5), x.cols());
    DeviceMatrix out = call.result(x.rows(), x.cols());
    boolean whole = call.isMatrix(1) && call.matrix(1).cells() == x.cells();
    if (!whole) {
      Rectangle.all(x).copyTo(Rectangle.all(out), x.rows(), x.cols(), call);
    }
    if (call.isMatrix(1)) {
      Rectangle.all(call.matrix(1))
          .copyTo(new Rectangle(out, rows.from(), cols.from()), rows.size(), cols.size(), call);
    } else {
      long at = rows.from() * x.cols() + cols.from();
      call.run("shapes/set", 1, out.buffer(), at, call.scalar(1).asDouble());
    }
    return new DeviceOperand[] {out};
  }
}
