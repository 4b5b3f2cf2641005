package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;

/** How a leaf of an expression comes to its kernel. */
public enum LeafForm {
  /** As the address of a matrix. */
  MATRIX,
  /** As a number among the arguments. */
  NUMBER,
  /** As the address of a number, which is computed as the same among the arguments. */
  NUMBER_IN_MEMORY;

  /** The forms of operands, in their order. */
  public static List<LeafForm> of(DeviceOperand[] leaves) {
    List<LeafForm> forms = new ArrayList<>(leaves.length);
    for (DeviceOperand leaf : leaves) {
      forms.add(
          switch (leaf) {
            case DeviceMatrix matrix -> MATRIX;
            case DeviceNumber number -> NUMBER_IN_MEMORY;
            case Scalar scalar -> NUMBER;
            case DeviceSparse matrix ->
                throw new IllegalArgumentException("a compressed matrix is no leaf of a kernel");
          });
    }
    return forms;
  }

  /** True for numbers of the script. */
  boolean isNumber() {
    return this != MATRIX;
  }
}
