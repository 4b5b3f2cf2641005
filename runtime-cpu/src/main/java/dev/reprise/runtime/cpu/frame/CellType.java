package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;

/** Whether single texts fit column types. */
final class CellType {
  private CellType() {}

  /** True when a column of the type can hold the text, by the rules of {@code detectSchema}. */
  static boolean fits(String text, ColumnType type) {
    if (text == null || text.isEmpty() || type == ColumnType.STRING) {
      return true;
    }
    NarrowestType narrowest = new NarrowestType();
    narrowest.take(text);
    ColumnType found = narrowest.type();
    boolean word = Character.isLetter(text.charAt(0)) && found == ColumnType.BOOLEAN;
    return switch (type.storage()) {
      case STRING -> text.codePointCount(0, text.length()) == 1;
      case BOOLEAN -> found == ColumnType.BOOLEAN;
      case DOUBLE -> !word && isNumber(found);
      case INTEGER ->
          isHash(type)
              ? text.matches("[0-9a-fA-F]{1,16}")
              : !word && isWhole(found) && type.holds((long) Double.parseDouble(text));
    };
  }

  private static boolean isHash(ColumnType type) {
    return type == ColumnType.HASH32 || type == ColumnType.HASH64;
  }

  private static boolean isNumber(ColumnType type) {
    return isWhole(type) || type == ColumnType.FP32 || type == ColumnType.DOUBLE;
  }

  private static boolean isWhole(ColumnType type) {
    return type == ColumnType.BOOLEAN || type == ColumnType.INT32 || type == ColumnType.INTEGER;
  }
}
