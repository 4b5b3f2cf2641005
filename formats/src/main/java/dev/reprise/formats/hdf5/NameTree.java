package dev.reprise.formats.hdf5;

import java.nio.ByteBuffer;

/**
 * The B-tree by which the names of a group are found: tables of a few names, and nodes above them.
 * A node says of each child what its last name is, and before the first one what is before it.
 *
 * <pre>
 *   root (at a place of its own) ... | tables of names | nodes above them, level by level
 * </pre>
 */
final class NameTree {
  private static final int NAMES = 2 * Hdf5Output.LEAF_ENTRIES;
  private static final int CHILDREN = 2 * Hdf5Output.INTERNAL_ENTRIES;

  private final long[] names;
  private final long root;
  private final long tables;

  /**
   * @param names where each is in the heap, in their order
   * @param root where the root is
   * @param tables where the tables and all other nodes are
   */
  NameTree(long[] names, long root, long tables) {
    this.names = names;
    this.root = root;
    this.tables = tables;
  }

  /** What the tree of so many names needs besides its root. */
  static long bytes(long names) {
    long count = parts(names, NAMES);
    long bytes = count * Hdf5Output.NAMES_BYTES;
    while (count > CHILDREN) {
      count = parts(count, CHILDREN);
      bytes += count * Hdf5Output.TREE_BYTES;
    }
    return bytes;
  }

  private static long parts(long all, int each) {
    return (all + each - 1) / each;
  }

  /** Puts the root and the other nodes, and of the tables all but the entries. */
  void put(ByteBuffer head) {
    long children = parts(names.length, NAMES);
    for (int i = 0; i < children; i++) {
      head.position((int) tables + i * Hdf5Output.NAMES_BYTES);
      int count = Math.min(NAMES, names.length - i * NAMES);
      Hdf5Output.put(head, "SNOD").put((byte) 1).put((byte) 0).putShort((short) count);
    }
    long below = tables;
    int bytesBelow = Hdf5Output.NAMES_BYTES;
    long namesBelow = NAMES;
    int level = 0;
    while (children > CHILDREN) {
      long start = below + children * bytesBelow;
      long count = parts(children, CHILDREN);
      for (long i = 0; i < count; i++) {
        long address = start + i * Hdf5Output.TREE_BYTES;
        head.position((int) address);
        long left = i == 0 ? Hdf5Output.UNDEFINED : address - Hdf5Output.TREE_BYTES;
        long right = i == count - 1 ? Hdf5Output.UNDEFINED : address + Hdf5Output.TREE_BYTES;
        long end = Math.min(children, (i + 1) * CHILDREN);
        putPrefix(head, level, end - i * CHILDREN, left, right);
        putChildren(head, i * CHILDREN, end, below, bytesBelow, namesBelow);
      }
      below = start;
      bytesBelow = Hdf5Output.TREE_BYTES;
      namesBelow *= CHILDREN;
      children = count;
      level++;
    }
    head.position((int) root);
    putPrefix(head, level, children, Hdf5Output.UNDEFINED, Hdf5Output.UNDEFINED);
    putChildren(head, 0, children, below, bytesBelow, namesBelow);
  }

  private static void putPrefix(ByteBuffer head, int level, long children, long left, long right) {
    Hdf5Output.put(head, "TREE").put((byte) 0).put((byte) level).putShort((short) children);
    head.putLong(left).putLong(right);
  }

  private void putChildren(
      ByteBuffer head, long from, long end, long below, int bytesBelow, long namesBelow) {
    head.putLong(from == 0 ? 0 : names[(int) (from * namesBelow - 1)]);
    for (long i = from; i < end; i++) {
      long last = Math.min(names.length, (i + 1) * namesBelow) - 1;
      head.putLong(below + i * bytesBelow).putLong(names[(int) last]);
    }
  }

  /** Where the entry of a name is. */
  long entry(int name) {
    return tables + (long) (name / NAMES) * Hdf5Output.NAMES_BYTES + 8 + name % NAMES * 40L;
  }
}
