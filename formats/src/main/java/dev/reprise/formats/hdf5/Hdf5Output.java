package dev.reprise.formats.hdf5;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.MatrixRows;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a matrix as one dataset of an HDF5 file ({@link Hdf5Archive}: several), in the format that
 * all versions of the library read (superblock 0; HDF5 File Format Specification 3.0). Equal
 * matrices make equal files: there are no times in them.
 *
 * <pre>
 *   superblock | for each group: header, tree, heap, names | header of the dataset | cells
 *                                                             or chunks of cells | tree of chunks
 * </pre>
 */
public final class Hdf5Output {
  static final long UNDEFINED = -1;

  private static final String ONLY_DATASET = "X";
  static final int SUPERBLOCK_BYTES = 96;
  private static final int BUFFER_BYTES = 1 << 20;

  /** The library's own, which superblock 0 states. */
  static final int LEAF_ENTRIES = 4;

  static final int INTERNAL_ENTRIES = 16;

  private final MatrixOperand matrix;
  private final List<String> path;
  private final FileChannel channel;
  private final String file;
  private final int cellBytes;

  private Hdf5Output(MatrixOperand matrix, List<String> path, FileChannel channel, String file) {
    this.matrix = matrix;
    this.file = file;
    this.path = path;
    this.channel = channel;
    this.cellBytes = matrix.precision().bytesPerCell();
  }

  /**
   * Writes the cells one after the other.
   *
   * @param name path of the dataset within the file; null for {@code X}
   * @param file for messages
   */
  public static void write(MatrixOperand matrix, String name, FileChannel channel, String file)
      throws IOException {
    new Hdf5Output(matrix, path(name, file), channel, file).writeContiguous();
  }

  /** Writes chunks of the cells, each compressed by itself. */
  public static void writeCompressed(
      MatrixOperand matrix, String name, FileChannel channel, String file) throws IOException {
    Hdf5Output output = new Hdf5Output(matrix, path(name, file), channel, file);
    if (matrix.rows() == 0 || matrix.cols() == 0) {
      output.writeContiguous();
    } else {
      output.writeChunks();
    }
  }

  static List<String> path(String name, String file) {
    String given = name == null ? ONLY_DATASET : name;
    List<String> parts =
        Arrays.stream(given.split("/", -1)).skip(given.startsWith("/") ? 1 : 0).toList();
    boolean isPath =
        parts.stream().noneMatch(part -> part.isEmpty() || part.equals(".") || part.contains("\0"));
    if (!isPath) {
      throw new FormatException(
          file, "dataset=\"" + name + "\" is no path within a file, such as X or models/X");
    }
    return parts;
  }

  private void writeContiguous() throws IOException {
    long bytes = bytes(matrix.rows(), matrix.cols(), matrix.precision());
    long start = headBytes(List.of(contiguous(0, 0)));
    put(head(List.of(contiguous(start, bytes)), start + bytes));
    writeCells(matrix, channel);
  }

  static long bytes(long rows, long cols, Precision precision) {
    return Math.multiplyExact(Math.multiplyExact(rows, cols), (long) precision.bytesPerCell());
  }

  /** The layout of cells that lie one after the other. */
  static ByteBuffer contiguous(long start, long bytes) {
    ByteBuffer layout = message(24).put((byte) 3).put((byte) 1);
    return layout.putLong(bytes == 0 ? UNDEFINED : start).putLong(bytes);
  }

