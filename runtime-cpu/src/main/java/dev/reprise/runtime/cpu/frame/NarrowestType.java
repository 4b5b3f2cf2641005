package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.ColumnType.BOOLEAN;
import static dev.reprise.runtime.ColumnType.CHARACTER;
import static dev.reprise.runtime.ColumnType.DOUBLE;
import static dev.reprise.runtime.ColumnType.FP32;
import static dev.reprise.runtime.ColumnType.HASH32;
import static dev.reprise.runtime.ColumnType.HASH64;
import static dev.reprise.runtime.ColumnType.INT32;
import static dev.reprise.runtime.ColumnType.INTEGER;
import static dev.reprise.runtime.ColumnType.STRING;

import dev.reprise.runtime.ColumnType;
import java.util.regex.Pattern;

/**
 * Sees the cells of a column of texts one after another and tells the narrowest type that all of
 * them fit. Truth values are words or 0 and 1; words among numbers make the column text. A hash is
 * 4 to 16 hexadecimal digits in lower case that are no number.
 */
final class NarrowestType {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{4,16}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private ColumnType type;
  private boolean words;
  private boolean gap;

  /** Null while all cells are missing. */
  ColumnType type() {
    return type;
  }

  boolean sawGap() {
    return gap;
  }

  /** Takes one cell, null or empty when missing; false when the column can only be text. */
  boolean take(String cell) {
    if (cell == null || cell.isEmpty()) {
      gap = true;
      return true;
    }
    type = type == null ? first(cell) : next(cell);
    return type != STRING;
  }

  private ColumnType first(String cell) {
    words = isWord(cell);
    ColumnType number = words ? BOOLEAN : number(cell);
    if (number != null) {
      return number;
    }
    if (cell.codePointCount(0, cell.length()) == 1) {
      return CHARACTER;
    }
    return HASH.matcher(cell).matches() ? hash(cell) : STRING;
  }

  private ColumnType next(String cell) {
    switch (type) {
      case CHARACTER -> {
        return cell.codePointCount(0, cell.length()) == 1 ? CHARACTER : STRING;
      }
      case HASH32, HASH64 -> {
        boolean isHash = HASH.matcher(cell).matches();
        return !isHash ? STRING : type == HASH64 ? HASH64 : hash(cell);
      }
      default -> {
        boolean word = isWord(cell);
        ColumnType other = word ? BOOLEAN : number(cell);
        if (other == null || word && type != BOOLEAN || words && other != BOOLEAN) {
          return STRING;
        }
        words |= word;
        return CommonType.of(type, other);
      }
    }
  }

  private static ColumnType hash(String cell) {
    return cell.length() <= 8 ? HASH32 : HASH64;
  }

  private static boolean isWord(String cell) {
    return switch (cell.length()) {
      case 1 -> "TtFf".indexOf(cell.charAt(0)) >= 0;
      case 4 -> cell.equalsIgnoreCase("true");
      case 5 -> cell.equalsIgnoreCase("false");
      default -> false;
    };
  }

  /** The narrowest type of a number; null for what is none. */
  private static ColumnType number(String cell) {
    switch (cell) {
      case "0", "1" -> {
        return BOOLEAN;
      }
      case "NaN", "nan", "NAN", "Inf", "inf", "-Inf", "-inf", "Infinity", "-Infinity" -> {
        return FP32;
      }
      default -> {
        char start = cell.charAt(0);
        boolean digits = start >= '0' && start <= '9' || "+-.".indexOf(start) >= 0;
        return digits && NUMBER.matcher(cell).matches() ? numberType(cell) : null;
      }
    }
  }

  private static ColumnType numberType(String cell) {
    double value = Double.parseDouble(cell);
    boolean plain = cell.indexOf('e') < 0 && cell.indexOf('E') < 0 && cell.charAt(0) != '+';
    if (plain && value == Math.rint(value) && Math.abs(value) < 0x1p63) {
      return value == (int) value ? INT32 : INTEGER;
    }
    return FrameCasts.isSingle(value) && isSafeInFloats(cell, value) ? FP32 : DOUBLE;
  }

  /**
   * True for short texts and numbers of middle size, as in SystemDS: an amount such as 10181.57
   * prints the same as a float, but a column of such amounts that became floats would no longer add
   * up.
   */
  private static boolean isSafeInFloats(String cell, double value) {
    boolean negative = cell.charAt(0) == '-';
    if (cell.length() <= (negative ? 8 : 7)) {
      return true;
    }
    boolean scaled = cell.indexOf('e') >= 0 || cell.indexOf('E') >= 0;
    return !negative && value < 1e4 && (scaled || value >= 1e-3);
  }
}
