package dev.reprise.memory;

/**
 * Whole pages of the system, which nobody has touched. A page costs its time when it is first
 * written to, by the thread that does so: where kernels write, these are many. Any thread.
 */
public interface SystemPages {
  /** Whether this machine has them: looked up when the first large piece is needed. */
  boolean areThere();

  /**
   * Asks for memory, where they are there.
   *
   * @return its address, a multiple of 4096; 0 when the system has none
   */
  long take(long bytes);

  /** Gives memory back that was taken, all of it. */
  void giveBack(long address, long bytes);
}
