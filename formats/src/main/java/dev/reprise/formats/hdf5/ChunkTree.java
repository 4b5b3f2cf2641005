package dev.reprise.formats.hdf5;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The tree that says where each chunk lies: leaves, then nodes of up to 64 nodes each. */
final class ChunkTree {
  /** Twice what version 0 of the superblock takes for granted. */
  private static final int MOST_CHILDREN = 64;

  private static final int KEY_BYTES = 32;
  private static final int NODE_BYTES =
      24 + (MOST_CHILDREN + 1) * KEY_BYTES + MOST_CHILDREN * Long.BYTES;

  /**
   * A chunk, or a node with the first chunk that it leads to.
   *
   * @param row that it begins with
   * @param bytes that it takes in the file
   */
  record Chunk(long row, long col, int bytes, long address) {}

  private final List<ByteBuffer> nodes = new ArrayList<>();
  private long root;

  /**
   * @param chunks in order
   * @param start where the tree begins in the file
   */
  ChunkTree(ChunkGrid grid, List<Chunk> chunks, long start) {
    Chunk last = chunks.getLast();
    Chunk end = new Chunk(last.row() + grid.rows(), last.col() + grid.cols(), 0, 0);
    List<Chunk> level = chunks;
    int height = 0;
    do {
      level = above(level, height++, end, start + (long) nodes.size() * NODE_BYTES);
    } while (level.size() > 1);
    root = level.getFirst().address();
  }

  /** Makes the nodes of a level; returns them as children of the next. */
  private List<Chunk> above(List<Chunk> children, int height, Chunk end, long start) {
    List<Chunk> made = new ArrayList<>();
    for (int from = 0; from < children.size(); from += MOST_CHILDREN) {
      int to = Math.min(children.size(), from + MOST_CHILDREN);
      long address = start + (long) made.size() * NODE_BYTES;
      long left = from == 0 ? Hdf5Output.UNDEFINED : address - NODE_BYTES;
      long right = to == children.size() ? Hdf5Output.UNDEFINED : address + NODE_BYTES;
      ByteBuffer node = Hdf5Output.message(NODE_BYTES);
      Hdf5Output.put(node, "TREE").put((byte) 1).put((byte) height).putShort((short) (to - from));
      node.putLong(left).putLong(right);
      for (Chunk child : children.subList(from, to)) {
        putKey(node, child).putLong(child.address());
      }
      putKey(node, to == children.size() ? end : children.get(to));
      nodes.add(node.clear());
      Chunk first = children.get(from);
      made.add(new Chunk(first.row(), first.col(), first.bytes(), address));
    }
    return made;
  }

  private ByteBuffer putKey(ByteBuffer node, Chunk chunk) {
    return node.putInt(chunk.bytes())
        .putInt(0)
        .putLong(chunk.row())
        .putLong(chunk.col())
        .putLong(0);
  }

  /** Where the node is that leads to all others. */
  long root() {
    return root;
  }

  /** In the order of their places. */
  List<ByteBuffer> nodes() {
    return nodes;
  }
}
