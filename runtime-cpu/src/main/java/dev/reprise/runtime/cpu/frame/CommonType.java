package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import java.util.List;

/** The narrowest column type that holds the cells of two types. */
final class CommonType {
  // Each holds all values of those before it, but for FP32 and FP64, which may round large ones.
  private static final List<ColumnType> WIDENING =
      List.of(
          ColumnType.BOOLEAN,
          ColumnType.UINT4,
          ColumnType.UINT8,
          ColumnType.INT32,
          ColumnType.INTEGER,
          ColumnType.FP32,
          ColumnType.DOUBLE);

  private CommonType() {}

  /** Numbers widen; a number and a text, a text and a hash become text. */
  static ColumnType of(ColumnType left, ColumnType right) {
    if (left == right) {
      return left;
    }
    int a = WIDENING.indexOf(left);
    int b = WIDENING.indexOf(right);
    if (a >= 0 && b >= 0) {
      boolean rounds = left == ColumnType.INTEGER || right == ColumnType.INTEGER;
      ColumnType wider = WIDENING.get(Math.max(a, b));
      return rounds && wider == ColumnType.FP32 ? ColumnType.DOUBLE : wider;
    }
    return isHash(left) && isHash(right) ? ColumnType.HASH64 : ColumnType.STRING;
  }

  private static boolean isHash(ColumnType type) {
    return type == ColumnType.HASH64 || type == ColumnType.HASH32;
  }
}
