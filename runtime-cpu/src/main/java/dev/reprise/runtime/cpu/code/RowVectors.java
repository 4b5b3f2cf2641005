package dev.reprise.runtime.cpu.code;

/**
 * Writes the loop over a row's bytes in vectors of 32 bytes: whole ones, and one at the end of the
 * row that may begin within the one before it.
 */
final class RowVectors {
  static final int BYTES = 32;

  private RowVectors() {}

  /** Writes what is done with the vector that an index, and so many bytes, lead to. */
  @FunctionalInterface
  interface Step {
    void write(Assembler to, int index, int bytes);
  }

  /**
   * Writes how many vectors there are before the one at the end.
   *
   * @param count the register that becomes it
   * @param rowBytes a register, of at least {@link #BYTES}
   */
  static void writeCount(Assembler to, int count, int rowBytes) {
    to.move(count, rowBytes);
    to.addNumber(count, -1);
    to.shiftRight(count, Integer.numberOfTrailingZeros(BYTES));
  }

  /**
   * Writes the loop.
   *
   * @param count the register with what {@link #writeCount} counts, which it loses
   * @param at a register that becomes the index of each vector but the last, whose index is the
   *     row's bytes
   */
  static void writeLoop(Assembler to, int count, int rowBytes, int at, Step step) {
    to.zero(at);
    to.test(count);
    int few = to.jumpIfZero();
    int vector = to.here();
    step.write(to, at, 0);
    to.addNumber(at, BYTES);
    to.decrement(count);
    to.jumpBackUnlessZero(vector);
    to.landHere(few);
    step.write(to, rowBytes, -BYTES);
  }
}
