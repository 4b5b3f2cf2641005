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
  /** Names of a group that one table of names can have, whose number is of two bytes. */
  private static final int MOST_NAMES = 65_534;

  private static final Comparator<String> BY_BYTES =
      Comparator.comparing(
          name -> name.getBytes(StandardCharsets.UTF_8), (a, b) -> Arrays.compareUnsigned(a, b));

  private final TensorSource source;
  private final String file;
  private final Group root = new Group();
  private int mostNames = 8;

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
    ByteBuffer head = Hdf5Output.message(Math.toIntExact(at));
    long end = at;
    for (TensorSource.Head one : heads) {
      end += bytes(one);
    }
    Hdf5Output.putSuperblock(head, mostNames / 2, end);
    putGroup(head, root, headers);
    for (TensorSource.Head one : heads) {
      head.put(header(one, at));
      at += bytes(one);
    }
    Hdf5Output.put(channel, head.flip());
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
    List<String> path = Hdf5Output.path(name.replace('.', '/'), file);
    Group group = root;
    for (String part : path.subList(0, path.size() - 1)) {
      if (group.datasets.containsKey(part)) {
        throw clash(name, part);
      }
      group = group.groups.computeIfAbsent(part, key -> new Group());
    }
    String last = path.getLast();
    if (group.groups.containsKey(last) || group.datasets.put(last, number) != null) {
      throw clash(name, last);
    }
    int names = group.groups.size() + group.datasets.size();
    if (names > MOST_NAMES) {
      throw new FormatException(
          file,
          "a group of hdf5 has at most " + MOST_NAMES + " names here; use lists within lists");
    }
    mostNames = Math.max(mostNames, names + names % 2);
  }

  private FormatException clash(String name, String part) {
    return new FormatException(
        file,
        "the names of the list make \""
            + part
            + "\" of \""
            + name
            + "\" twice, as a group (what is before a dot) and as a matrix; rename one");
  }

  /** Gives a group, and those within it after it, their places; returns where they end. */
  private long place(Group group, long start) {
    group.address = start;
    long at = start + namesPlace(group) + namesBytes();
    for (Group inner : group.groups.values()) {
      at = place(inner, at);
    }
    return at;
  }

  private static long heapPlace() {
    return Hdf5Output.GROUP_HEADER_BYTES + Hdf5Output.TREE_BYTES;
  }

  private static long namesPlace(Group group) {
    return heapPlace() + Hdf5Output.HEAP_BYTES + heap(group).length;
  }

  private long namesBytes() {
    return 8 + mostNames * 40L;
  }

  /** The empty name, then all names, each with a zero behind it and padded to 8 bytes. */
  private static byte[] heap(Group group) {
    ByteArrayOutputStream heap = new ByteArrayOutputStream();
    heap.writeBytes(new byte[8]);
    for (String name : group.names()) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
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
    long namesAt = group.address + namesPlace(group);
    head.position((int) group.address);
    Hdf5Output.putPrefix(head, 1, 24);
    Hdf5Output.putMessage(head, 0x11, Hdf5Output.message(16).putLong(tree).putLong(heapAt));
    long last = 0;
    long[] offsets = new long[names.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i == 0 ? 8 : last + heapBytes(names.get(i - 1).getBytes(StandardCharsets.UTF_8));
      last = offsets[i];
    }
    Hdf5Output.put(head, "TREE").putShort((short) 0).putShort((short) (names.isEmpty() ? 0 : 1));
    head.putLong(Hdf5Output.UNDEFINED).putLong(Hdf5Output.UNDEFINED).putLong(0);
    head.putLong(namesAt).putLong(last);
    head.position((int) heapAt);
    Hdf5Output.put(head, "HEAP").putInt(0).putLong(heap.length).putLong(1);
    head.putLong(heapAt + Hdf5Output.HEAP_BYTES).put(heap);
    Hdf5Output.put(head, "SNOD").put((byte) 1).put((byte) 0).putShort((short) names.size());
    for (int i = 0; i < offsets.length; i++) {
      Group inner = group.groups.get(names.get(i));
      long address = inner == null ? headers[group.datasets.get(names.get(i))] : inner.address;
      Hdf5Output.putEntry(head, offsets[i], address, inner != null);
    }
    head.position((int) (namesAt + namesBytes()));
    for (Group inner : group.groups.values()) {
      putGroup(head, inner, headers);
    }
  }
}
