package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Poolings of any windows, and their gradients, in machine code. Cells are folded row by row, and
 * what columns have become within each window, so that a cell under a window of R x S costs R + S
 * steps, each of a vector of cells, and no jump depends on cells.
 *
 * <p>Stateless, for any number of threads. The code is made when first needed.
 */
public enum WindowFolds {
  /** The largest cell of each window, which must see one. */
  LARGEST(WindowFold.LARGEST),
  /** The mean of each window; padding counts as zeros. */
  MEANS(WindowFold.SUM),
  /**
   * A window's gradient is added to the largest of its cells, of equal ones to the first by rows;
   * what is no number is passed over. Refuses images with a window that has no larger cell than
   * minus infinity. Of doubles the sums are to be zeros before.
   */
  LARGEST_GRADIENTS(WindowFold.PLACE),
  /** An equal share of a window's gradient is added to each of its cells. */
  MEANS_GRADIENTS(WindowFold.SUM);

  /** Cells of a row, and cells that a row of windows looks at: what a call is to take at most. */
  private static final long MOST_WIDTH = 1 << 14;

  private static final long MOST_STEPS = 1 << 19;

  /** The same of what gradients of means make anew for each call of rows. */
  private static final long MOST_STEPS_OF_LINES = 1 << 18;

  /** Places that floats can tell from each other. */
  private static final long MOST_PLACES = 1 << 24;

  /** Steps of a call of several rows or channels: some tens of microseconds. */
  private static final long CALL_STEPS = 1 << 18;

  /** Cells of scratch memory for lines of cells, unless one row needs more. */
  private static final long LINE_CELLS = 1 << 13;

  /** Cells that vectors may read and write behind the last line: two of the largest, of floats. */
  private static final int BEHIND = 32;

  private final WindowFold fold;

  /** By registers and precision. */
  private final PrecisionCode[] codes;

  WindowFolds(WindowFold fold) {
    this.fold = fold;
    this.codes =
        Arrays.stream(VectorRegisters.values())
            .map(registers ->
                new PrecisionCode(
                    "windows", precision -> WindowFoldsCode.of(this, precision, registers)))
            .toArray(PrecisionCode[]::new);
  }

  WindowFold fold() {
    return fold;
  }

  /** Whether there is code for windows of that shape, with which a call does not take long. */
  public boolean fit(WindowShape shape) {
    long width = shape.width() + 2L * shape.padWidth();
    long steps = width * ((long) shape.filterHeight() + shape.filterWidth());
    boolean seeCells =
        shape.padHeight() < shape.filterHeight()
            && shape.padWidth() < shape.filterWidth()
            && shape.height() + shape.padHeight() > (shape.outHeight() - 1L) * shape.strideHeight()
            && shape.width() + shape.padWidth() > (shape.outWidth() - 1L) * shape.strideWidth();
    return CellFunction.areThere()
        && width <= MOST_WIDTH
        && steps <= MOST_STEPS
        && seeCells
        && (this != MEANS_GRADIENTS || stepsOfLines(shape, width) <= MOST_STEPS_OF_LINES)
        && (fold != WindowFold.PLACE || shape.planeCells() <= MOST_PLACES);
  }

  /** Of the lines of windows that see a row of the image, which each call makes anew. */
  private static long stepsOfLines(WindowShape shape, long width) {
    long lines = Math.min(shape.outHeight(), shape.filterHeight() / shape.strideHeight() + 1L);
    return (width + shape.filterWidth()) * shape.filterWidth() * lines;
  }

  /** A call for channels of images of a shape that {@link #fit fits}. */
  public Call call(Precision precision, WindowShape shape) {
    return call(precision, shape, VectorRegisters.of(shape.width()));
  }

  /** As the other, in registers that the machine has. */
  Call call(Precision precision, WindowShape shape, VectorRegisters registers) {
    return new Call(precision, shape, registers);
  }

  /** What is computed. Belongs to one thread, for any number of images of one shape. */
  public final class Call {
    private final Precision precision;
    private final CellForm form;

    /** Of a cell in lines. */
    private final int lineCellBytes;

    private final WindowShape shape;
    private final VectorRegisters registers;
    private final boolean toImages = WindowFolds.this == MEANS_GRADIENTS;

    /** Of a line of cells and padding. */
    private final int lineCells;

    /** Rows of windows, or of an image whose gradients are computed, of a call. */
    private final int rowsOfCall;

    private final long planesOfCall;
    private final WindowFoldsArguments arguments;
    private final double[] scratch;
    private final MemorySegment scratchSegment;
    private final int sums;

