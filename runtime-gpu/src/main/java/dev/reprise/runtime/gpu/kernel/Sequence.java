package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.NumberSequence;
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
    NumberSequence numbers = numbers((Scalar) inputs[0], (Scalar) inputs[1], (Scalar) inputs[2]);
    return numbers.isCountable()
        && isExact(numbers.from())
        && isExact(numbers.step())
        && Math.abs(numbers.from()) + numbers.count() * Math.abs(numbers.step())
            <= LARGEST_EXACT / UNITS;
  }

  private static boolean isExact(double number) {
    return number * UNITS == Math.rint(number * UNITS);
  }

  private static NumberSequence numbers(Scalar from, Scalar to, Scalar step) {
    return step.isAbsent()
        ? new NumberSequence(from.asDouble(), to.asDouble())
        : new NumberSequence(from.asDouble(), to.asDouble(), step.asDouble());
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    NumberSequence numbers = numbers(call.scalar(0), call.scalar(1), call.scalar(2));
    DeviceMatrix out = call.result(numbers.count(), 1);
    call.run(
        "create/sequence", out.cells(), out.buffer(), numbers.from(), numbers.step(), out.cells());
    return new DeviceOperand[] {out};
  }
}
