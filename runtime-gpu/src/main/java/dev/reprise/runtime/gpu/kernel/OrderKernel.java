package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** Sorts rows by one column; stable, NaN above all numbers. */
public final class OrderKernel implements DeviceKernel {
  private OrderKernel() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("order", new OrderKernel());
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix x
        && x.rows() <= RadixSort.MOST_PAIRS
        && inputs[1] instanceof Scalar by
        && by.type() != ValueType.STRING
        && by.asLong() >= 1
        && by.asLong() <= x.cols()
        && isFlag(inputs[2])
        && isFlag(inputs[3]);
  }

  private static boolean isFlag(DeviceOperand operand) {
    return operand instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    long n = x.rows();
    RadixSort sort = new RadixSort(call, n);
    int decreasing = call.scalar(2).asBoolean() ? 1 : 0;
    call.run(
        "sort/keys",
        n,
        sort.keys(),
        sort.rows(),
        x.buffer(),
        n,
        x.cols(),
        call.scalar(1).asLong() - 1,
        decreasing);
    sort.sort(x.precision() == Precision.FP64 ? 64 : 32);
    boolean indexReturn = call.scalar(3).asBoolean();
    DeviceMatrix out = call.result(n, indexReturn ? 1 : x.cols());
    if (indexReturn) {
      call.run("sort/positions", n, out.buffer(), sort.rows(), n);
    } else {
      call.run("sort/gather", out.cells(), out.buffer(), x.buffer(), sort.rows(), n, x.cols());
    }
    return new DeviceOperand[] {out};
  }
}
