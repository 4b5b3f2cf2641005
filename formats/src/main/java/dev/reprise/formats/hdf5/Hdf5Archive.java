package dev.reprise.formats.hdf5;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.tensors.TensorSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes several matrices as datasets of one HDF5 file; what stands before a dot of a name is a
 * group. The headers and cells of datasets come in the order of the matrices, which a reader can go
 * by, and names within a group in that of their bytes, which the format asks for.
 *
 * <pre>
 *   superblock | for each group: header, tree, heap, names | headers of datasets | cells
 * </pre>
 */
public final class Hdf5Archive {
  /** What is put together before any cell is written: 300,000 matrices, or 50,000 groups of one. */
  private static final long MOST_HEAD_BYTES = 64L << 20;

  private static final Comparator<String> BY_BYTES =
      Comparator.comparing(
          name -> name.getBytes(StandardCharsets.UTF_8), (a, b) -> Arrays.compareUnsigned(a, b));

  private final TensorSource source;
  private final String file;
  private final Group root = new Group();

  /** Groups and numbers of datasets by their names; where it lies is told before it is written. */
  private static final class Group {
    private final Map<String, Group> groups = new TreeMap<>(BY_BYTES);
    private final Map<String, Integer> datasets = new TreeMap<>(BY_BYTES);
    private long address;

    private List<String> names() {
      Map<String, Boolean> all = new TreeMap<>(BY_BYTES);
      groups.keySet().forEach(name -> all.put(name, true));
      datasets.keySet().forEach(name -> all.put(name, false));
      return List.copyOf(all.keySet());
    }
  }

  private Hdf5Archive(TensorSource source, String file) {
    this.source = source;
    this.file = file;
  }

  /**
   * Writes the matrices.
   *
   * @param file for messages
   */
  public static void write(TensorSource source, FileChannel channel, String file)
      throws IOException {
    new Hdf5Archive(source, file).write(channel);
  }

  private void write(FileChannel channel) throws IOException {
    List<TensorSource.Head> heads = source.heads();
    for (int i = 0; i < heads.size(); i++) {
      add(heads.get(i).name(), i);
    }
    long at = place(root, Hdf5Output.SUPERBLOCK_BYTES);
    long[] headers = new long[heads.size()];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = at;
      at += header(heads.get(i), 0).limit();
    }
    if (at > MOST_HEAD_BYTES) {
      throw new FormatException(
          file,
          "the names of "
              + headers.length
              + " matrices need "
              + at
              + " bytes, and at most "
              + MOST_HEAD_BYTES
              + " are written here; write several lists");
    }
    ByteBuffer head = Hdf5Output.message((int) at);
    long end = at;
    for (TensorSource.Head one : heads) {
      end += bytes(one);
    }
    Hdf5Output.putSuperblock(head, end);
    putGroup(head, root, headers);
    for (int i = 0; i < headers.length; i++) {
      head.position((int) headers[i]).put(header(heads.get(i), at));
      at += bytes(heads.get(i));
    }
    Hdf5Output.put(channel, head.rewind());
    for (int i = 0; i < headers.length; i++) {
      source.lend(i, cells -> Hdf5Output.writeCells(cells, channel));
    }
  }

  private static long bytes(TensorSource.Head one) {
    return Hdf5Output.bytes(one.rows(), one.cols(), one.precision());
  }

  private static ByteBuffer header(TensorSource.Head one, long start) {
    ByteBuffer layout = Hdf5Output.contiguous(start, bytes(one));
    return Hdf5Output.header(one.rows(), one.cols(), one.precision(), List.of(layout));
  }

  private void add(String name, int number) {
    List<String> path = path(name);
    Group group = root;
    for (int i = 0; i < path.size() - 1; i++) {
      if (group.datasets.containsKey(path.get(i))) {
        throw clash(String.join(".", path.subList(0, i + 1)), name);
      }
      group = group.groups.computeIfAbsent(path.get(i), key -> new Group());
    }
    String last = path.getLast();
    if (group.groups.containsKey(last)) {
      throw clash(name, name + "." + group.groups.get(last).names().getFirst());
    }
    if (group.datasets.put(last, number) != null) {
      throw new FormatException(
          file, "the list has two matrices of the name \"" + name + "\"; rename one");
    }
  }

  /** What is before a dot, which is the group, and what is behind it. */
  private List<String> path(String name) {
    List<String> parts = List.of(name.split("\\.", -1));
    if (name.contains("/") || name.contains("\0") || parts.contains("")) {
      throw new FormatException(
          file,
          "the element \""
              + name
              + "\" of the list cannot be a dataset of hdf5, where dots part groups; its name must"
              + " have no slash, and something before and behind each dot: rename it");
    }
    return parts;
  }

  private FormatException clash(String matrix, String inner) {
    return new FormatException(
        file,
        "the list has a matrix \""
            + matrix
            + "\" and, in a group of this name, \""
            + inner
            + "\"; hdf5 has one or the other, so rename one");
  }

  /** Gives a group, and those within it after it, their places; returns where they end. */
  private long place(Group group, long start) {
    group.address = start;
    int names = group.groups.size() + group.datasets.size();
    long at = start + namesPlace(group) + NameTree.bytes(names);
    for (Group inner : group.groups.values()) {
      at = place(inner, at);
    }
    return at;
  }

  private static long heapPlace() {
    return Hdf5Output.GROUP_HEADER_BYTES + Hdf5Output.TREE_BYTES;
  }

  private static long namesPlace(Group group) {
    return heapPlace() + Hdf5Output.HEAP_BYTES + heapBytes(group.names());
  }

  private static long heapBytes(List<String> names) {
    return 8 + names.stream().mapToLong(name -> heapBytes(utf8(name))).sum();
  }

  private static byte[] utf8(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** The empty name, then all names, each with a zero behind it and padded to 8 bytes. */
  private static byte[] heap(Group group) {
    ByteArrayOutputStream heap = new ByteArrayOutputStream();
    heap.writeBytes(new byte[8]);
    for (String name : group.names()) {
      byte[] utf8 = utf8(name);
      heap.writeBytes(Arrays.copyOf(utf8, heapBytes(utf8)));
    }
    return heap.toByteArray();
  }

  private static int heapBytes(byte[] utf8) {
    return (utf8.length / 8 + 1) * 8;
  }

  private void putGroup(ByteBuffer head, Group group, long[] headers) {
    byte[] heap = heap(group);
    List<String> names = group.names();
    long tree = group.address + Hdf5Output.GROUP_HEADER_BYTES;
    long heapAt = group.address + heapPlace();
    head.position((int) group.address);
    Hdf5Output.putPrefix(head, 1, 24);
    Hdf5Output.putMessage(head, 0x11, Hdf5Output.message(16).putLong(tree).putLong(heapAt));
    long[] offsets = new long[names.size()];
    long offset = 8;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += heapBytes(utf8(names.get(i)));
    }
    NameTree nodes = new NameTree(offsets, tree, group.address + namesPlace(group));
    nodes.put(head);
    head.position((int) heapAt);
    Hdf5Output.put(head, "HEAP").putInt(0).putLong(heap.length).putLong(1);
    head.putLong(heapAt + Hdf5Output.HEAP_BYTES).put(heap);
    for (int i = 0; i < offsets.length; i++) {
      Group inner = group.groups.get(names.get(i));
      long address = inner == null ? headers[group.datasets.get(names.get(i))] : inner.address;
      head.position((int) nodes.entry(i));
      Hdf5Output.putEntry(head, offsets[i], address, inner != null);
    }
    for (Group inner : group.groups.values()) {
      putGroup(head, inner, headers);
    }
  }
}
