package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;

/**
 * What the iterations that take one path trace, found from their instructions alone: operations
 * over symbols instead of items. Whoever makes one knows that every iteration that starts alike and
 * takes the path would make just these items; equal symbols are equal items.
 *
 * <pre>
 *   VARIABLE c   what carried variable c held before the iteration; several may hold the same
 *   OUTER o      what the variable in slot o holds, which the loop does not write
 *   NODE j       the result of operation j
 *   POOL p       a literal whose value is at place p of the iteration's pool
 *   FIXED k      item k of a list that never changes, a literal
 *   NONE         no value
 * </pre>
 *
 * @param starts symbols of the carried variables before an iteration
 * @param ends symbols of the carried variables after it
 * @param operations in order
 * @param operands symbols of the operations' inputs
 * @param fixed what FIXED refers to
 * @param items of all variables by slot, as far as the loop does not write them
 */
public record PathShape(
    int[] starts,
    int[] ends,
    Operation[] operations,
    int[][] operands,
    LineageItem[] fixed,
    LineageItem[] items) {
  public static final int NONE = -1;

  private static final int VARIABLE = 0;
  private static final int OUTER = 1;
  private static final int NODE = 2;
  private static final int POOL = 3;
  private static final int FIXED = 4;
  private static final int BITS = 28;

  public static int variable(int carried) {
    return VARIABLE << BITS | carried;
  }

  public static int outer(int slot) {
    return OUTER << BITS | slot;
  }

  public static int node(int operation) {
    return NODE << BITS | operation;
  }

  public static int pool(int place) {
    return POOL << BITS | place;
  }

  public static int fixed(int item) {
    return FIXED << BITS | item;
  }

  public static boolean isVariable(int symbol) {
    return symbol != NONE && symbol >>> BITS == VARIABLE;
  }

  public static boolean isOuter(int symbol) {
    return symbol != NONE && symbol >>> BITS == OUTER;
  }

  public static boolean isNode(int symbol) {
    return symbol != NONE && symbol >>> BITS == NODE;
  }

  public static boolean isPool(int symbol) {
    return symbol != NONE && symbol >>> BITS == POOL;
  }

  public static boolean isFixed(int symbol) {
    return symbol != NONE && symbol >>> BITS == FIXED;
  }

  public static int index(int symbol) {
    return symbol & (1 << BITS) - 1;
  }

  /** True for what a trace has as a literal. */
  boolean isLiteral(int symbol) {
    return isPool(symbol) || isFixed(symbol) || (isOuter(symbol) && item(symbol).isLiteral());
  }

  /** The item that an OUTER or FIXED stands for. */
  LineageItem item(int symbol) {
    return isFixed(symbol) ? fixed[index(symbol)] : items[index(symbol)];
  }

  /** True when no variable gets a traced value that it did not hold: such a path stores nothing. */
  boolean isIdle() {
    for (int c = 0; c < ends.length; c++) {
      if (ends[c] != NONE && ends[c] != starts[c] && !isLiteral(ends[c])) {
        return false;
      }
    }
    return true;
  }
}
