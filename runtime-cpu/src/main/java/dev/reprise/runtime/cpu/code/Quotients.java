package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;

/**
 * Doubles that are divided by a number, and their roots, in machine code, where they lie. Where
 * {@link CellFunction#areThere() there is code}; stateless, for any number of threads.
 */
public enum Quotients {
  /** {@code x / divisor}. */
  PLAIN,
  /** {@code sqrt(x / divisor)}. */
  ROOTS;

  private static final CodeTable CODES =
      new CodeTable(
          "quotients", values().length, number -> QuotientsCode.of(number == ROOTS.ordinal()));

  /**
   * Divides some 100,000 doubles at most, since the JVM can stop no thread that is in here.
   *
   * @param cells doubles, on the heap or not
   * @param count at most as many as there are
   */
  public void run(MemorySegment cells, double divisor, long count) {
    if (count < 0 || cells.byteSize() < count * Double.BYTES) {
      throw new IllegalArgumentException(count + " quotients of " + cells);
    }
    MemorySegment by = MemorySegment.ofArray(new double[] {divisor});
    CodeCall.withSegments(CODES.of(ordinal()), cells, by, count, 0, 0, 0);
  }
}
