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

  /**
   * A frame whose columns of numbers and truth values are complete.
   *
   * @param rows number of rows of each column
   * @param names of the columns
   * @param schema types of the columns
   * @param columns an array for each, as its type has it; handed over
   * @throws IllegalArgumentException when lengths differ
   */
  public Frame(long rows, List<String> names, List<ColumnType> schema, List<Object> columns) {
    this(rows, names, schema, columns, null);
  }

  /**
   * A frame whose columns of any type may miss cells.
   *
   * @param rows number of rows of each column
   * @param names of the columns
   * @param schema types of the columns
   * @param columns an array for each, as its type has it; handed over
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
   * @param rows number of rows of each column
   * @param names of the columns
   * @param schema types of the columns
   * @param columns an array for each, as its type has it; handed over
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
   * @param rows number of rows of each column
   * @param names of the columns
   * @param schema types of the columns
   * @param columns an array for each, as its type has it; handed over
   * @param missing rows of missing cells by column, null where there are none; null for no column
   * @param own by column whether array and set were made for this frame alone; taken over
   * @return the frame
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

  /**
   * Column names C1, C2, ... as frames without a header carry them.
   *
   * @param cols number of columns
   * @return their names
   */
  public static List<String> defaultNames(int cols) {
    List<String> names = new ArrayList<>(cols);
    for (int c = 1; c <= cols; c++) {
      names.add("C" + c);
    }
    return names;
  }

  /** {@return the number of rows} */
  public long rows() {
    return rows;
  }

  /** {@return the number of columns} */
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

  /** {@return names of the columns, from left to right; unmodifiable} */
  public List<String> names() {
    return names;
  }

  /** {@return types of the columns; unmodifiable} */
  public List<ColumnType> schema() {
    return schema;
  }

  /**
   * A column of texts.
   *
   * @param col zero-based
   * @return its array, not to be changed; null for a missing cell
   */
  public String[] strings(int col) {
    return (String[]) column(col);
  }

  /**
   * A column of numbers.
   *
   * @param col zero-based
   * @return its array, not to be changed; NaN in the place of a missing cell
   */
  public double[] doubles(int col) {
    return (double[]) column(col);
  }

  /**
   * A column of whole numbers or hashes.
   *
   * @param col zero-based
   * @return its array, not to be changed; 0 in the place of a missing cell
   */
  public long[] integers(int col) {
    return (long[]) column(col);
  }

  /**
   * A column of truth values.
   *
   * @param col zero-based
   * @return its array, not to be changed; false in the place of a missing cell
   */
  public boolean[] booleans(int col) {
    return (boolean[]) column(col);
  }

  /**
   * In the meta frame of a transform, what stands for missing cells of the column's data. No cell
   * of the frame: it neither prints nor counts as a row.
   *
   * @param col zero-based
   * @return null when nothing does
   */
  public String fill(int col) {
    return fills == null ? null : fills[col];
  }

  /**
   * A column of any type.
   *
   * @param col zero-based
   * @return its array, not to be changed
   */
  public Object column(int col) {
    if (own != null) {
      own[col] = false;
    }
    return columns.get(col);
  }

  /**
   * Copies cells of a column to an array of the same storage.
   *
   * @param col zero-based
   * @param from the first row
   * @param to the array
   * @param at place of the first there
   * @param count how many
   */
  public void copyCells(int col, int from, Object to, int at, int count) {
    System.arraycopy(columns.get(col), from, to, at, count);
  }

  /**
   * Whether {@link #ownCells} may be written by whoever holds the variable.
   *
   * @param col zero-based
   * @return false once somebody else may see the column
   */
  public boolean isWritable(int col) {
    return own != null && own[col] && !shared;
  }

  /**
   * The array of a writable column, to write cells; it must not be kept.
   *
   * @param col zero-based
   * @return its array
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

  /**
   * The rows whose cell is missing, of a column that is not of texts.
   *
   * @param col zero-based
   * @return not to be changed; null when there are none
   */
  public BitSet missing(int col) {
    return missing == null || missing[col] == null || missing[col].isEmpty() ? null : missing[col];
  }

  /**
   * Whether a cell is missing.
   *
   * @param row zero-based
   * @param col zero-based
   * @return true when it is; NaN alone is a number
   */
  public boolean isMissing(int row, int col) {
    return schema.get(col).storage() == ColumnType.Storage.STRING
        ? ((String[]) columns.get(col))[row] == null
        : missing != null && missing[col] != null && missing[col].get(row);
  }

  /**
   * A cell as text: numbers as Java writes their type, hashes in hexadecimal digits, truth values
   * as {@code true} and {@code false}.
   *
   * @param row zero-based
   * @param col zero-based
   * @return null when it is missing
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

  /**
   * A number as a column writes it.
   *
   * @param type of the column
   * @param value of a cell
   * @return its digits
   */
  public static String numberText(ColumnType type, double value) {
    return type == ColumnType.FP32 ? Float.toString((float) value) : Double.toString(value);
  }

  /**
   * A whole number as a column writes it.
   *
   * @param type of the column
   * @param value of a cell
   * @return its digits, hexadecimal ones of a hash
   */
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
