package dev.reprise.runtime.accelerator;

/** A point in an accelerator's sequence of launches. Usable by any thread. */
public interface Mark {

  /** True when everything launched before the mark has ended. */
  boolean isReached();

  /**
   * Waits until everything launched before the mark has ended.
   *
   * @throws DeviceException when a kernel failed or the device is lost
   */
  void await();

  /**
   * Nanoseconds that the device worked between the mark before this one and this one; to be asked
   * once, after the mark is reached. Measured by the device, not by the host's clock, where it can.
   */
  long nanos();

  /** False when {@link #nanos} is but a share of what several operations took together. */
  default boolean isMeasured() {
    return true;
  }

  /** Gives the mark's resources back; once. */
  void release();
}
