package dev.reprise;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * A frame as a Java program has it: columns with names, all of one length, each of one type. Bound
 * to a run as an input, alone or in a list, and read from a result. Immutable and thread-safe;
 * needs no closing, since frames live on the Java heap. Identified by its content.
 *
 * <pre>{@code
 * Columns.of("city", new String[] {"Bonn", null}).and("price", new double[] {1.5, 2})
 * }</pre>
 *
 * <p>Arrays are copied, on their way in and out.
 */
public final class Columns {
  private final Frame frame;

  private Columns(Frame frame) {
    this.frame = frame;
  }

  /** Those of a frame that nobody changes. */
  static Columns of(Frame frame) {
    return new Columns(frame);
  }

  Frame frame() {
    return frame;
  }

  /**
   * A frame of one column.
   *
   * @param name of the column, not empty
   * @param cells {@code String[]}, {@code double[]}, {@code long[]}, {@code int[]} or {@code
   *     boolean[]}; or {@code Double[]}, {@code Long[]}, {@code Integer[]} or {@code Boolean[]}.
   *     Null in an array is a missing cell
   * @return a frame to which others can be added
   * @throws IllegalArgumentException when the array is of another type, or the name empty
   */
  public static Columns of(String name, Object cells) {
    Column column = Column.of(name, cells);
    return new Columns(
        new Frame(
            column.rows(),
            List.of(name),
            List.of(column.type()),
            List.of(column.cells()),
            new BitSet[] {column.missing()}));
  }

  /**
   * This frame and one more column at its right.
   *
   * @param name of the column, not empty and of no other column
   * @param cells as in {@link #of(String, Object)}, one for each row
   * @return the new frame; this one is as before
   * @throws IllegalArgumentException when the array is of another type or length, or the name empty
   *     or taken
   */
  public Columns and(String name, Object cells) {
    Column column = Column.of(name, cells);
    if (frame.names().contains(name)) {
      throw new IllegalArgumentException("there are two columns of the name '" + name + "'");
    }
    if (column.rows() != frame.rows()) {
      throw new IllegalArgumentException(
          "column '"
              + name
              + "' has "
              + column.rows()
              + " cells, but column '"
              + frame.names().getFirst()
              + "' has "
              + frame.rows());
    }
    int before = frame.cols();
    List<Object> columns = new ArrayList<>();
    BitSet[] missing = new BitSet[before + 1];
    for (int c = 0; c < before; c++) {
      columns.add(frame.column(c));
      missing[c] = frame.missing(c);
    }
    columns.add(column.cells());
    missing[before] = column.missing();
    return new Columns(
        new Frame(
            frame.rows(),
            with(frame.names(), name),
            with(frame.schema(), column.type()),
            columns,
            missing));
  }

  private static <T> List<T> with(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }

  /** {@return the number of rows} */
  public long rows() {
    return frame.rows();
  }

  /** {@return the names of the columns, from left to right; unmodifiable} */
  public List<String> names() {
    return List.copyOf(frame.names());
  }

  /**
   * The type of a column: what scripts call its schema.
   *
   * @param name of the column; of several with that name the first counts
   * @return what its cells are
   * @throws IllegalArgumentException when there is no such column
   */
  public ColumnType type(String name) {
    return frame.schema().get(index(name));
  }

  /**
   * A column of any type as texts, as they would be printed; null where a cell is missing.
   *
   * @param name of the column; of several with that name the first counts
   * @return a copy, one text for each row
   * @throws IllegalArgumentException when there is no such column
   */
  public String[] texts(String name) {
    int col = index(name);
    String[] texts = new String[Math.toIntExact(rows())];
    Arrays.setAll(texts, row -> frame.isMissing(row, col) ? null : frame.textAt(row, col));
    return texts;
  }

