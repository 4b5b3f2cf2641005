package dev.reprise.runtime;

/** Source of host memory for kernels; counts against the budget of its location. Thread-safe. */
public interface Allocator {

  /**
   * Returns at least {@code bytes} bytes, not zeroed; the caller owns them.
   *
   * @throws ResourceException when the budget cannot supply them even after reclaiming
   */
  Buffer allocate(long bytes);
}
