package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * One column of a frame in the making; owned by the kernel that makes it until {@link FrameBuilder}
 * takes it over. Cells begin as missing text, zero or false.
 */
final class Column {
  private final ColumnType type;
  private final Object cells;
  private BitSet missing;

  Column(ColumnType type, int rows) {
    this.type = type;
    this.cells =
        switch (type.storage()) {
          case STRING -> new String[rows];
          case DOUBLE -> new double[rows];
          case INTEGER -> new long[rows];
          case BOOLEAN -> new boolean[rows];
        };
  }

  /** A column around a complete array, which it takes over. */
  Column(ColumnType type, Object cells, BitSet missing) {
    this.type = type;
    this.cells = cells;
    this.missing = missing;
  }

  ColumnType type() {
    return type;
  }

  Object cells() {
    return cells;
  }

  /** Rows of missing cells, or null; of a column of texts always null. */
  BitSet missing() {
    return missing;
  }

  /**
   * Copies a run of cells from a column of any type. Numbers are converted as casts do, so a whole
   * number loses what stands behind its point.
   *
   * @throws OperandException when a text stands for no value of this type
   */
  void copy(Frame source, int col, int from, int to, int count) {
    if (source.schema().get(col).storage() == type.storage() && holdsAllOf(source, col)) {
      source.copyCells(col, from, cells, to, count);
      copyMissing(source.missing(col), from, to, count);
      return;
    }
    String name = source.names().get(col);
    for (int i = 0; i < count; i++) {
      if (source.isMissing(from + i, col)) {
        setMissing(to + i);
      } else {
        convert(source, col, from + i, to + i, name);
      }
    }
  }

  /** Copies the cells of chosen rows, in their order; the source has this column's type. */
  void pick(Frame source, int col, int[] rows) {
    switch (type.storage()) {
      case STRING -> {
        String[] from = source.strings(col);
        Arrays.setAll((String[]) cells, r -> from[rows[r]]);
      }
      case DOUBLE -> {
        double[] from = source.doubles(col);
        Arrays.setAll((double[]) cells, r -> from[rows[r]]);
      }
      case INTEGER -> {
        long[] from = source.integers(col);
        Arrays.setAll((long[]) cells, r -> from[rows[r]]);
      }
      case BOOLEAN -> {
        boolean[] from = source.booleans(col);
        for (int r = 0; r < rows.length; r++) {
          ((boolean[]) cells)[r] = from[rows[r]];
        }
      }
    }
    BitSet gaps = source.missing(col);
    for (int r = 0; gaps != null && r < rows.length; r++) {
      if (gaps.get(rows[r])) {
        setMissing(r);
      }
    }
  }

  /** True when no cell of the source can fall outside this type, so that arrays are copied. */
  private boolean holdsAllOf(Frame source, int col) {
    ColumnType other = source.schema().get(col);
    return other == type
        || type == ColumnType.STRING
        || type == ColumnType.DOUBLE
        || type == ColumnType.INTEGER;
  }

  private void copyMissing(BitSet gaps, int from, int to, int count) {
    if (type.storage() == ColumnType.Storage.STRING) {
      return;
    }
    if (missing != null) {
      missing.clear(to, to + count);
    }
    if (gaps != null) {
      for (int r = gaps.nextSetBit(from); r >= 0 && r < from + count; r = gaps.nextSetBit(r + 1)) {
        setMissing(to + r - from);
      }
    }
  }

  private void convert(Frame source, int col, int from, int to, String name) {
    ColumnType other = source.schema().get(col);
    boolean hash = other == ColumnType.HASH64 || other == ColumnType.HASH32;
    boolean number = other.storage() != ColumnType.Storage.STRING && !hash;
    if (!number || type.storage() == ColumnType.Storage.STRING) {
      set(to, source.textAt(from, col), name);
    } else {
      setNumber(to, source, col, from);
    }
  }

  private void setNumber(int row, Frame source, int col, int from) {
    switch (type.storage()) {
      case DOUBLE -> {
        double value = FrameCells.number(source, from, col);
        ((double[]) cells)[row] = type == ColumnType.FP32 ? (float) value : value;
      }
      case INTEGER -> {
        long value =
            source.schema().get(col).storage() == ColumnType.Storage.INTEGER
                ? source.integers(col)[from]
                : (long) FrameCells.number(source, from, col);
        ((long[]) cells)[row] = checked(value, source.textAt(from, col), source.names().get(col));
      }
      default -> ((boolean[]) cells)[row] = FrameCells.number(source, from, col) != 0;
    }
    clearMissing(row);
  }

  /**
   * Sets one cell from text; null makes it missing, the empty text is zero or false where a type
   * has no such value.
   */
  void set(int row, String text, String name) {
    if (text == null) {
      setMissing(row);
      return;
    }
    clearMissing(row);
    try {
      switch (type.storage()) {
        case STRING -> ((String[]) cells)[row] = type == ColumnType.CHARACTER ? first(text) : text;
        case DOUBLE -> {
          double value = text.isEmpty() ? 0 : FrameCells.parseNumber(text);
          ((double[]) cells)[row] = type == ColumnType.FP32 ? (float) value : value;
        }
        case INTEGER -> ((long[]) cells)[row] = text.isEmpty() ? 0 : whole(text, name);
        case BOOLEAN -> ((boolean[]) cells)[row] = !text.isEmpty() && truth(text);
      }
    } catch (NumberFormatException e) {
      throw cannotHold(text, name);
    }
  }

  private static String first(String text) {
    return text.isEmpty() ? text : text.substring(0, text.offsetByCodePoints(0, 1));
  }

  private static boolean truth(String text) {
    double value = FrameCells.parseNumber(text);
    if (value != 0 && value != 1) {
      throw new NumberFormatException(text);
    }
    return value == 1;
  }

  private long whole(String text, String name) {
    if (type == ColumnType.HASH64 || type == ColumnType.HASH32) {
      return checked(Long.parseUnsignedLong(text.strip(), 16), text, name);
    }
    double value = FrameCells.parseNumber(text);
    if (value != Math.rint(value)) {
      throw new NumberFormatException(text);
    }
    boolean exact = Math.abs(value) < 1L << 53;
    return checked(exact ? (long) value : Long.parseLong(text.strip()), text, name);
  }

  private long checked(long value, String text, String name) {
    if (!type.holds(value)) {
      throw cannotHold(text, name);
    }
    return value;
  }

  private OperandException cannotHold(String text, String name) {
    return new OperandException(
        "column " + name + " has the type " + type.label() + " and cannot hold \"" + text + "\"");
  }

  private void setMissing(int row) {
    switch (type.storage()) {
      case STRING -> {
        ((String[]) cells)[row] = null;
        return;
      }
      case DOUBLE -> ((double[]) cells)[row] = Double.NaN;
      case INTEGER -> ((long[]) cells)[row] = 0;
      case BOOLEAN -> ((boolean[]) cells)[row] = false;
    }
    if (missing == null) {
      missing = new BitSet();
    }
    missing.set(row);
  }

  private void clearMissing(int row) {
    if (missing != null) {
      missing.clear(row);
    }
  }
}
