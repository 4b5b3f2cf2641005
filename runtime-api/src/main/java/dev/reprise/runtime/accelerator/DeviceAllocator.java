package dev.reprise.runtime.accelerator;

/** Source of an accelerator's memory for results and scratch; counts against its budget. */
public interface DeviceAllocator {

  /**
   * Returns at least {@code bytes} bytes with undefined content; the caller owns them.
   *
   * @throws dev.reprise.runtime.ResourceException when the accelerator cannot supply them even
   *     after others have given up what they could
   */
  DeviceBuffer allocate(long bytes);
}
