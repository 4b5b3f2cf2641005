package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import java.util.Arrays;

/**
 * A column of numbers that become the number of their bin. Bin i holds what lies above its lower
 * bound and up to its upper bound; what lies outside all bins falls into the first or last.
 */
final class BinColumn implements ColumnEncoder {
  // Bin i, counted from 0, lies between bounds[i] and bounds[i + 1].
  private final double[] bounds;
  // The column learned from and the codes of its rows, 0 for NaN, so that no text is read twice.
  private final Object learnedFrom;
  private final int[] learned;

  private BinColumn(double[] bounds) {
    this.bounds = bounds;
    this.learnedFrom = null;
    this.learned = null;
  }

  private BinColumn(double[] bounds, Object learnedFrom, double[] numbers) {
    this.bounds = bounds;
    this.learnedFrom = learnedFrom;
    this.learned = new int[numbers.length];
    Arrays.setAll(learned, r -> Double.isNaN(numbers[r]) ? 0 : bin(numbers[r]));
  }

  /**
   * Learns the bounds from a column. A missing cell counts as zero, as in SystemDS, and NaN not at
   * all.
   */
  static BinColumn learn(Frame frame, int col, TransformSpec.Bins bins) {
    int rows = (int) frame.rows();
    int[] all = new int[rows];
    Arrays.setAll(all, r -> r);
    double[] numbers = new double[rows];
    PassThrough.numbers(frame, col, all, 0, rows, numbers);
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
    if (values.length == 0) {
      return new double[] {0, 0};
    }
    return bins.equalCounts()
        ? equalCounts(values, bins.count())
        : equalWidths(values, bins.count());
  }

  private static boolean isMissing(Frame frame, int row, int col) {
    String text = frame.textAt(row, col);
    return text == null || text.isEmpty();
  }

  private static double[] equalWidths(double[] values, int count) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
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

  private static double[] equalCounts(double[] values, int count) {
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
    return new BinColumn(bounds);
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
  public void encode(Frame frame, int col, int[] rows, int from, int to, double[] out) {
    if (learnedFrom != null && learnedFrom == frame.column(col)) {
      for (int i = from; i < to; i++) {
        int code = learned[rows[i]];
        out[i - from] = code == 0 ? Double.NaN : code;
      }
      return;
    }
    PassThrough.numbers(frame, col, rows, from, to, out);
    for (int i = 0; i < to - from; i++) {
      out[i] = Double.isNaN(out[i]) ? Double.NaN : bin(out[i]);
    }
  }

  /** The number of a value's bin, counted from 1. */
  private int bin(double value) {
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
