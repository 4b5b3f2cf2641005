package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Numbers that loops count, and what the arithmetic of indices makes of them and of sizes.
 *
 * <pre>
 *   n = ceil(nrow(X) / 32)            traced: n follows from X
 *   for (i in 1:1000) {               counted
 *     b = (i - 1) %% n                counted: a literal, though n is none
 *     B = X[b * 32 + 1, ]             the same slice each time that b is the same
 *   }
 * </pre>
 *
 * <p>A number computed from a literal and a size keeps its history, so that a trace can be executed
 * again on a file with more rows. In a loop that would help nobody: how often it runs, and which
 * rows each iteration takes, is what it was in a trace anyway. So what is computed from a counted
 * number and sizes is a literal, and slices of batches are found in the next epoch.
 */
public final class CountedNumbers {
  private static final Set<String> SIZES = Set.of("nrow", "ncol", "length");

  /** What indices are computed with; a learning rate that falls with i / n keeps its history. */
  private static final Set<String> INDEX_ARITHMETIC =
      Set.of("+", "-", "*", "%%", "%/%", "pmin", "pmax");

  /** What may lie between sizes and a number of batches. */
  private static final Set<String> SIZE_ARITHMETIC =
      Set.of(
          "+", "-", "*", "/", "%%", "%/%", "pmin", "pmax", "ceil", "floor", "round", "as.integer");

  /** Larger histories of a number are not looked through. */
  private static final int MOST_NODES = 16;

  private CountedNumbers() {}

  public static boolean isIndexArithmetic(Operation operation) {
    return INDEX_ARITHMETIC.contains(operation.name());
  }

  /** True for what answers with a size. */
  public static boolean isSize(Operation operation) {
    return SIZES.contains(operation.name());
  }

  /** True for a number whose history has nothing but sizes, literals and arithmetic; a literal. */
  public static boolean isOfSizes(LineageItem item) {
    return isOfSizes(new NumberHistory.OfItem(item));
  }

  public static boolean isOfSizes(NumberHistory number) {
    return leftOfSizes(number, MOST_NODES) > 0;
  }

  /**
   * How many nodes the history of a number has that is of sizes; 0 when it is not. Two numbers that
   * have this in common are, or are not, of sizes in whatever is computed with them.
   */
  public static int nodesOfSizes(LineageItem item) {
    int left = leftOfSizes(new NumberHistory.OfItem(item), MOST_NODES);
    return left > 0 ? MOST_NODES - left : 0;
  }

  /**
   * What is left of the nodes that may be looked at, or 0 when there is something else in the
   * history, or too much.
   */
  private static int leftOfSizes(NumberHistory number, int most) {
    if (number.isLiteral() || most <= 1) {
      return most - 1;
    }
    Operation operation = number.operation();
    if (operation == null) {
      return 0;
    }
    if (isSize(operation)) {
      return most - 1;
    }
    if (!SIZE_ARITHMETIC.contains(operation.name())) {
      return 0;
    }
    int left = most - 1;
    // Last first: in "total + sum(x)" that is what is new, and total is as long as the loop.
    for (int i = number.inputCount() - 1; i >= 0 && left > 0; i--) {
      left = leftOfSizes(number.input(i), left);
    }
    return left;
  }

  /** As {@link #mark}, with literals that the script gives a name: a counter begins as one. */
  public static void markFirst(Activation activation, LineageItem[] items, int[] written) {
    mark(activation, items, written);
    for (int slot : written) {
      LineageItem item = items[slot];
      if (item != null && item.isLiteral()) {
        items[slot] = item.asCounted();
      }
    }
  }

  /**
   * Marks what a loop carries on: literals are counted, and so are numbers that follow from sizes.
   * What else it carries follows from more than sizes. A constant that a script has given a name
   * keeps that, and is counted as one without: names are no part of keys, so nothing else that is
   * traced may depend on them.
   *
   * @param written slots of the loop
   */
  public static void mark(Activation activation, LineageItem[] items, int[] written) {
    for (int slot : written) {
      LineageItem item = items[slot];
      if (item != null
          && !item.isCounted()
          && activation.values[slot] instanceof Scalar value
          && isOfSizes(item)) {
        items[slot] = item.isLiteral() ? item.asCounted() : LineageItem.counted(value);
      }
    }
  }
}