    private Call(Precision precision, WindowShape shape, VectorRegisters registers) {
      this.precision = precision;
      this.form = fold.form(precision);
      this.lineCellBytes = form == CellForm.FLOATS ? Float.BYTES : Double.BYTES;
      this.shape = shape;
      this.registers = registers;
      int padding = shape.padWidth();
      int terms = shape.filterWidth();
      int reach = (shape.outWidth() - 1) * shape.strideWidth() + terms;
      this.lineCells =
          toImages
              ? Math.max(reach, shape.width() + padding + terms - 1)
              : shape.width() + 2 * padding;
      int rows = toImages ? shape.height() : shape.outHeight();
      long steps = (long) lineCells * (shape.filterHeight() + terms);
      long fitting = Math.min(CALL_STEPS / steps, LINE_CELLS / lineCells);
      this.rowsOfCall = Math.clamp(fitting, 1, rows);
      this.planesOfCall = rowsOfCall < rows ? 1 : Math.max(1, CALL_STEPS / (steps * rows));
      this.arguments = new WindowFoldsArguments(form, rowsOfCall);
      int lines = scratchCells(mostLines(rows)) * lineCellBytes / Double.BYTES;
      boolean hasPlaces = fold == WindowFold.PLACE;
      this.sums = (hasPlaces ? 3 : 2) * lines;
      boolean hasSums = hasPlaces && precision == Precision.FP32;
      this.scratch = new double[sums + (hasSums ? Math.toIntExact(shape.planeCells()) : 0)];
      this.scratchSegment = MemorySegment.ofArray(scratch);
      if (fold.padding() != 0) {
        Arrays.fill(scratch, 0, lines, inLines(fold.padding()));
      }
      if (hasPlaces) {
        Arrays.fill(scratch, lines, 2 * lines, inLines(shape.planeCells()));
      }
      describe(lines);
    }

    /** Cells of so many lines, rounded up to an even number. */
    private int scratchCells(int lines) {
      int cells = Math.addExact(Math.multiplyExact(lines, lineCells), BEHIND);
      return cells + cells % 2;
    }

    /** A number as lines have it, of floats twice. */
    private double inLines(double number) {
      return Double.longBitsToDouble(form.bits(number));
    }

    /** How many lines a call has at most. */
    private int mostLines(int rows) {
      int most = 1;
      for (int row = 0, end; toImages && row < rows; row = end) {
        end = row + Math.min(rows - row, rowsOfCall);
        most = Math.max(most, endOfWindows(end - 1) - firstWindow(row));
      }
      return toImages ? most : rowsOfCall;
    }

    /** The first row of windows that sees a row of the image, or the next if none does. */
    private int firstWindow(int row) {
      long last = (long) row + shape.padHeight() - shape.filterHeight();
      return last < 0 ? 0 : (int) Math.min(shape.outHeight(), last / shape.strideHeight() + 1);
    }

    /** One past the last row of windows that does not begin below a row of the image. */
    private int endOfWindows(int row) {
      long from = ((long) row + shape.padHeight()) / shape.strideHeight();
      return (int) Math.min(shape.outHeight(), from + 1);
    }

    /** Writes what all calls have in common. */
    private void describe(int lines) {
      int bytes = precision.bytesPerCell();
      int lanes = registers.lanes(form);
      long lineBytes = (long) lineCells * lineCellBytes;
      long rowBytes = (long) shape.width() * bytes;
      int left = shape.padWidth();
      int step = shape.strideWidth();
      boolean hasPlaces = fold == WindowFold.PLACE;
      arguments.set(WindowFoldsArguments.SOURCE_PLANE_BYTES, shape.planeCells() * bytes);
      arguments.set(WindowFoldsArguments.GRADIENT_PLANE_BYTES, shape.outCells() * bytes);
      boolean isForward = WindowFolds.this == LARGEST || WindowFolds.this == MEANS;
      long target = isForward ? shape.outCells() : shape.planeCells();
      arguments.set(WindowFoldsArguments.TARGET_PLANE_BYTES, target * bytes);
      arguments.set(WindowFoldsArguments.ROW_GROUPS, shape.width() / lanes);
      arguments.set(WindowFoldsArguments.ROW_MASK, registers.maskPlace(form, shape.width()));
      int others = shape.width() % lanes;
      arguments.set(WindowFoldsArguments.ROW_LAST, others > 0 ? shape.width() - lanes : 0);
      arguments.number(WindowFold.PLACES_AGAIN, lanes - others);
      arguments.set(WindowFoldsArguments.SOURCE_ROW_BYTES, toImages ? lineBytes : rowBytes);
      arguments.set(WindowFoldsArguments.TARGET_ROW_BYTES, toImages ? rowBytes : lineBytes);
      arguments.set(WindowFoldsArguments.LINE_BYTES, lineBytes);
      long windows = toImages ? shape.width() : (shape.outWidth() - 1L) * step + 1;
      boolean oneByOne = !toImages && step > lanes;
      long groups = oneByOne ? shape.outWidth() : (windows + lanes - 1) / lanes;
      arguments.set(WindowFoldsArguments.LINE_GROUPS, groups);
      arguments.set(WindowFoldsArguments.LINE_STEP, oneByOne ? step : lanes);
      arguments.set(WindowFoldsArguments.OTHER_TERMS, shape.filterWidth() - 1);
      arguments.set(WindowFoldsArguments.WINDOWS, shape.outWidth());
      arguments.set(WindowFoldsArguments.WINDOW_BYTES, (long) step * lineCellBytes);
      arguments.set(
          WindowFoldsArguments.FIRST, (toImages ? shape.filterWidth() - 1L : left) * lineCellBytes);
      arguments.set(WindowFoldsArguments.FOLDED_FROM, (toImages ? (long) left : 0) * lineCellBytes);
      arguments.set(WindowFoldsArguments.RESULT, (hasPlaces ? 2L : 1L) * lines * Double.BYTES);
      arguments.set(WindowFoldsArguments.SUMS, (long) sums * Double.BYTES);
      arguments.set(WindowFoldsArguments.PLACES, (long) lines * Double.BYTES);
      arguments.set(WindowFoldsArguments.CELLS, shape.planeCells());
      arguments.set(WindowFoldsArguments.SUM_GROUPS, shape.planeCells() / registers.doubles());
      arguments.set(WindowFoldsArguments.OTHER_SUMS, shape.planeCells() % registers.doubles());
      double cells = (double) shape.filterHeight() * shape.filterWidth();
      arguments.number(WindowFold.FACTOR, 1.0 / cells);
      arguments.number(WindowFold.ROW_PLACES, shape.width());
      arguments.number(WindowFold.NO_PLACE, shape.planeCells());
      arguments.numberLanes(registers);
    }

