package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;

/**
 * A column whose cells are hashed to one of {@code buckets} codes; forgets the cells. A number is
 * hashed as its type's Java class hashes it, a text as {@link String} does.
 *
 * @param buckets number of codes
 */
record HashColumn(int buckets) implements ColumnEncoder {

  static HashColumn fromMeta(String[] cells, String name) {
    String found = cells.length == 0 ? "nothing" : cells[0];
    try {
      int buckets = Integer.parseInt(found);
      if (buckets > 0) {
        return new HashColumn(buckets);
      }
    } catch (NumberFormatException e) {
      // Reported below, with the other numbers that are none of buckets.
    }
    throw BinColumn.badMeta(name, "the number of hash buckets", found);
  }

  @Override
  public int codes() {
    return buckets;
  }

  @Override
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    ColumnType type = frame.schema().get(col);
    for (int i = from; i < to; i++) {
      int row = rows.at(i);
      out[i - from] =
          frame.isMissing(row, col)
              ? Double.NaN
              : switch (type.storage()) {
                case STRING -> encode(frame.strings(col)[row]);
                case DOUBLE -> number(type, frame.doubles(col)[row]);
                case INTEGER -> bucket(hash(type, frame.integers(col)[row]));
                case BOOLEAN -> bucket(frame.booleans(col)[row] ? 1 : 0);
              };
    }
  }

  private double number(ColumnType type, double value) {
    if (Double.isNaN(value)) {
      return value;
    }
    return bucket(type == ColumnType.FP32 ? Float.hashCode((float) value) : Double.hashCode(value));
  }

  private static int hash(ColumnType type, long value) {
    boolean wide = type == ColumnType.INTEGER || type == ColumnType.HASH64;
    return wide ? Long.hashCode(value) : Integer.hashCode((int) value);
  }

  @Override
  public double encode(String text) {
    return bucket(text.hashCode());
  }

  private double bucket(int hash) {
    return Math.abs(hash % buckets) + 1;
  }

  @Override
  public String decode(double code) {
    return Double.toString(code);
  }

  @Override
  public String[] meta() {
    return new String[] {Integer.toString(buckets)};
  }
}
