package dev.reprise.formats;

import dev.reprise.formats.ValueContent.Fingerprint;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.Value;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads values as {@link ValueContent} describes them. It believes no number that it reads before
 * it has been held against what is there, since cells are checked only while they are copied. For
 * one thread.
 */
final class ValueDecoder {

  private final MemorySegment content;
  private final Path file;
  private final Allocator allocator;
  private final Function<MatrixOperand, Value> adopt;
  private final Checksum checksum = new Checksum();
  private long at;

  /**
   * @param content all bytes of a value
   * @param file named by messages
   * @param adopt makes a value of a matrix; its buffer is handed over, whatever comes of it
   */
  ValueDecoder(
      MemorySegment content, Path file, Allocator allocator, Function<MatrixOperand, Value> adopt) {
    this.content = content;
    this.file = file;
    this.allocator = allocator;
    this.adopt = adopt;
  }

  /**
   * The value; the caller owns one reference.
   *
   * @throws FormatException when the bytes are none; nothing is left open
   */
  Value value() {
    return value(0);
  }

  /** True when nothing follows the value, and all bytes were those. */
  boolean hasRead(Fingerprint expected) {
    return at == content.byteSize() && expected.isOf(checksum);
  }

  static FormatException damaged(Path file) {
    return new FormatException(
        file.toString(), "the content was damaged after it was written: its checksum differs");
  }

  private Value value(int depth) {
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
    } catch (RuntimeException | Error e) {
      cells.buffer().release();
      throw e;
    }
    at += bytes;
    return adopt.apply(cells);
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
    if (count < 0 || count > content.byteSize() || depth >= ValueContent.DEEPEST_LIST) {
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
