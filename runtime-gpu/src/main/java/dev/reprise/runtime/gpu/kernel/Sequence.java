package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code seq} where no sum rounds, as with whole numbers, so that every number can be computed by
 * itself. The others are sums of all before them, which the processor adds up one by one.
 */
record Sequence() implements DeviceKernel {
  /** Numbers must be multiples of its inverse. */
  private static final double UNITS = 1 << 20;

  private static final double LARGEST_EXACT = 0x1p53;

  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (!CellKernels.isNumber(inputs[0])
        || !CellKernels.isNumber(inputs[1])
        || !(((Scalar) inputs[2]).isAbsent() || CellKernels.isNumber(inputs[2]))) {
      return false;
    }
    double from = ((Scalar) inputs[0]).asDouble();
    double to = ((Scalar) inputs[1]).asDouble();
    double step = step(from, to, (Scalar) inputs[2]);
    double steps = Math.floor((to - from) / step);
    return step != 0
        && steps >= 0
        && isExact(from)
        && isExact(step)
        && Math.abs(from) + (steps + 1) * Math.abs(step) <= LARGEST_EXACT / UNITS;
  }

  private static boolean isExact(double number) {
    return number * UNITS == Math.rint(number * UNITS);
  }

  private static double step(double from, double to, Scalar given) {
    return given.isAbsent() ? (from <= to ? 1 : -1) : given.asDouble();
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    double from = call.scalar(0).asDouble();
    double to = call.scalar(1).asDouble();
    double step = step(from, to, call.scalar(2));
    DeviceMatrix out = call.result((long) Math.floor((to - from) / step) + 1, 1);
    call.run("create/sequence", out.cells(), out.buffer(), from, step, out.cells());
    return new DeviceOperand[] {out};
  }
}
