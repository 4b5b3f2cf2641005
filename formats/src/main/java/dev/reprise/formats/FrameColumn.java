package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import java.util.Arrays;

/**
 * A column of a frame while it is read: takes cells as text, one after another, and ends as the
 * array that a frame holds.
 */
abstract class FrameColumn {
  int size;

  static FrameColumn of(ColumnType type, MissingValues missing) {
    return switch (type.storage()) {
      case STRING -> new Texts(type);
      case DOUBLE -> new Doubles(type, missing);
      case INTEGER -> isHash(type) ? new Hashes(type, missing) : new Integers(type, missing);
      case BOOLEAN -> new Booleans(missing);
    };
  }

  private static boolean isHash(ColumnType type) {
    return type == ColumnType.HASH64 || type == ColumnType.HASH32;
  }

  /**
   * Adds one cell.
   *
   * @param cell the text, or null when empty
   * @param named whether the text is one of the names for a missing value
   * @return null, or what was expected when the text does not fit
   */
  abstract String add(String cell, boolean named);

  /**
   * Adds one cell that is a plain number, straight from its bytes.
   *
   * @return false when the cell must go through {@link #add} instead
   */
  boolean addNumber(byte[] bytes, int from, int end) {
    return false;
  }

  /** The array, exactly as long as cells were added. */
  abstract Object finish();

  private static int grown(int size) {
    return Math.max(16, Math.addExact(size, size >> 1));
  }

  private static String unquoted(String cell) {
    boolean quoted = cell.length() >= 2 && cell.charAt(0) == '"' && cell.endsWith("\"");
    return quoted ? cell.substring(1, cell.length() - 1).strip() : cell;
  }

  private static final class Texts extends FrameColumn {
    private final boolean single;
    private String[] cells = {};

    Texts(ColumnType type) {
      this.single = type == ColumnType.CHARACTER;
    }

    @Override
    String add(String cell, boolean named) {
      if (single && cell != null && cell.codePointCount(0, cell.length()) > 1) {
        return "a single character";
      }
      if (size == cells.length) {
        cells = Arrays.copyOf(cells, grown(size));
      }
      cells[size++] = named ? null : cell;
      return null;
    }

    @Override
    Object finish() {
      return Arrays.copyOf(cells, size);
    }
  }

  private static final class Doubles extends FrameColumn {
    private final MissingValues missing;
    private final DecimalScanner scanner = new DecimalScanner();
    private double[] cells = {};

    private final boolean single;

    Doubles(ColumnType type, MissingValues missing) {
      this.missing = missing;
      this.single = type == ColumnType.FP32;
    }

    @Override
    boolean addNumber(byte[] bytes, int from, int end) {
      double value = scanner.scan(bytes, from, end);
      if (scanner.end != end) {
        return false;
      }
      push(value);
      return true;
    }

    private void push(double value) {
      if (size == cells.length) {
        cells = Arrays.copyOf(cells, grown(size));
      }
      cells[size++] = single ? (float) value : value;
    }

    @Override
    String add(String cell, boolean named) {
      double value = Double.NaN;
      if (cell == null) {
        if (!missing.fill()) {
          return "a number (the cell is empty)";
        }
        value = missing.substitute();
      } else if (!named) {
        String text = unquoted(cell);
        value = NumberText.parse(text);
        if (Double.isNaN(value) && !NumberText.isNaN(text)) {
          return "a number";
        }
      }
      push(value);
      return null;
    }

    @Override
    Object finish() {
      return Arrays.copyOf(cells, size);
    }
  }

  private static final class Integers extends FrameColumn {
    private final MissingValues missing;
    private long[] cells = {};

    private final ColumnType type;

    Integers(ColumnType type, MissingValues missing) {
      this.type = type;
      this.missing = missing;
    }

    @Override
    boolean addNumber(byte[] bytes, int from, int end) {
      if (end == from || end - from > 18) {
        return false;
      }
      long value = 0;
      for (int i = from; i < end; i++) {
        int digit = bytes[i] - '0';
        if (digit < 0 || digit > 9) {
          return false;
        }
        value = value * 10 + digit;
      }
      if (!type.holds(value)) {
        return false;
      }
      push(value);
      return true;
    }

    private void push(long value) {
      if (size == cells.length) {
        cells = Arrays.copyOf(cells, grown(size));
      }
      cells[size++] = value;
    }

    @Override
    String add(String cell, boolean named) {
      long value = 0;
      if (cell == null || named) {
        if (!missing.fill()) {
          return "a whole number (the cell is empty)";
        }
        value = (long) missing.substitute();
      } else {
        String text = unquoted(cell);
        try {
          value = Long.parseLong(text);
        } catch (NumberFormatException e) {
          double fraction = NumberText.parse(text);
          if (fraction != Math.rint(fraction) || Math.abs(fraction) > 1L << 53) {
            return "a whole number";
          }
          value = (long) fraction;
        }
      }
      if (!type.holds(value)) {
        return "a whole number that " + type.label() + " holds";
      }
      push(value);
      return null;
    }

    @Override
    Object finish() {
      return Arrays.copyOf(cells, size);
    }
  }

  private static final class Hashes extends FrameColumn {
    private final ColumnType type;
    private final MissingValues missing;
    private long[] cells = {};

    Hashes(ColumnType type, MissingValues missing) {
      this.type = type;
      this.missing = missing;
    }

    @Override
    String add(String cell, boolean named) {
      long value = 0;
      if (cell != null && !named) {
        try {
          value = Long.parseUnsignedLong(unquoted(cell), 16);
        } catch (NumberFormatException e) {
          return "a hash in hexadecimal digits";
        }
        if (!type.holds(value)) {
          return "a hash of 32 bits";
        }
      } else if (!missing.fill()) {
        return "a hash (the cell is empty)";
      }
      if (size == cells.length) {
        cells = Arrays.copyOf(cells, grown(size));
      }
      cells[size++] = value;
      return null;
    }

    @Override
    Object finish() {
      return Arrays.copyOf(cells, size);
    }
  }

  private static final class Booleans extends FrameColumn {
    private final MissingValues missing;
    private boolean[] cells = {};

    Booleans(MissingValues missing) {
      this.missing = missing;
    }

    @Override
    String add(String cell, boolean named) {
      boolean value = false;
      if (cell == null || named) {
        if (!missing.fill()) {
          return "TRUE or FALSE (the cell is empty)";
        }
        value = missing.substitute() != 0;
      } else {
        switch (unquoted(cell)) {
          case "TRUE", "true", "True", "T", "1" -> value = true;
          case "FALSE", "false", "False", "F", "0" -> value = false;
          default -> {
            return "TRUE or FALSE";
          }
        }
      }
      if (size == cells.length) {
        cells = Arrays.copyOf(cells, grown(size));
      }
      cells[size++] = value;
      return null;
    }

    @Override
    Object finish() {
      return Arrays.copyOf(cells, size);
    }
  }
}
