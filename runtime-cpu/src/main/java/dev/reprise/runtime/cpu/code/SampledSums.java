package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;

/**
 * Cells of a product of doubles at given places of each row, in machine code:
 *
 * <pre>
 *   target[v] (+)= sum over t of left[i][t] right[column[v]][t]      for the values v of row i
 * </pre>
 *
 * <p>Terms are added in their order, from zero, each product and sum rounded once, so a sum has the
 * bits that {@link PanelSums} gives it. The cells of a row lie one behind the other, in both
 * operands. Where {@link PanelSums#find there is code}; stateless, for any number of threads.
 */
public final class SampledSums {
  /** Up to so many times as many terms, by two each time, are written out one after the other. */
  private static final int MOST_DOUBLINGS = 3;

  private static final CodeTable CODES =
      new CodeTable(
          "cells of a product", MOST_DOUBLINGS + 1, times -> SampledSumsCode.of(1 << times));

  private SampledSums() {}

  /**
   * Rows, one behind the other, and how far each is from the one before, in bytes; the first cell
   * may be any of the first row.
   */
  public record Rows(long address, long step) {}

  /**
   * Computes sums. The JVM checks no address, and can stop no thread that is in here, so this
   * should take well below a millisecond.
   *
   * @param rows at least 1
   * @param starts where the numbers of values before each row are, and behind the last
   * @param columns where the columns of the first row's values begin
   * @param terms at least 1
   * @param target where the first row's sums go
   * @param adds whether to add to what is there
   */
  public static void add(
      long rows,
      long starts,
      Rows left,
      Rows right,
      long columns,
      int terms,
      long target,
      boolean adds) {
    long[] arguments = new long[SampledSumsCode.ARGUMENTS];
    arguments[SampledSumsCode.ROWS] = rows;
    arguments[SampledSumsCode.STARTS] = starts;
    arguments[SampledSumsCode.LEFT] = left.address;
    arguments[SampledSumsCode.LEFT_STEP] = left.step;
    arguments[SampledSumsCode.RIGHT] = right.address;
    arguments[SampledSumsCode.RIGHT_STEP] = right.step;
    arguments[SampledSumsCode.COLUMNS] = columns;
    arguments[SampledSumsCode.TARGET] = target;
    arguments[SampledSumsCode.TERM_BYTES] = (long) terms * Double.BYTES;
    arguments[SampledSumsCode.ADDS] = adds ? 1 : 0;
    SampledSumsCode.writeConstants(arguments);
    MemorySegment places = MemorySegment.ofArray(arguments);
    int doublings = Math.min(Integer.numberOfTrailingZeros(terms), MOST_DOUBLINGS);
    CodeCall.withSegments(CODES.of(doublings), places, places, 0, 0, 0, 0);
  }
}
