package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Sums of blocks of up to {@value #BLOCK} cells in machine code, many blocks by one call. Cells are
 * read once, where they lie, and added as doubles:
 *
 * <pre>
 *   a whole block    is halved three times: x[i] += x[512 + i], then 256 and 128
 *   sums of lanes    s[i % 4] += x[i] + x[i + 4], eight cells at a time
 *   the block's sum  (s[0] + s[1]) + (s[2] + s[3]), and the sum of up to seven cells that are left
 * </pre>
 *
 * <p>Stateless, for any thread, where {@link CellFunction#areThere() there is code}.
 */
public final class BlockSums {
  /** Cells of a whole block. */
  public static final int BLOCK = 1024;

  private static final PrecisionCode WHOLE =
      new PrecisionCode(
          "sums of blocks", precision -> new BlockSumsCode(precision, false).ofWhole());

  private static final PrecisionCode SHORT =
      new PrecisionCode("sums of rows", precision -> new BlockSumsCode(precision, false).ofShort());

  private static final PrecisionCode SQUARES_OF_WHOLE =
      new PrecisionCode(
          "squares of blocks", precision -> new BlockSumsCode(precision, true).ofWhole());

  private static final PrecisionCode SQUARES_OF_SHORT =
      new PrecisionCode(
          "squares of rows", precision -> new BlockSumsCode(precision, true).ofShort());

  private static final CodeTable WHOLE_ON_HEAP =
      new CodeTable("the sum of a block", 1, _ -> BlockSumsCode.behindSecond().ofWhole());

  private static final CodeTable SHORT_ON_HEAP =
      new CodeTable("the sum of a row", 1, _ -> BlockSumsCode.behindSecond().ofShort());

  private BlockSums() {}

  /**
   * The sum of cells of an array.
   *
   * @param n cells from the first on, from 1 to {@value #BLOCK}
   */
  public static double of(double[] cells, int first, int n) {
    Objects.checkFromIndexSize(first, n, cells.length);
    double[] sum = new double[1];
    MemorySegment into = MemorySegment.ofArray(sum);
    require(into, 1, n);
    MemorySegment code = (n == BLOCK ? WHOLE_ON_HEAP : SHORT_ON_HEAP).of(0);
    long at = (long) first * Double.BYTES;
    CodeCall.withSegments(code, into, MemorySegment.ofArray(cells), at, 0, 1, n);
    return sum[0];
  }

  /**
   * Writes a sum for each block. The JVM can stop no thread that is in here, so there should be no
   * more than some 100,000 cells.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param step bytes from a block to the next
   * @param sums doubles, on the heap or not
   * @param blocks how many
   * @param n cells of each, from 1 to {@value #BLOCK}
   */
  public static void run(
      Precision precision, long cells, long step, MemorySegment sums, long blocks, int n) {
    require(sums, blocks, n);
    if (blocks > 0) {
      MemorySegment code = (n == BLOCK ? WHOLE : SHORT).of(precision);
      CodeCall.withSegments(code, sums, sums, cells, step, blocks, n);
    }
  }

  /**
   * As the other, of {@code (x - sum / divisor)^2} in the place of each cell.
   *
   * @param sums a sum for each block, which becomes that of the squares
   */
  public static void runSquares(
      Precision precision,
      long cells,
      long step,
      MemorySegment sums,
      double divisor,
      long blocks,
      int n) {
    require(sums, blocks, n);
    if (blocks > 0) {
      MemorySegment code = (n == BLOCK ? SQUARES_OF_WHOLE : SQUARES_OF_SHORT).of(precision);
      MemorySegment by = MemorySegment.ofArray(new double[] {divisor});
      CodeCall.withSegments(code, sums, by, cells, step, blocks, n);
    }
  }

  private static void require(MemorySegment sums, long blocks, int n) {
    if (n < 1 || n > BLOCK || sums.byteSize() < blocks * Double.BYTES) {
      throw new IllegalArgumentException(blocks + " sums of " + n + " cells into " + sums);
    }
  }
}
