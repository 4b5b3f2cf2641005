package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;
import java.util.ArrayList;
import java.util.List;

/** Reads what the operands of a convolution or pooling say of its windows. */
final class Windows {
  /** Kernels count places of padded images in 32 bits. */
  private static final long MOST_PADDED = 1 << 30;

  private Windows() {}

  /**
   * The shape that the operands behind the first {@code matrices} describe, or null when there is
   * none: the host reports what is wrong.
   */
  static WindowShape shape(Operation operation, DeviceOperand[] inputs, int matrices) {
    double[] numbers = new double[inputs.length - matrices];
    for (int i = 0; i < numbers.length; i++) {
      if (!Bounds.isWhole(inputs[matrices + i])) {
        return null;
      }
      numbers[i] = ((Scalar) inputs[matrices + i]).asDouble();
    }
    try {
      WindowShape shape = WindowShape.of(operation.name(), numbers);
      boolean countable =
          shape.height() + 2L * shape.padHeight() <= MOST_PADDED
              && shape.width() + 2L * shape.padWidth() <= MOST_PADDED;
      return countable ? shape : null;
    } catch (OperandException e) {
      return null;
    }
  }

  static boolean areImages(DeviceOperand operand, WindowShape shape) {
    return is(operand, shape.images(), shape.inputCols());
  }

  static boolean areOutputs(DeviceOperand operand, WindowShape shape) {
    return is(operand, shape.images(), shape.outputCols());
  }

  static boolean areFilters(DeviceOperand operand, WindowShape shape) {
    return is(operand, shape.filters(), shape.patchCells());
  }

  private static boolean is(DeviceOperand operand, long rows, long cols) {
    return operand instanceof DeviceMatrix x && x.rows() == rows && x.cols() == cols;
  }

  /** As {@link #arguments}, with the distances of the places of a convolution's window. */
  static Object[] dilated(WindowShape shape, Object... first) {
    List<Object> all = new ArrayList<>(List.of(arguments(shape, first)));
    all.addAll(List.of(shape.dilationHeight(), shape.dilationWidth()));
    return all.toArray();
  }

  /** A kernel's arguments: some, then those that {@code windows.h} names. */
  static Object[] arguments(WindowShape shape, Object... first) {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(
        List.of(
            shape.height(),
            shape.width(),
            shape.filterHeight(),
            shape.filterWidth(),
            shape.strideHeight(),
            shape.strideWidth(),
            shape.padHeight(),
            shape.padWidth(),
            shape.outHeight(),
            shape.outWidth()));
    return all.toArray();
  }
}
