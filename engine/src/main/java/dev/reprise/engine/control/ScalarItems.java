package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;

/**
 * The lineage of scalars that are computed from scalars. What follows from literals alone is itself
 * a literal: an index computed from a loop variable is the same index however it was computed, so
 * values that depend on it are found again; and loops over scalars grow no trace. So is what {@link
 * CountedNumbers} says.
 */
public final class ScalarItems {
  private ScalarItems() {}

  /** The item of what was computed from two scalars. */
  public static LineageItem of(
      Operation operation, LineageItem left, LineageItem right, Scalar result) {
    boolean counted = left.isCounted() || right.isCounted();
    if (left.isLiteral() && right.isLiteral()) {
      return counted ? LineageItem.counted(result) : LineageItem.literal(result);
    }
    return counted
            && CountedNumbers.isIndexArithmetic(operation)
            && CountedNumbers.isOfSizes(left.isLiteral() ? right : left)
        ? LineageItem.counted(result)
        : LineageItem.of(operation, left, right);
  }

  /** The item of what was computed from one scalar. */
  public static LineageItem of(Operation operation, LineageItem input, Scalar result) {
    if (!input.isLiteral()) {
      return LineageItem.of(operation, input);
    }
    return input.isCounted() ? LineageItem.counted(result) : LineageItem.literal(result);
  }
}
