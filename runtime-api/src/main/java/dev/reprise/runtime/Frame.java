package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A table of typed columns of equal length; lives on the Java heap, immutable.
 *
 * <p>A column's array follows from its type's {@link ColumnType#storage}. A missing cell is null in
 * a column of texts; in other columns a set of rows beside the array says which cells are missing,
 * and their places in the array hold NaN, zero or false. NaN alone is a number, not a missing cell.
 * Arrays and sets are handed over, not copied: neither the maker nor a reader may change them
 * afterwards.
 *
 * <p>One exception lets a loop set cell after cell without a copy each time. A frame made by {@link
 * #withOwnColumns} says which of its arrays nobody else has seen. Such an array may be written
 * ({@link #ownCells}) by the holder of the variable while both facts hold: the frame was never
 * retained, so no second variable, list, cache or task knows it, and the array was never handed
 * out. Both are lost for good at the first {@link #retain} and the first access to the array.
 */
public final class Frame implements FrameValue, Operand {
  private final long rows;
  private final List<String> names;
  private final List<ColumnType> schema;
  private final List<Object> columns;
  // Null when no column but those of texts misses a cell; else null or a set for each column.
  private final BitSet[] missing;
  // Null when there is none for any column.
  private final String[] fills;
  // Columns whose arrays only this frame has seen; null when there is none. Written with false by
  // any thread that reads an array; the thread that writes cells has waited for those before.
  private final boolean[] own;
  // Set before a second holder learns of the frame; published by what hands the frame over.
  private volatile boolean shared;

  /** A frame whose columns of numbers and truth values are complete. */
  public Frame(long rows, List<String> names, List<ColumnType> schema, List<Object> columns) {
    this(rows, names, schema, columns, null);
  }

  /**
   * A frame whose columns of any type may miss cells.
   *
   * @param missing rows of missing cells by column, null where there are none; null for no column
   */
  public Frame(
      long rows,
      List<String> names,
      List<ColumnType> schema,
      List<Object> columns,
      BitSet[] missing) {
    this(rows, names, schema, columns, missing, null);
  }

  /**
   * A frame with notes on its columns, as the meta frame of a transform has.
   *
   * @param missing rows of missing cells by column, null where there are none; null for no column
   * @param fills by column what stands for missing cells of the data that the frame describes, null
   *     where nothing does; null for no column
   */
  public Frame(
      long rows,
      List<String> names,
      List<ColumnType> schema,
      List<Object> columns,
      BitSet[] missing,
      String[] fills) {
    this(rows, names, schema, columns, missing, fills, null);
  }

  private Frame(
      long rows,
      List<String> names,
      List<ColumnType> schema,
      List<Object> columns,
      BitSet[] missing,
      String[] fills,
      boolean[] own) {
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
    this.missing = anyOf(missing);
    this.fills = fills;
    this.own = own;
  }

  /**
   * A frame some of whose arrays and sets nobody else knows.
   *
   * @param own by column whether array and set were made for this frame alone; taken over
   */
  public static Frame withOwnColumns(
      long rows,
      List<String> names,
      List<ColumnType> schema,
      List<Object> columns,
      BitSet[] missing,
      boolean[] own) {
    return new Frame(rows, names, schema, columns, missing, null, own);
  }

  private static BitSet[] anyOf(BitSet[] missing) {
    if (missing != null) {
      for (BitSet rows : missing) {
        if (rows != null && !rows.isEmpty()) {
          return missing;
        }
      }
    }
    return null;
  }

  private static long lengthOf(ColumnType type, Object column) {
    return switch (type.storage()) {
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

  @Override
  public Shape shape() {
    return new Shape(rows, cols());
  }

  @Override
  public Frame frame() {
    return this;
  }

  public List<String> names() {
    return names;
  }

  public List<ColumnType> schema() {
    return schema;
  }

  public String[] strings(int col) {
    return (String[]) column(col);
  }

  public double[] doubles(int col) {
    return (double[]) column(col);
  }

  public long[] integers(int col) {
    return (long[]) column(col);
  }

  public boolean[] booleans(int col) {
    return (boolean[]) column(col);
  }

  /**
   * In the meta frame of a transform, what stands for missing cells of the column's data; null when
   * nothing does. No cell of the frame: it neither prints nor counts as a row.
   */
  public String fill(int col) {
    return fills == null ? null : fills[col];
  }

  /** The column's array, whatever its type. */
  public Object column(int col) {
    if (own != null) {
      own[col] = false;
    }
    return columns.get(col);
  }

  /** Copies a run of cells of a column to an array of the same storage. */
  public void copyCells(int col, int from, Object to, int at, int count) {
    System.arraycopy(columns.get(col), from, to, at, count);
  }

  /** True when {@link #ownCells} may be written by whoever holds the variable. */
  public boolean isWritable(int col) {
    return own != null && own[col] && !shared;
  }

  /**
   * The array of a writable column, to write cells; it must not be kept.
   *
   * @throws IllegalStateException when somebody else may see it
   */
  public Object ownCells(int col) {
    if (!isWritable(col)) {
      throw new IllegalStateException("writing to a shared column of a frame");
    }
    return columns.get(col);
  }

  /** Notes that the frame has a second holder. The count itself is not kept: the heap is. */
  @Override
  public void retain() {
    if (own != null) {
      shared = true;
    }
  }

  @Override
  public boolean tryRetain() {
    retain();
    return true;
  }

  /** The rows whose cell is missing in a column that is not of texts; null when there are none. */
  public BitSet missing(int col) {
    return missing == null || missing[col] == null || missing[col].isEmpty() ? null : missing[col];
  }

  /** True when the cell at zero-based (row, col) is missing. */
  public boolean isMissing(int row, int col) {
    return schema.get(col).storage() == ColumnType.Storage.STRING
        ? ((String[]) columns.get(col))[row] == null
        : missing != null && missing[col] != null && missing[col].get(row);
  }

  /**
   * Cell at zero-based (row, col) as text, null when missing: numbers as Java writes their type,
   * hashes in hexadecimal digits, truth values as {@code true} and {@code false}.
   */
  public String textAt(int row, int col) {
    if (isMissing(row, col)) {
      return null;
    }
    ColumnType type = schema.get(col);
    return switch (type.storage()) {
      case STRING -> ((String[]) columns.get(col))[row];
      case DOUBLE -> numberText(type, ((double[]) columns.get(col))[row]);
      case INTEGER -> wholeText(type, ((long[]) columns.get(col))[row]);
      case BOOLEAN -> Boolean.toString(((boolean[]) columns.get(col))[row]);
    };
  }

  /** A number as a column of that type writes it. */
  public static String numberText(ColumnType type, double value) {
    return type == ColumnType.FP32 ? Float.toString((float) value) : Double.toString(value);
  }

  /** A whole number as a column of that type writes it. */
  public static String wholeText(ColumnType type, long value) {
    return type == ColumnType.HASH64 || type == ColumnType.HASH32
        ? Long.toHexString(value)
        : Long.toString(value);
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (int c = 0; c < cols(); c++) {
      bytes +=
          switch (schema.get(c).storage()) {
            case STRING -> textBytes((String[]) columns.get(c));
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