  static void writeCells(MatrixOperand matrix, FileChannel channel) throws IOException {
    MatrixRows rows = new MatrixRows(matrix);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long r = 0; r < matrix.rows(); r++) {
      double[] row = rows.row(r);
      for (double cell : row) {
        if (buffer.remaining() < Double.BYTES) {
          put(channel, buffer.flip());
          buffer.clear();
        }
        put(buffer, cell, matrix.precision());
      }
    }
    put(channel, buffer.flip());
  }

  private static void put(ByteBuffer buffer, double cell, Precision precision) {
    if (precision == Precision.FP32) {
      buffer.putFloat((float) cell);
    } else {
      buffer.putDouble(cell);
    }
  }

  private void writeChunks() throws IOException {
    ChunkGrid grid = ChunkGrid.of(matrix.rows(), matrix.cols(), cellBytes);
    ByteBuffer layout = message(24).put((byte) 3).put((byte) 2).put((byte) 3);
    ByteBuffer filters = grid.filters();
    long at = headBytes(List.of(layout, filters));
    needsFile();
    // The head says where the tree of chunks is, which is known at the end.
    put(ByteBuffer.allocate(Math.toIntExact(at)));
    List<ChunkTree.Chunk> chunks = new ArrayList<>();
    MatrixRows rows = new MatrixRows(matrix);
    try (ChunkCompressor compressor = new ChunkCompressor(grid)) {
      for (long first = 0; first < matrix.rows(); first += grid.rows()) {
        List<ByteBuffer> made = chunksOfRows(rows, first, grid);
        for (int i = 0; i < made.size(); i++) {
          ByteBuffer compressed = compressor.compressed(made.get(i));
          int size = compressed.remaining();
          put(compressed);
          chunks.add(new ChunkTree.Chunk(first, i * grid.cols(), size, at));
          at += size;
        }
      }
    }
    ChunkTree tree = new ChunkTree(grid, chunks, at);
    for (ByteBuffer node : tree.nodes()) {
      put(node);
      at += node.limit();
    }
    layout.putLong(tree.root());
    layout.putInt((int) grid.rows()).putInt((int) grid.cols()).putInt(cellBytes);
    ByteBuffer head = head(List.of(layout, filters), at);
    channel.position(0);
    put(head);
    channel.position(at);
  }

  /** A device or pipe cannot be gone back in. */
  private void needsFile() {
    try {
      channel.position();
    } catch (IOException e) {
      throw new FormatException(
          file, "compressed hdf5 is written to files alone; leave sparse= out, or write to a file");
    }
  }

  /** Neighbours of one another, from these rows on; what lies beyond the matrix is zero. */
  private List<ByteBuffer> chunksOfRows(MatrixRows rows, long first, ChunkGrid grid) {
    List<ByteBuffer> chunks = new ArrayList<>();
    for (long c = 0; c < matrix.cols(); c += grid.cols()) {
      chunks.add(ByteBuffer.allocate(grid.bytes()).order(ByteOrder.LITTLE_ENDIAN));
    }
    long end = Math.min(matrix.rows(), first + grid.rows());
    for (long r = first; r < end; r++) {
      double[] row = rows.row(r);
      for (int c = 0; c < row.length; c++) {
        ByteBuffer chunk = chunks.get((int) (c / grid.cols()));
        long place = (r - first) * grid.cols() + c % grid.cols();
        chunk.position((int) place * cellBytes);
        put(chunk, row[c], matrix.precision());
      }
    }
    chunks.forEach(ByteBuffer::clear);
    return chunks;
  }

  private void put(ByteBuffer bytes) throws IOException {
    put(channel, bytes);
  }

  static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Zeros of a size that is a multiple of 8. */
  static ByteBuffer message(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  // Sizes of the parts of a group.
  static final int GROUP_HEADER_BYTES = 40;
  static final int TREE_BYTES = 24 + (2 * INTERNAL_ENTRIES + 1) * 8 + 2 * INTERNAL_ENTRIES * 8;
  static final int HEAP_BYTES = 32;
  static final int NAMES_BYTES = 8 + 2 * LEAF_ENTRIES * 40;

  private static byte[] name(String part) {
    byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
    // With a zero at the end, and before it the empty name.
    byte[] padded = new byte[8 + (utf8.length / 8 + 1) * 8];
    System.arraycopy(utf8, 0, padded, 8, utf8.length);
    return padded;
  }

  private static long groupBytes(String inner) {
    return GROUP_HEADER_BYTES + TREE_BYTES + HEAP_BYTES + name(inner).length + NAMES_BYTES;
  }

  private long headBytes(List<ByteBuffer> more) {
    long groups = path.stream().mapToLong(Hdf5Output::groupBytes).sum();
    return SUPERBLOCK_BYTES + groups + header(more).limit();
  }

  /** Everything before the cells. */
  private ByteBuffer head(List<ByteBuffer> more, long end) {
    ByteBuffer head = message(Math.toIntExact(headBytes(more)));
    putSuperblock(head, end);
    for (int i = 0; i < path.size(); i++) {
      putGroup(head, path.get(i), i < path.size() - 1);
    }
    return head.put(header(more)).flip();
  }

  /**
   * @param end of the file
   */
  static void putSuperblock(ByteBuffer head, long end) {
    head.put(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'});
    head.putInt(0).put((byte) 0).put((byte) 8).put((byte) 8).put((byte) 0);
    head.putShort((short) LEAF_ENTRIES).putShort((short) INTERNAL_ENTRIES).putInt(0);
    head.putLong(0).putLong(UNDEFINED).putLong(end).putLong(UNDEFINED);
    putEntry(head, 0, SUPERBLOCK_BYTES, true);
  }

  /** An entry of a table of names: a group, of which it says where its tree is, or a dataset. */
  static void putEntry(ByteBuffer head, long name, long address, boolean isGroup) {
    head.putLong(name).putLong(address).putInt(isGroup ? 1 : 0).putInt(0);
    long tree = address + GROUP_HEADER_BYTES;
    head.putLong(isGroup ? tree : 0).putLong(isGroup ? tree + TREE_BYTES : 0);
  }

  /** A group with one name in it, whose object comes right after the group. */
  private static void putGroup(ByteBuffer head, String inner, boolean isGroup) {
    byte[] name = name(inner);
    long start = head.position();
    long tree = start + GROUP_HEADER_BYTES;
    long heap = tree + TREE_BYTES;
    long names = heap + HEAP_BYTES + name.length;
    putPrefix(head, 1, 24);
    putMessage(head, 0x11, message(16).putLong(tree).putLong(heap));
    put(head, "TREE").putShort((short) 0).putShort((short) 1);
    head.putLong(UNDEFINED).putLong(UNDEFINED).putLong(0).putLong(names).putLong(8);
    head.position((int) heap);
    // There is no free space, which the library says by 1.
    put(head, "HEAP").putInt(0).putLong(name.length).putLong(1).putLong(heap + HEAP_BYTES);
    head.put(name);
    put(head, "SNOD").put((byte) 1).put((byte) 0).putShort((short) 1);
    putEntry(head, 8, names + NAMES_BYTES, isGroup);
    head.position((int) names + NAMES_BYTES);
  }

  static ByteBuffer put(ByteBuffer to, String signature) {
    return to.put(signature.getBytes(StandardCharsets.US_ASCII));
  }

  static void putPrefix(ByteBuffer head, int messages, int bytes) {
    head.putShort((short) 1).putShort((short) messages).putInt(1).putInt(bytes).putInt(0);
  }

  static void putMessage(ByteBuffer head, int type, ByteBuffer content) {
    head.putShort((short) type).putShort((short) content.limit()).putInt(0).put(content.array());
  }

  /**
   * What the dataset is: its extents, the type of cells, and where they lie.
   *
   * @param more the layout, and where there are filters these
   */
  private ByteBuffer header(List<ByteBuffer> more) {
    return header(matrix.rows(), matrix.cols(), matrix.precision(), more);
  }

  static ByteBuffer header(long rows, long cols, Precision precision, List<ByteBuffer> more) {
    ByteBuffer space = message(24).put((byte) 1).put((byte) 2);
    space.position(8).putLong(rows).putLong(cols);
    // Space is taken as cells are written (3) or late (2); nothing is filled in unless it is said.
    ByteBuffer fill = message(8).put((byte) 2).put((byte) (more.size() > 1 ? 3 : 2));
    fill.put((byte) 2).put((byte) 1);
    List<ByteBuffer> messages = new ArrayList<>(List.of(space, type(precision), fill));
    messages.addAll(more);
    int[] types = {0x1, 0x3, 0x5, 0x8, 0xB};
    int bytes = messages.stream().mapToInt(content -> 8 + content.limit()).sum();
    ByteBuffer header = message(16 + bytes);
    putPrefix(header, messages.size(), bytes);
    for (int i = 0; i < messages.size(); i++) {
      putMessage(header, types[i], messages.get(i));
    }
    return header.flip();
  }

  /** Floats of IEEE 754 with the lowest byte first. */
  private static ByteBuffer type(Precision precision) {
    boolean isNarrow = precision == Precision.FP32;
    int cellBytes = precision.bytesPerCell();
    ByteBuffer type = message(24).put((byte) 0x11).put((byte) 0x20);
    type.put((byte) (8 * cellBytes - 1)).put((byte) 0).putInt(cellBytes);
    type.putShort((short) 0).putShort((short) (8 * cellBytes));
    type.put((byte) (isNarrow ? 23 : 52)).put((byte) (isNarrow ? 8 : 11));
    type.put((byte) 0).put((byte) (isNarrow ? 23 : 52));
    return type.putInt(isNarrow ? 127 : 1023);
  }
}
