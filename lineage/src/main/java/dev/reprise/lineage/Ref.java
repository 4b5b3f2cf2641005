package dev.reprise.lineage;

/**
 * What an operand or output of a patch refers to, packed into an int: a kind and an index.
 *
 * <pre>
 *   NODE k      the result of node k of the same patch
 *   CARRIED c   the carried variable c as the iteration found it
 *   OUTER o     an item that is the same in all iterations of a run
 *   VALUE v     value v of the patch: a constant, or the entry of a column
 *   INNER i     entry i of the patch's table of (inner run, carried variable at its end)
 *   ABSENT      nothing: a variable without value, or a literal that needs no trace
 * </pre>
 */
final class Ref {
  static final int NODE = 0;
  static final int CARRIED = 1;
  static final int OUTER = 2;
  static final int VALUE = 3;
  static final int INNER = 4;
  static final int ABSENT = 5 << 28;

  private static final int INDEX_BITS = 28;
  private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

  private Ref() {}

  static int of(int kind, int index) {
    return kind << INDEX_BITS | index;
  }

  static int kind(int ref) {
    return ref >>> INDEX_BITS;
  }

  static int index(int ref) {
    return ref & INDEX_MASK;
  }
}
