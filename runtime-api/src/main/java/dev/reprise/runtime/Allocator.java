package dev.reprise.runtime;

/** Source of host memory for kernels; counts against the budget of its location. Thread-safe. */
public interface Allocator {

  /**
   * Memory, not zeroed.
   *
   * @param bytes that are needed
   * @return a buffer of at least so many, which the caller owns
   * @throws ResourceException when the budget cannot supply them even after reclaiming
   */
  Buffer allocate(long bytes);

  /**
   * The budget: all that is in use at once, also by others, is within it. What a kernel computes
   * must not depend on it; in which way may, where one takes more memory than another.
   *
   * @return bytes
   */
  default long budgetBytes() {
    return Long.MAX_VALUE;
  }
}
