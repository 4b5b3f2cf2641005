package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/** Launches for tests of backends. */
public final class Launches {
  private Launches() {}

  /** Writes zeros to the first bytes of a buffer. */
  public static Launch zero(DeviceBuffer buffer, long bytes) {
    return Launch.zero(buffer, bytes);
  }

  /** A product by the device's library. */
  public static Launch gemm(GeneralProduct product) {
    return Launch.gemm(product);
  }
}
