package dev.reprise.formats.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Finds a name by the trees that files of superblock 0 have, some hundred bytes for each group on
 * the way, where the library reads all that is in a group. What it does not know it does not find.
 */
final class NameSearch implements AutoCloseable {
  static final long NOT_FOUND = -1;

  private static final byte[] SUPERBLOCK = {
    (byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0, 0, 0, 0, 0, 8, 8
  };
  private static final int MOST_LEVELS = 16;
  private static final int GROUP = 1;

  private final FileChannel channel;

  private NameSearch(FileChannel channel) {
    this.channel = channel;
  }

  /** Where the header of what a path leads to is, or {@link #NOT_FOUND}. */
  static long address(Path file, String[] path) {
    try (NameSearch search = new NameSearch(FileChannel.open(file))) {
      return search.address(path);
    } catch (IOException | IllegalArgumentException e) {
      // Cut off or damaged, which the library says in its words.
      return NOT_FOUND;
    }
  }

  private long address(String[] path) throws IOException {
    ByteBuffer head = read(0, Hdf5Output.SUPERBLOCK_BYTES);
    if (!begins(head, SUPERBLOCK) || head.getLong(24) != 0) {
      return NOT_FOUND;
    }
    ByteBuffer entry = head.slice(56, 40).order(ByteOrder.LITTLE_ENDIAN);
    for (String part : path) {
      boolean isGroup = entry != null && entry.getInt(16) == GROUP;
      entry = isGroup ? entry(entry.getLong(24), entry.getLong(32), part) : null;
    }
    return entry == null ? NOT_FOUND : entry.getLong(8);
  }

  /** The entry of a name in a group; null when it is not found. */
  private ByteBuffer entry(long tree, long heap, String part) throws IOException {
    ByteBuffer heapHead = read(heap, Hdf5Output.HEAP_BYTES);
    if (!begins(heapHead, "HEAP")) {
      return null;
    }
    long names = heapHead.getLong(24);
    byte[] name = Arrays.copyOf(part.getBytes(StandardCharsets.UTF_8), utf8Bytes(part) + 1);
    long at = tree;
    for (int i = 0; i < MOST_LEVELS; i++) {
      ByteBuffer node = read(at, 24);
      if (!begins(node, "TREE")) {
        return null;
      }
      int count = Short.toUnsignedInt(node.getShort(6));
      ByteBuffer keys = read(at + 24, 16 * count + 8);
      int child = 0;
      while (child < count && isBehind(name, names + keys.getLong(16 * child + 16))) {
        child++;
      }
      if (child == count) {
        return null;
      }
      at = keys.getLong(16 * child + 8);
      if (node.get(5) == 0) {
        return entryOfTable(at, names, name);
      }
    }
    return null;
  }

  private static int utf8Bytes(String part) {
    return part.getBytes(StandardCharsets.UTF_8).length;
  }

  private ByteBuffer entryOfTable(long table, long names, byte[] name) throws IOException {
    ByteBuffer head = read(table, 8);
    if (!begins(head, "SNOD")) {
      return null;
    }
    for (int i = 0; i < Short.toUnsignedInt(head.getShort(6)); i++) {
      ByteBuffer entry = read(table + 8 + i * 40L, 40);
      if (compare(name, names + entry.getLong(0)) == 0) {
        return entry;
      }
    }
    return null;
  }

  private boolean isBehind(byte[] name, long other) throws IOException {
    return compare(name, other) > 0;
  }

  /** A zero ends both, so that what is behind it does not count. */
  private int compare(byte[] name, long other) throws IOException {
    return Arrays.compareUnsigned(name, read(other, name.length).array());
  }

  private static boolean begins(ByteBuffer bytes, String signature) {
    return begins(bytes, signature.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean begins(ByteBuffer bytes, byte[] signature) {
    return Arrays.equals(bytes.array(), 0, signature.length, signature, 0, signature.length);
  }

  private ByteBuffer read(long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file ends before byte " + (at + bytes));
      }
    }
    return buffer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
