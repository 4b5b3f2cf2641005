package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * Products of a library that the device's maker gives, in sequence with the launches.
 *
 * <p>Each method returns false, having done nothing, when the library does not take such sizes;
 * then the caller launches a kernel of ours.
 */
public interface Products {

  boolean gemm(GeneralProduct product);

  boolean syrk(SelfProduct product);

  /**
   * What lies in a buffer from a byte on, as the buffer of an operand; valid as long as the whole
   * one, never released. Null when the library takes whole buffers only.
   */
  default DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return null;
  }
}
