package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;

/**
 * Poolings whose windows of 2 x 2 lie side by side, in machine code: two rows of an image at a
 * time, without jumps that depend on cells. No operation here takes doubles to be right for floats:
 * cells and gradients are passed on, or divided by 4.
 *
 * <p>Stateless, for any number of threads. The code is made when first needed.
 */
public enum WindowPairs {
  /**
   * A window's gradient goes to the largest of its cells, of equal ones to the first by rows; the
   * others get 0. Refuses images with cells that are no numbers.
   */
  MAXIMA,
  /** A quarter of a window's gradient goes to each of its cells. */
  MEANS,
  /** Writes the largest cell of each window in place of gradients. Refuses as maxima do. */
  LARGEST;

  private final PrecisionCode code =
      new PrecisionCode("windows", precision -> WindowPairsCode.of(precision, this));

  /** What is computed. Belongs to one thread, for any number of images of one size. */
  public final class Call {
    private final Precision precision;
    private final long[] arguments = new long[WindowPairsCode.ARGUMENTS];
    private final MemorySegment segment = MemorySegment.ofArray(arguments);

    /**
     * Of windows in rows and columns.
     *
     * @param width of an image: two columns for each of windows, and perhaps one
     */
    private Call(Precision precision, int rows, int cols, int width) {
      this.precision = precision;
      int windows = WindowPairsCode.windows(precision);
      arguments[WindowPairsCode.ROWS] = rows;
      arguments[WindowPairsCode.GROUPS] = cols / windows;
      arguments[WindowPairsCode.MASK] = cols % windows * WindowPairsCode.MASK_BYTES;
      arguments[WindowPairsCode.ROW_BYTES] = (long) width * precision.bytesPerCell();
      arguments[WindowPairsCode.OUT_ROW_BYTES] = (long) cols * precision.bytesPerCell();
    }

    /**
     * Writes the cells below windows, or one for each, given by addresses that the JVM does not
     * check.
     *
     * @return false when a cell was refused: all are to be computed anew in another way
     */
    public boolean run(long image, long gradients, long out) {
      arguments[WindowPairsCode.IMAGE] = image;
      arguments[WindowPairsCode.GRADIENTS] = gradients;
      arguments[WindowPairsCode.OUT] = out;
      return CodeCall.withSegments(code.of(precision), segment, segment, 0, 0, 0, 0) == 0;
    }
  }

  /** A call for images of one size; where {@link CellFunction#areThere() there is code}. */
  public Call call(Precision precision, int rows, int cols, int width) {
    if (rows < 1 || cols < 1 || width < 2 * cols) {
      throw new IllegalArgumentException(rows + " x " + cols + " windows in rows of " + width);
    }
    return new Call(precision, rows, cols, width);
  }
}
