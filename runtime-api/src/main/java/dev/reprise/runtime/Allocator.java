package dev.reprise.runtime;

/** Source of host memory for kernels; counts against the budget of its location. Thread-safe. */
public interface Allocator {

  /**
   * Returns at least {@code bytes} bytes, not zeroed; the caller owns them.
   *
   * @throws ResourceException when the budget cannot supply them even after reclaiming
   */
  Buffer allocate(long bytes);

  /**
   * The budget: all that is in use at once, also by others, is within it. What a kernel computes
   * must not depend on it; in which way may, where one takes more memory than another.
   */
  default long budgetBytes() {
    return Long.MAX_VALUE;
  }
}
