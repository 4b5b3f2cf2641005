package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import java.util.Arrays;

/**
 * A column of numbers that become the number of their bin. Bin i holds what lies above its lower
 * bound and up to its upper bound; what lies outside all bins falls into the first or last.
 */
final class BinColumn implements ColumnEncoder {
  /** Values of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 256;

  // Bin i, counted from 0, lies between bounds[i] and bounds[i + 1].
  private final double[] bounds;
  // The column learned from and the codes of its rows, 0 for NaN, so that no text is read twice.
  private final Object learnedFrom;
  private final int[] learned;

  private final boolean isAscending;
  // Bins per number, where they are of equal width.
  private final double density;

  private BinColumn(double[] bounds, Object learnedFrom, double[] numbers) {
    this.bounds = bounds;
    this.isAscending = isAscending(bounds);
    this.density = (bounds.length - 1) / (bounds[bounds.length - 1] - bounds[0]);
    this.learnedFrom = learnedFrom;
    this.learned = numbers == null ? null : new int[numbers.length];
    for (int r = 0; numbers != null && r < numbers.length; r++) {
      learned[r] = Double.isNaN(numbers[r]) ? 0 : bin(numbers[r]);
    }
  }

  private static boolean isAscending(double[] bounds) {
    for (int i = 1; i < bounds.length; i++) {
      if (!(bounds[i - 1] <= bounds[i])) {
        return false;
      }
    }
    return true;
  }

  /**
   * Learns the bounds from a column. A missing cell counts as zero, as in SystemDS, and NaN not at
   * all.
   */
  static BinColumn learn(Frame frame, int col, TransformSpec.Bins bins) {
    boolean isOfNumbers = frame.schema().get(col).storage() == ColumnType.Storage.DOUBLE;
    if (isOfNumbers && frame.missing(col) == null && !bins.equalCounts()) {
      return new BinColumn(equalWidths(frame.doubles(col), bins.count()), null, null);
    }
    int rows = (int) frame.rows();
    double[] numbers = new double[rows];
    PassThrough.numbers(frame, col, ChosenRows.all(rows), 0, rows, numbers);
    return new BinColumn(bounds(known(frame, col, numbers), bins), frame.column(col), numbers);
  }

  private static double[] known(Frame frame, int col, double[] numbers) {
    double[] known = new double[numbers.length];
    int count = 0;
    for (int r = 0; r < numbers.length; r++) {
      if (!Double.isNaN(numbers[r])) {
        known[count++] = numbers[r];
      } else if (isMissing(frame, r, col)) {
        known[count++] = 0;
      }
    }
    return Arrays.copyOf(known, count);
  }

  private static double[] bounds(double[] values, TransformSpec.Bins bins) {
    return bins.equalCounts()
        ? equalCounts(values, bins.count())
        : equalWidths(values, bins.count());
  }

  private static boolean isMissing(Frame frame, int row, int col) {
    String text = frame.textAt(row, col);
    return text == null || text.isEmpty();
  }

  /** NaN does not count. */
  private static double[] equalWidths(double[] values, int count) {
    double[] extremes = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (long r = 0; r < values.length; r += PIECE) {
      widen(extremes, values, (int) r, (int) Math.min(values.length, r + PIECE));
    }
    double least = extremes[0];
    double most = extremes[1];
    if (least > most) {
      return new double[] {0, 0};
    }
    if (least == most) {
      return new double[] {least, most};
    }
    double[] bounds = new double[count + 1];
    for (int i = 0; i <= count; i++) {
      // In this order of operations, so that the bounds are SystemDS's to the last bit.
      bounds[i] = least + i * (most - least) / count;
    }
    return bounds;
  }

  /** Moves the smallest and the largest value apart. */
  private static void widen(double[] extremes, double[] values, int from, int to) {
    double least = extremes[0];
    double most = extremes[1];
    for (int r = from; r < to; r++) {
      double value = values[r];
      // Not true of NaN. Of equal ones these choose among zeros of different signs.
      if (value <= least) {
        least = Math.min(least, value);
      }
      if (value >= most) {
        most = Math.max(most, value);
      }
    }
    extremes[0] = least;
    extremes[1] = most;
  }

  private static double[] equalCounts(double[] values, int count) {
    if (values.length == 0) {
      return new double[] {0, 0};
    }
    Arrays.sort(values);
    double[] bounds = new double[count + 1];
    bounds[0] = values[0];
    for (int i = 1; i <= count; i++) {
      // The last value of the i-th part: index ceil(i * n / count) - 1.
      bounds[i] = values[(int) (((long) i * values.length + count - 1) / count) - 1];
    }
    return bounds;
  }

  /** Reads the bounds back: each cell is lower bound, mark, upper bound. */
  static BinColumn fromMeta(String[] cells, String name) {
    double[] bounds = new double[cells.length + 1];
    for (int i = 0; i < cells.length; i++) {
      int mark = cells[i].lastIndexOf(MARK);
      try {
        bounds[i] = Double.parseDouble(cells[i].substring(0, Math.max(0, mark)));
        bounds[i + 1] = Double.parseDouble(cells[i].substring(mark + 1));
      } catch (NumberFormatException e) {
        throw badMeta(name, "a lower bound, '" + MARK + "' and an upper bound", cells[i]);
      }
    }
    if (cells.length == 0) {
      throw badMeta(name, "the bounds of bins", "nothing");
    }
    return new BinColumn(bounds, null, null);
  }

  static OperandException badMeta(String name, String expected, String found) {
    return new OperandException(
        "column "
            + name
            + " of the meta frame must hold "
            + expected
            + ", found \""
            + found
            + "\"; was it made with the same spec?");
  }

  @Override
  public int codes() {
    return bounds.length - 1;
  }

  @Override
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    if (learnedFrom != null && learnedFrom == frame.column(col)) {
      for (int i = from; i < to; i++) {
        int code = learned[rows.at(i)];
        out[i - from] = code == 0 ? Double.NaN : code;
      }
      return;
    }
    PassThrough.numbers(frame, col, rows, from, to, out);
    bins(out, to - from);
  }

  /** Turns numbers into those of their bins. */
  private void bins(double[] numbers, int count) {
    for (int i = 0; i < count; i++) {
      double number = numbers[i];
      numbers[i] = number != number ? Double.NaN : bin(number);
    }
  }

  /** The number of a value's bin, counted from 1; guessed first as if all were of equal width. */
  private int bin(double value) {
    int bin = (int) ((value - bounds[0]) * density) + 1;
    boolean isOne = isAscending && bin >= 1 && bin < bounds.length;
    return isOne && bounds[bin - 1] < value && value <= bounds[bin] ? bin : search(value);
  }

  private int search(double value) {
    int low = 1;
    int high = bounds.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value <= bounds[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The number itself: what fills a missing cell takes its place in the result, as in SystemDS. */
  @Override
  public double encode(String text) {
    return FrameCells.parseNumber(text);
  }

  /** The middle of the bin. */
  @Override
  public String decode(double code) {
    long bin = Math.round(code);
    return Double.isNaN(code) || bin < 1 || bin > codes()
        ? null
        : Double.toString((bounds[(int) bin - 1] + bounds[(int) bin]) / 2);
  }

  @Override
  public String[] meta() {
    String[] cells = new String[codes()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = Double.toString(bounds[i]) + MARK + bounds[i + 1];
    }
    return cells;
  }
}
