package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernels;

/** Operations that make matrices from numbers. */
public final class CreateKernels {
  private CreateKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("rand", new RandomCells());
    kernels.add("seq", new Sequence());
    kernels.add("matrix", new Reshape());
  }

  /** True for a number of rows or columns of a matrix that has cells. */
  static boolean isExtent(DeviceOperand operand) {
    return CellKernels.isNumber(operand)
        && ((Scalar) operand).asDouble() >= 1
        && ((Scalar) operand).asLong() <= Integer.MAX_VALUE;
  }
}