    /**
     * How many channels one {@link #run} should have, at most: more take as many calls, and are all
     * refused where a cell of one is.
     */
    public long planes() {
      return planesOfCall;
    }

    /**
     * Computes channels that lie one after the other, given by addresses that the JVM does not
     * check.
     *
     * @param images which means have no need of for gradients
     * @param gradients of the windows, where such are given
     * @param target cells of windows, or gradients of images
     * @param planes up to {@link #planes}
     * @return false when a cell was refused: all are to be computed anew in another way
     */
    public boolean run(long images, long gradients, long target, long planes) {
      if (planes < 1 || planes > planesOfCall) {
        throw new IllegalArgumentException(planes + " channels at once");
      }
      int rows = toImages ? shape.height() : shape.outHeight();
      boolean isDone = true;
      for (int row = 0, end; isDone && row < rows; row = end) {
        end = row + Math.min(rows - row, rowsOfCall);
        arguments.set(WindowFoldsArguments.PLANES, planes);
        arguments.set(WindowFoldsArguments.ROWS, end - row);
        arguments.set(WindowFoldsArguments.IS_LAST, end == rows ? 1 : 0);
        int window = toImages ? Math.min(firstWindow(row), shape.outHeight() - 1) : row;
        int lines = toImages ? Math.max(1, endOfWindows(end - 1) - window) : end - row;
        arguments.set(WindowFoldsArguments.LINES, lines);
        long bytes = precision.bytesPerCell();
        long outRow = shape.outWidth() * bytes;
        arguments.set(WindowFoldsArguments.SOURCE, images);
        arguments.set(WindowFoldsArguments.GRADIENTS, gradients + window * outRow);
        long done =
            switch (WindowFolds.this) {
              case LARGEST, MEANS -> row * outRow;
              case LARGEST_GRADIENTS -> 0;
              case MEANS_GRADIENTS -> row * shape.width() * bytes;
            };
        arguments.set(WindowFoldsArguments.TARGET, target + done);
        writeTable(row, end, window);
        isDone = runCode();
      }
      if (!isDone && sums < scratch.length) {
        Arrays.fill(scratch, sums, scratch.length, 0);
      }
      return isDone;
    }

    private boolean runCode() {
      MemorySegment code = codes[registers.ordinal()].of(precision);
      return CodeCall.withSegments(code, arguments.segment(), scratchSegment, 0, 0, 0, 0) == 0;
    }

    /** Which rows are folded to some of windows, or of an image. */
    private void writeTable(int from, int to, int firstLine) {
      for (int row = from; row < to; row++) {
        if (toImages) {
          int first = firstWindow(row);
          long firstByte = (long) (first - firstLine) * lineCells * lineCellBytes;
          arguments.row(row - from, firstByte, Math.max(0, endOfWindows(row) - first));
        } else {
          long top = (long) row * shape.strideHeight() - shape.padHeight();
          long first = Math.max(0, top);
          long end = Math.min(shape.height(), top + shape.filterHeight());
          long firstByte = first * shape.width() * precision.bytesPerCell();
          arguments.row(row - from, firstByte, end - first);
          arguments.rowPlace(row - from, (double) first * shape.width());
        }
      }
    }
  }
}
