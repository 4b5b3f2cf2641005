package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Any value of a program as bytes, with the fingerprint of exactly these bytes: what the experiment
 * store keeps under that fingerprint. Bit-exact: cells, signs of zeros and payloads of NaN come
 * back as they were, compressed matrices compressed.
 *
 * <pre>
 *   value   = scalar | matrix | frame | list                       little-endian
 *   scalar  = 'S' type(1) payload: absent none, boolean 1, integer 8, double 8, string length(4) UTF-8
 *   matrix  = 'M' kind(4) precision(4) rows(8) cols(8) bytes(8), then the cells as they lie in memory
 *   frame   = 'F' rows(8) cols(8) bytes(8), then the columns (see BinaryFrame)
 *   list    = 'L' named(1) count(4), then for each element its name if named, and its value
 * </pre>
 */
public final class ValueContent {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int DEEPEST_LIST = 64;

  /** What was written: the fingerprint and number of all its bytes. */
  public record Fingerprint(long high, long low, long bytes) {}

  private ValueContent() {}

  // ---- writing

  /** True when a value consists of kinds that can be written; pending values cannot. */
  public static boolean canWrite(Value value) {
    return canWrite(value, 0);
  }

  private static boolean canWrite(Value value, int depth) {
    return switch (value) {
      case Scalar _, MatrixValue _ -> true;
      case Frame frame -> frame.bytes() < Integer.MAX_VALUE / 2;
      case ListValue list ->
          depth < DEEPEST_LIST
              && list.elements().stream().allMatch(element -> canWrite(element, depth + 1));
      default -> false;
    };
  }

  /**
   * Writes a value.
   *
   * @param value referenced by the caller; matrices in it are pinned while they are written
   * @throws IllegalArgumentException unless {@link #canWrite}
   */
  public static Fingerprint write(Value value, WritableByteChannel out) throws IOException {
    Writing writing = new Writing(out);
    writing.value(value);
    HashValue128 hash = writing.checksum.value();
    return new Fingerprint(
        hash.getMostSignificantBits(), hash.getLeastSignificantBits(), writing.bytes);
  }

