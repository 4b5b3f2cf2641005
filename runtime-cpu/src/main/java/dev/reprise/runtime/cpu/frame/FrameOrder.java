package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The order of a frame's rows by some of its columns: numbers as numbers, all else as texts by
 * their characters. Rows with equal cells keep their order. A missing cell, and NaN, is larger than
 * all others.
 */
public final class FrameOrder {
  private FrameOrder() {}

  /**
   * Zero-based rows in order.
   *
   * @param columns zero-based columns, the first counting most
   */
  public static int[] of(Frame frame, int[] columns, boolean decreasing) {
    Comparator<Integer> rows = (a, b) -> 0;
    for (int column : columns) {
      Comparator<Integer> next = byColumn(frame, column);
      rows = rows.thenComparing(decreasing ? next.reversed() : next);
    }
    Integer[] order = new Integer[(int) frame.rows()];
    Arrays.setAll(order, row -> row);
    Arrays.sort(order, rows);
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  private static Comparator<Integer> byColumn(Frame frame, int column) {
    ColumnType type = frame.schema().get(column);
    if (type.storage() == ColumnType.Storage.INTEGER) {
      Comparator<Integer> present = Comparator.comparingLong(row -> frame.integers(column)[row]);
      return missingLast(frame, column, present);
    }
    if (type.storage() == ColumnType.Storage.STRING) {
      Comparator<Integer> present = Comparator.comparing(row -> frame.textAt(row, column));
      return missingLast(frame, column, present);
    }
    // Double.compare puts -0 before 0, which are equal here as everywhere else.
    return Comparator.comparingDouble(row -> FrameCells.number(frame, row, column) + 0.0);
  }

  private static Comparator<Integer> missingLast(
      Frame frame, int column, Comparator<Integer> present) {
    return (a, b) -> {
      boolean first = frame.isMissing(a, column);
      boolean second = frame.isMissing(b, column);
      return first || second ? Boolean.compare(first, second) : present.compare(a, b);
    };
  }
}