  /**
   * A column of numbers, whole numbers or truth values (1 and 0); NaN where a cell is missing.
   *
   * @param name of the column; of several with that name the first counts
   * @return a copy, one number for each row
   * @throws IllegalArgumentException when there is no such column, or it has texts
   */
  public double[] numbers(String name) {
    int col = index(name);
    double[] numbers =
        switch (frame.schema().get(col).storage()) {
          case DOUBLE -> frame.doubles(col).clone();
          case INTEGER -> Arrays.stream(frame.integers(col)).asDoubleStream().toArray();
          case BOOLEAN -> {
            boolean[] flags = frame.booleans(col);
            double[] cells = new double[flags.length];
            Arrays.setAll(cells, row -> flags[row] ? 1 : 0);
            yield cells;
          }
          case STRING ->
              throw new IllegalArgumentException(
                  "column '" + name + "' has texts, not numbers; read it with texts");
        };
    for (int row = 0; row < numbers.length; row++) {
      if (frame.isMissing(row, col)) {
        numbers[row] = Double.NaN;
      }
    }
    return numbers;
  }

  /**
   * Whether a cell is missing. NaN alone is a number, not a missing cell.
   *
   * @param name of the column; of several with that name the first counts
   * @param row from 0
   * @return true when it is
   * @throws IllegalArgumentException when there is no such column
   * @throws IndexOutOfBoundsException when there is no such row
   */
  public boolean isMissing(String name, int row) {
    return frame.isMissing(Objects.checkIndex(row, Math.toIntExact(rows())), index(name));
  }

  private int index(String name) {
    Objects.requireNonNull(name, "name");
    int index = frame.names().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no column '" + name + "'; columns are " + String.join(", ", frame.names()));
    }
    return index;
  }

  /** Rows and columns, with the names of these. */
  @Override
  public String toString() {
    return "frame " + frame.shape() + " " + frame.names();
  }

  /** A copy of an array as a frame holds it. */
  private record Column(ColumnType type, Object cells, int rows, BitSet missing) {

    static Column of(String name, Object cells) {
      Objects.requireNonNull(name, "name");
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a column needs a name that is not empty");
      }
      return switch (cells) {
        case String[] a -> new Column(ColumnType.STRING, a.clone(), a.length, null);
        case double[] a -> new Column(ColumnType.DOUBLE, a.clone(), a.length, null);
        case long[] a -> new Column(ColumnType.INTEGER, a.clone(), a.length, null);
        case int[] a ->
            new Column(
                ColumnType.INTEGER, Arrays.stream(a).asLongStream().toArray(), a.length, null);
        case boolean[] a -> new Column(ColumnType.BOOLEAN, a.clone(), a.length, null);
        case Double[] a -> numbers(a.clone());
        case Long[] a -> wholes(a.clone());
        case Integer[] a -> wholes(a.clone());
        case Boolean[] a -> truths(a.clone());
        case null, default ->
            throw new IllegalArgumentException(
                "column '"
                    + name
                    + "' must be an array of texts, numbers or truth values, not "
                    + (cells == null ? "null" : cells.getClass().getCanonicalName()));
      };
    }

    private static Column numbers(Double[] cells) {
      double[] numbers = new double[cells.length];
      Arrays.setAll(numbers, row -> cells[row] == null ? Double.NaN : cells[row]);
      return new Column(ColumnType.DOUBLE, numbers, cells.length, missing(cells));
    }

    private static Column wholes(Number[] cells) {
      long[] numbers = new long[cells.length];
      Arrays.setAll(numbers, row -> cells[row] == null ? 0 : cells[row].longValue());
      return new Column(ColumnType.INTEGER, numbers, cells.length, missing(cells));
    }

    private static Column truths(Boolean[] cells) {
      boolean[] flags = new boolean[cells.length];
      for (int row = 0; row < cells.length; row++) {
        flags[row] = cells[row] != null && cells[row];
      }
      return new Column(ColumnType.BOOLEAN, flags, cells.length, missing(cells));
    }

    /** Null when there is none. */
    private static BitSet missing(Object[] cells) {
      BitSet rows = new BitSet();
      for (int row = 0; row < cells.length; row++) {
        if (cells[row] == null) {
          rows.set(row);
        }
      }
      return rows.isEmpty() ? null : rows;
    }
  }
}
