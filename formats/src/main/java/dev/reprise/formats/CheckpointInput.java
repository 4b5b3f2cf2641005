package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint that is being read: checked as a whole when it is opened, then its values one by
 * one, as {@link CheckpointOutput} wrote them. What the name holds later does not matter: the file
 * stays open. Owned by one thread.
 */
public final class CheckpointInput implements AutoCloseable {
  private static final ValueLayout.OfInt BIG_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** A value, or the head of one that is fetched with {@link #cells} or of a list. */
  public sealed interface Part {}

  /**
   * The elements follow.
   *
   * @param names one per element, or none
   */
  public record ListPart(List<String> names, int elements) implements Part {}

  /** A scalar as it is. */
  public record ScalarPart(Scalar value) implements Part {}

  /** A frame as it is. */
  public record FramePart(Frame value) implements Part {}

  /**
   * Where the cells of a matrix lie; they are fetched with {@link #cells}, several times if need
   * be.
   */
  public record MatrixPart(
      boolean sparse, long rows, long cols, Precision precision, long from, long bytes)
      implements Part {}

  private final String file;
  private final Path path;
  private final Arena arena;
  private final MemorySegment payload;
  private final Map<String, String> notes;
  private long at;
  private long lastFrom;

  private CheckpointInput(String file, Path path, Arena arena, MemorySegment payload) {
    this.file = file;
    this.path = path;
    this.arena = arena;
    this.payload = payload;
    this.notes = readNotes();
  }

  /**
   * Opens a checkpoint and checks all of it.
   *
   * @throws FormatException when it is missing, damaged, of another version or none
   */
  public static CheckpointInput open(String path, Path folder) {
    Path found = DataPath.find(path, folder).path();
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(found, StandardOpenOption.READ)) {
      CheckpointHeader header = header(channel, found);
      MemorySegment payload =
          channel.map(MapMode.READ_ONLY, CheckpointHeader.BYTES, header.payloadBytes(), arena);
      HashValue128 check = new Checksum().segment(payload, header.payloadBytes()).value();
      if (!check.equals(header.check())) {
        throw new FormatException(
            found.toString(),
            "the checksum does not match: the checkpoint was damaged after it was written; use an"
                + " earlier one");
      }
      return new CheckpointInput(found.toString(), found, arena, payload);
    } catch (IOException e) {
      arena.close();
      throw FileProblems.reading(found, e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static CheckpointHeader header(FileChannel channel, Path file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(CheckpointHeader.BYTES);
    while (start.hasRemaining() && channel.read(start, start.position()) > 0) {
      // Reads until the header is complete or the file ends.
    }
    return CheckpointHeader.decode(start.flip(), channel.size(), file.toString());
  }

  /** What was noted about the checkpoint as a whole. */
  public Map<String, String> notes() {
    return notes;
  }

  private Map<String, String> readNotes() {
    try {
      int length = payload.get(BIG_ENDIAN_INT, 0);
      at = Integer.BYTES;
      Map<String, String> read = new LinkedHashMap<>();
      for (int i = 0; i < length; i++) {
        String name = text();
        read.put(name, text());
      }
      return Map.copyOf(read);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw damaged();
    }
  }

  private String text() {
    int length = payload.get(BIG_ENDIAN_INT, at);
    byte[] utf8 = payload.asSlice(at + Integer.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    at += Integer.BYTES + length;
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** The next value, or the head of the next list. */
  public Part next() {
    long rest = payload.byteSize() - at;
    lastFrom = at;
    ByteBuffer head = payload.asSlice(at, Math.min(rest, Integer.MAX_VALUE)).asByteBuffer();
    try {
      return switch (head.get()) {
        case CheckpointHeader.LIST -> list(head);
        case CheckpointHeader.SCALAR -> scalar(head);
        case CheckpointHeader.DENSE -> matrix(head, false);
        case CheckpointHeader.SPARSE -> matrix(head, true);
        case CheckpointHeader.FRAME -> frame(head);
        default -> throw damaged();
      };
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw damaged();
    }
  }

  /** 32 hexadecimal digits that name the content of the value that was read last. */
  public String fingerprint() {
    long bytes = at - lastFrom;
    HashValue128 value = new Checksum().segment(payload.asSlice(lastFrom, bytes), bytes).value();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(value.getMostSignificantBits())
        + hex.toHexDigits(value.getLeastSignificantBits());
  }

  private ListPart list(ByteBuffer head) {
    int elements = head.getInt();
    int named = head.getInt();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < named; i++) {
      names.add(CheckpointHeader.readText(head));
    }
    at += head.position();
    return new ListPart(names, elements);
  }

  private ScalarPart scalar(ByteBuffer head) {
    Scalar value = CheckpointHeader.readScalar(head);
    if (value == null) {
      throw damaged();
    }
    at += head.position();
    return new ScalarPart(value);
  }

  private MatrixPart matrix(ByteBuffer head, boolean sparse) {
    long rows = head.getLong();
    long cols = head.getLong();
    Precision precision = head.getInt() == Float.BYTES ? Precision.FP32 : Precision.FP64;
    long bytes = head.getLong();
    MatrixPart part = new MatrixPart(sparse, rows, cols, precision, at + head.position(), bytes);
    at += head.position() + bytes;
    return part;
  }

  private FramePart frame(ByteBuffer head) {
    long rows = head.getLong();
    long cols = head.getLong();
    head.getInt();
    long bytes = head.getLong();
    byte[] cells = payload.asSlice(at + head.position(), bytes).toArray(ValueLayout.JAVA_BYTE);
    BinaryHeader shape = new BinaryHeader(BinaryHeader.FRAME, 0, rows, cols, bytes, 0, 0);
    at += head.position() + bytes;
    return new FramePart(BinaryFrame.decode(ByteBuffer.wrap(cells), shape, path));
  }

  /** The cells of a matrix; the caller owns them. */
  public MatrixOperand cells(MatrixPart part, Allocator allocator) {
    MemorySegment cells = payload.asSlice(part.from(), part.bytes());
    if (part.sparse()) {
      long nonZeros =
          (part.bytes() - SparseMatrix.bytesOf(part.rows(), 0))
              / (SparseMatrix.bytesOf(0, 1) - SparseMatrix.bytesOf(0, 0));
      SparseMatrix matrix =
          new SparseMatrix(
              part.rows(),
              part.cols(),
              part.precision(),
              nonZeros,
              allocator.allocate(part.bytes()));
      MemorySegment.copy(cells, 0, matrix.segment(), 0, part.bytes());
      return matrix;
    }
    DenseMatrix matrix =
        DenseMatrix.allocate(allocator, part.rows(), part.cols(), part.precision());
    MemorySegment.copy(cells, 0, matrix.segment(), 0, part.bytes());
    return matrix;
  }

  private FormatException damaged() {
    return new FormatException(file, "the checkpoint's content is damaged; use an earlier one");
  }

  @Override
  public void close() {
    arena.close();
  }
}
