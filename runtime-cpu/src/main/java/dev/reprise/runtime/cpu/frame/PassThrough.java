package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;

/** A column of numbers that stay as they are. */
record PassThrough() implements ColumnEncoder {

  @Override
  public int codes() {
    return 0;
  }

  @Override
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    numbers(frame, col, rows, from, to, out);
  }

  /** The cells of chosen rows as numbers. */
  static void numbers(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    ColumnType type = frame.schema().get(col);
    if (type.storage() == ColumnType.Storage.DOUBLE) {
      double[] cells = frame.doubles(col);
      if (rows.areAll()) {
        System.arraycopy(cells, from, out, 0, to - from);
        return;
      }
      for (int i = from; i < to; i++) {
        out[i - from] = cells[rows.at(i)];
      }
    } else if (type == ColumnType.STRING) {
      String[] cells = frame.strings(col);
      for (int i = from; i < to; i++) {
        double value = PlainNumber.parse(cells[rows.at(i)]);
        out[i - from] = Double.isNaN(value) ? FrameCells.number(frame, rows.at(i), col) : value;
      }
    } else if (type.storage() == ColumnType.Storage.INTEGER && frame.missing(col) == null) {
      long[] cells = frame.integers(col);
      for (int i = from; i < to; i++) {
        out[i - from] = cells[rows.at(i)];
      }
    } else {
      for (int i = from; i < to; i++) {
        out[i - from] = FrameCells.number(frame, rows.at(i), col);
      }
    }
  }

  @Override
  public double encode(String text) {
    return FrameCells.parseNumber(text);
  }

  @Override
  public String decode(double code) {
    return Double.toString(code);
  }

  @Override
  public String[] meta() {
    return new String[0];
  }
}