  /** A small value as an array, and its fingerprint. */
  public static byte[] encode(Value value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(value, Channels.newChannel(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static final class Writing {
    private final WritableByteChannel out;
    private final Checksum checksum = new Checksum();
    private long bytes;

    Writing(WritableByteChannel out) {
      this.out = out;
    }

    void value(Value value) throws IOException {
      switch (value) {
        case Scalar scalar -> scalar(scalar);
        case MatrixValue matrix -> {
          MatrixOperand cells = matrix.pinHost();
          try {
            matrix(cells);
          } finally {
            matrix.unpin();
          }
        }
        case Frame frame -> frame(frame);
        case ListValue list -> list(list);
        default -> throw new IllegalArgumentException("no form in the store for a " + value.type());
      }
    }

    private void scalar(Scalar scalar) throws IOException {
      byte[] text =
          scalar instanceof StringScalar(String words)
              ? words.getBytes(StandardCharsets.UTF_8)
              : new byte[0];
      ByteBuffer record = buffer(14 + text.length).put((byte) 'S');
      switch (scalar) {
        case BooleanScalar flag -> record.put((byte) 'b').put((byte) (flag.asBoolean() ? 1 : 0));
        case IntegerScalar(long value) -> record.put((byte) 'i').putLong(value);
        case DoubleScalar(double value) ->
            record.put((byte) 'd').putLong(Double.doubleToRawLongBits(value));
        case StringScalar _ -> record.put((byte) 's').putInt(text.length).put(text);
        default -> record.put((byte) 'a');
      }
      put(record.flip());
    }

    private void matrix(MatrixOperand cells) throws IOException {
      boolean sparse = cells instanceof SparseMatrix;
      ByteBuffer record = buffer(33).put((byte) 'M');
      record.putInt(sparse ? BinaryHeader.SPARSE_MATRIX : BinaryHeader.MATRIX);
      record.putInt(cells.precision().bytesPerCell()).putLong(cells.rows()).putLong(cells.cols());
      put(record.putLong(cells.bytes()).flip());
      MemorySegment segment = cells.buffer().segment();
      int cellBytes = cells.precision().bytesPerCell();
      if (!sparse
          && out instanceof CellsOutput whole
          && whole.takesCells(cells.rows(), cells.cols(), cellBytes)) {
        checksum.segment(segment, cells.bytes());
        bytes += cells.bytes();
        whole.cells(segment, cells.rows(), (int) cells.cols(), cellBytes);
        return;
      }
      for (long at = 0; at < cells.bytes(); at += PIECE_BYTES) {
        long length = Math.min(PIECE_BYTES, cells.bytes() - at);
        MemorySegment piece = segment.asSlice(at, length);
        checksum.segment(piece, length);
        write(piece.asByteBuffer());
      }
    }

    private void frame(Frame frame) throws IOException {
      byte[] columns = BinaryFrame.encode(frame);
      ByteBuffer record = buffer(25).put((byte) 'F').putLong(frame.rows()).putLong(frame.cols());
      put(record.putLong(columns.length).flip());
      put(ByteBuffer.wrap(columns));
    }

    private void list(ListValue list) throws IOException {
      put(
          buffer(6)
              .put((byte) 'L')
              .put((byte) (list.isNamed() ? 1 : 0))
              .putInt(list.size())
              .flip());
      for (int i = 0; i < list.size(); i++) {
        if (list.isNamed()) {
          byte[] name = list.names().get(i).getBytes(StandardCharsets.UTF_8);
          put(buffer(4 + name.length).putInt(name.length).put(name).flip());
        }
        value(list.elements().get(i));
      }
    }

    private static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(ByteBuffer record) throws IOException {
      checksum.bytes(record.array(), 0, record.limit());
      write(record);
    }

    private void write(ByteBuffer record) throws IOException {
      bytes += record.remaining();
      while (record.hasRemaining()) {
        out.write(record);
      }
    }
  }

  // ---- reading

  /**
   * Reads what {@link #write} wrote.
   *
   * @param content all bytes of it
   * @param expected what writing returned
   * @param file named by messages
   * @param allocator memory for cells
   * @param adopt makes a value of a matrix, taking its buffer over
   * @return the caller owns one reference
   * @throws FormatException when the bytes are not those that were written; nothing is left open
   */
  public static Value read(
      MemorySegment content,
      Fingerprint expected,
      Path file,
      Allocator allocator,
      Function<MatrixOperand, Value> adopt) {
    if (content.byteSize() != expected.bytes) {
      throw new FormatException(
          file.toString(),
          "the artifact has " + content.byteSize() + " of " + expected.bytes + " bytes");
    }
    boolean isMatrix =
        content.byteSize() > 0 && content.get(ValueLayout.JAVA_BYTE, 0) == (byte) 'M';
    // The cells of a matrix are checked while they are copied. Other content steers what is done
    // with it, so it is checked before.
    if (!isMatrix && !isExpected(new Checksum().segment(content, content.byteSize()), expected)) {
      throw damaged(file);
    }
    Reading reading = new Reading(content, file, allocator, adopt);
    Value value = reading.value(0);
    if (reading.at != content.byteSize() || !isExpected(reading.checksum, expected)) {
      value.release();
      throw damaged(file);
    }
    return value;
  }

  /** Cells that are put together where they are to be. */
  @FunctionalInterface
  public interface CellsInput {
    void into(MemorySegment cells) throws IOException;
  }

  /**
   * Reads a dense matrix of which the cells do not lie as they were written.
   *
   * @param header what {@link #write} wrote before the cells
   * @param input fills the memory of all cells
   * @return the caller owns one reference
   * @throws IOException when the cells cannot be had
   * @throws FormatException when they are not those that were written
   */
  public static Value readTable(
      byte[] header,
      CellsInput input,
      Fingerprint expected,
      Path file,
      Allocator allocator,
      Function<MatrixOperand, Value> adopt)
      throws IOException {
    ByteBuffer facts = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    boolean isDense =
        header.length == 33
            && facts.get() == (byte) 'M'
            && facts.getInt() == BinaryHeader.MATRIX
            && header.length + facts.getLong(25) == expected.bytes;
    int bytesPerCell = facts.getInt(5);
    if (!isDense || bytesPerCell != 4 && bytesPerCell != 8) {
      throw damaged(file);
    }
    long rows = facts.getLong(9);
    long cols = facts.getLong(17);
    Precision precision = bytesPerCell == 4 ? Precision.FP32 : Precision.FP64;
    if (rows < 0
        || cols < 0
        || rows != 0 && cols > Long.MAX_VALUE / 8 / rows
        || DenseMatrix.bytesOf(rows, cols, precision) != facts.getLong(25)) {
      throw damaged(file);
    }
    MatrixOperand cells = DenseMatrix.allocate(allocator, rows, cols, precision);
    try {
      MemorySegment segment = cells.buffer().segment().asSlice(0, cells.bytes());
      input.into(segment);
      Checksum checksum = new Checksum().bytes(header, 0, header.length);
      if (!isExpected(checksum.segment(segment, cells.bytes()), expected)) {
        throw damaged(file);
      }
      return adopt.apply(cells);
    } catch (IOException | RuntimeException | Error e) {
      cells.buffer().release();
      throw e;
    }
  }

  private static boolean isExpected(Checksum checksum, Fingerprint expected) {
    HashValue128 hash = checksum.value();
    return hash.getMostSignificantBits() == expected.high
        && hash.getLeastSignificantBits() == expected.low;
  }

  private static FormatException damaged(Path file) {
    return new FormatException(
        file.toString(), "the artifact was damaged after it was written: its checksum differs");
  }

  private static final class Reading {
    private final MemorySegment content;
    private final Path file;
    private final Allocator allocator;
    private final Function<MatrixOperand, Value> adopt;
    private final Checksum checksum = new Checksum();
    private long at;

    Reading(
        MemorySegment content,
        Path file,
        Allocator allocator,
        Function<MatrixOperand, Value> adopt) {
      this.content = content;
      this.file = file;
      this.allocator = allocator;
      this.adopt = adopt;
    }

    Value value(int depth) {
      return switch (take(1).get()) {
        case 'S' -> scalar();
        case 'M' -> matrix();
        case 'F' -> frame();
        case 'L' -> list(depth);
        default -> throw damaged(file);
      };
    }

    private Scalar scalar() {
      return switch (take(1).get()) {
        case 'a' -> Scalar.absent();
        case 'b' -> Scalar.of(take(1).get() != 0);
        case 'i' -> Scalar.of(take(8).getLong());
        case 'd' -> Scalar.of(Double.longBitsToDouble(take(8).getLong()));
        case 's' -> Scalar.of(text());
        default -> throw damaged(file);
      };
    }

    private String text() {
      return new String(take(take(4).getInt()).array(), StandardCharsets.UTF_8);
    }

    private Value matrix() {
      ByteBuffer header = take(32);
      int kind = header.getInt();
      int bytesPerCell = header.getInt();
      long rows = header.getLong();
      long cols = header.getLong();
      long bytes = header.getLong();
      checkLength(bytes);
      boolean sane =
          (bytesPerCell == 4 || bytesPerCell == 8)
              && rows >= 0
              && cols >= 0
              && (rows == 0 || cols <= Long.MAX_VALUE / 8 / rows);
      if (!sane) {
        throw damaged(file);
      }
      Precision precision = bytesPerCell == 4 ? Precision.FP32 : Precision.FP64;
      MatrixOperand cells =
          kind == BinaryHeader.SPARSE_MATRIX
              ? sparse(rows, cols, precision, bytes)
              : dense(rows, cols, precision, bytes);
      try {
        checksum.copied(content.asSlice(at, bytes), cells.buffer().segment(), bytes);
        at += bytes;
        return adopt.apply(cells);
      } catch (RuntimeException | Error e) {
        cells.buffer().release();
        throw e;
      }
    }

    private MatrixOperand dense(long rows, long cols, Precision precision, long bytes) {
      if (DenseMatrix.bytesOf(rows, cols, precision) != bytes) {
        throw damaged(file);
      }
      return DenseMatrix.allocate(allocator, rows, cols, precision);
    }

    private MatrixOperand sparse(long rows, long cols, Precision precision, long bytes) {
      long starts = SparseMatrix.bytesOf(rows, 0);
      long nonZeros = (bytes - starts) / (SparseMatrix.bytesOf(0, 1) - SparseMatrix.bytesOf(0, 0));
      boolean sane =
          rows <= bytes
              && cols <= Integer.MAX_VALUE
              && nonZeros >= 0
              && SparseMatrix.bytesOf(rows, nonZeros) == bytes;
      if (!sane) {
        throw damaged(file);
      }
      return new SparseMatrix(rows, cols, precision, nonZeros, allocator.allocate(bytes));
    }

    private Frame frame() {
      ByteBuffer header = take(24);
      long rows = header.getLong();
      long cols = header.getLong();
      long bytes = header.getLong();
      checkLength(bytes);
      // A column takes a byte at least, and so does each of its cells.
      boolean sane =
          bytes <= Integer.MAX_VALUE - 8
              && rows >= 0
              && cols >= 0
              && cols <= bytes
              && (cols == 0 || rows <= bytes);
      if (!sane) {
        throw damaged(file);
      }
      BinaryHeader facts = new BinaryHeader(BinaryHeader.FRAME, 0, rows, cols, bytes, 0, 0);
      return BinaryFrame.decode(take((int) bytes), facts, file);
    }

    private ListValue list(int depth) {
      ByteBuffer header = take(5);
      boolean named = header.get() != 0;
      int count = header.getInt();
      if (count < 0 || count > content.byteSize() || depth >= DEEPEST_LIST) {
        throw damaged(file);
      }
      List<String> names = new ArrayList<>();
      List<Value> elements = new ArrayList<>();
      try {
        for (int i = 0; i < count; i++) {
          if (named) {
            names.add(text());
          }
          elements.add(value(depth + 1));
        }
        return new ListValue(names, elements);
      } catch (RuntimeException | Error e) {
        elements.forEach(Value::release);
        throw e;
      }
    }

    private void checkLength(long bytes) {
      if (bytes < 0 || bytes > content.byteSize() - at) {
        throw damaged(file);
      }
    }

    /** The next bytes, copied, little-endian. */
    private ByteBuffer take(int length) {
      checkLength(length);
      byte[] bytes = new byte[length];
      MemorySegment.copy(content, at, MemorySegment.ofArray(bytes), 0, length);
      at += length;
      checksum.bytes(bytes, 0, length);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
