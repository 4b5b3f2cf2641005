package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of typed columns of equal length; lives on the Java heap, immutable.
 *
 * <p>Column storage by type: {@code String[]} (null is missing), {@code double[]} (NaN is missing),
 * {@code long[]}, {@code boolean[]}. Arrays are handed over, not copied: neither the maker nor a
 * reader may change them afterwards.
 */
public final class Frame implements Value, Operand {
  private final long rows;
  private final List<String> names;
  private final List<ColumnType> schema;
  private final List<Object> columns;

  public Frame(long rows, List<String> names, List<ColumnType> schema, List<Object> columns) {
    if (names.size() != columns.size() || schema.size() != columns.size()) {
      throw new IllegalArgumentException("names, schema and columns differ in length");
    }
    for (int c = 0; c < columns.size(); c++) {
      if (lengthOf(schema.get(c), columns.get(c)) != rows) {
        throw new IllegalArgumentException(
            "column " + (c + 1) + " does not have " + rows + " rows");
      }
    }
    this.rows = rows;
    this.names = List.copyOf(names);
    this.schema = List.copyOf(schema);
    this.columns = List.copyOf(columns);
  }

  private static long lengthOf(ColumnType type, Object column) {
    return switch (type) {
      case STRING -> ((String[]) column).length;
      case DOUBLE -> ((double[]) column).length;
      case INTEGER -> ((long[]) column).length;
      case BOOLEAN -> ((boolean[]) column).length;
    };
  }

  /** Column names C1, C2, ... as frames without a header carry them. */
  public static List<String> defaultNames(int cols) {
    List<String> names = new ArrayList<>(cols);
    for (int c = 1; c <= cols; c++) {
      names.add("C" + c);
    }
    return names;
  }

  public long rows() {
    return rows;
  }

  public int cols() {
    return columns.size();
  }

  public Shape shape() {
    return new Shape(rows, cols());
  }

  public List<String> names() {
    return names;
  }

  public List<ColumnType> schema() {
    return schema;
  }

  public String[] strings(int col) {
    return (String[]) columns.get(col);
  }

  public double[] doubles(int col) {
    return (double[]) columns.get(col);
  }

  public long[] integers(int col) {
    return (long[]) columns.get(col);
  }

  public boolean[] booleans(int col) {
    return (boolean[]) columns.get(col);
  }

  /** The column's array, whatever its type. */
  public Object column(int col) {
    return columns.get(col);
  }

  /** Cell at zero-based (row, col) as text; null when missing. */
  public String textAt(int row, int col) {
    return switch (schema.get(col)) {
      case STRING -> strings(col)[row];
      case DOUBLE -> Double.isNaN(doubles(col)[row]) ? null : Double.toString(doubles(col)[row]);
      case INTEGER -> Long.toString(integers(col)[row]);
      case BOOLEAN -> booleans(col)[row] ? "TRUE" : "FALSE";
    };
  }

  @Override
  public ValueType type() {
    return ValueType.FRAME;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (int c = 0; c < cols(); c++) {
      bytes +=
          switch (schema.get(c)) {
            case STRING -> textBytes(strings(c));
            case DOUBLE, INTEGER -> 8 * rows;
            case BOOLEAN -> rows;
          };
    }
    return bytes;
  }

  private static long textBytes(String[] cells) {
    long bytes = 4L * cells.length;
    for (String cell : cells) {
      bytes += cell == null ? 0 : 40 + cell.length();
    }
    return bytes;
  }
}
