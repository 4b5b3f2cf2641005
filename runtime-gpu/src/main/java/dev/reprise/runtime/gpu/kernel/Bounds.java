package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;

/**
 * A range of rows or columns.
 *
 * @param from first index, zero-based
 * @param size how many
 */
record Bounds(long from, long size) {

  /**
   * Reads a range from two operands: both left out means all, the upper one left out means a single
   * index. Null when there is no such range, which the host reports.
   */
  static Bounds of(DeviceOperand lower, DeviceOperand upper, long extent) {
    if (isAbsent(lower)) {
      return new Bounds(0, extent);
    }
    if (!isWhole(lower) || !isAbsent(upper) && !isWhole(upper)) {
      return null;
    }
    long from = ((Scalar) lower).asLong();
    long to = isAbsent(upper) ? from : ((Scalar) upper).asLong();
    return from < 1 || to > extent || from > to ? null : new Bounds(from - 1, to - from + 1);
  }

  static boolean isAbsent(DeviceOperand operand) {
    return operand instanceof Scalar scalar && scalar.isAbsent();
  }

  /** True for a scalar that {@link Scalar#asLong} takes. */
  static boolean isWhole(DeviceOperand operand) {
    return operand instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }
}
