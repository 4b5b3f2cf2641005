package dev.reprise.runtime;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * A number in the memory of an accelerator, which the host need not know: one cell of fp64. The
 * holder owns the buffer. Only accelerators that compute in fp64 take such numbers.
 *
 * @param buffer the cell; null in a description
 */
public record DeviceNumber(DeviceBuffer buffer) implements DeviceOperand {

  /**
   * What such an operand looks like: for asking whether an operation is supported.
   *
   * @return a description, which has no buffer
   */
  public static DeviceNumber described() {
    return new DeviceNumber(null);
  }
}
