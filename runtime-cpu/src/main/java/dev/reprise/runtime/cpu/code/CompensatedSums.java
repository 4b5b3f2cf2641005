package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;

/**
 * Sums of doubles with the rounding errors kept beside them (Neumaier's variant of Kahan's sum), in
 * machine code, one term after the other: of cells, or of what is made of them, each multiplied
 * with a weight or not. Where {@link CellFunction#areThere() there is code}; stateless, for any
 * number of threads.
 */
public enum CompensatedSums {
  /** {@code x}. */
  CELLS,
  /** Of d, the distance of x from a center, {@code d * d}. */
  SQUARES,
  /** {@code d * d * d}. */
  CUBES,
  /** {@code (d * d) * (d * d)}. */
  FOURTH_POWERS,
  /** {@code d * e}, with e the distance of y from its center; the weight is multiplied with d. */
  PRODUCTS;

  /** Terms that a call should not exceed, since the JVM can stop no thread that is in it. */
  public static final int MOST = 1 << 16;

  private static final CodeTable CODES =
      new CodeTable(
          "compensated sums",
          2 * values().length,
          number -> {
            CompensatedSums kind = values()[number / 2];
            return number % 2 == 0
                ? CompensatedSumsCode.of(kind)
                : CompensatedSumsCode.ofWeighted(kind);
          });

  /**
   * Adds so many terms, at least one; no address is checked.
   *
   * @param sum the sum, and what it has lost
   * @param x address of the first cell
   * @param y likewise, of products; not looked at else
   * @param weights likewise, or 0 for none
   */
  public void add(
      double[] sum, long count, long x, double centerX, long y, double centerY, long weights) {
    long[] arguments = new long[CompensatedSumsCode.ARGUMENTS];
    arguments[CompensatedSumsCode.X] = x;
    arguments[CompensatedSumsCode.Y] = y;
    arguments[CompensatedSumsCode.WEIGHTS] = weights;
    arguments[CompensatedSumsCode.COUNT] = count;
    arguments[CompensatedSumsCode.CENTER_X] = Double.doubleToRawLongBits(centerX);
    arguments[CompensatedSumsCode.CENTER_Y] = Double.doubleToRawLongBits(centerY);
    arguments[CompensatedSumsCode.MAGNITUDE_BITS] = Long.MAX_VALUE;
    MemorySegment code = CODES.of(2 * ordinal() + (weights == 0 ? 0 : 1));
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(code, places, MemorySegment.ofArray(sum), 0, 0, 0, 0);
  }
}
