package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Function;

/**
 * Any value of a program as bytes, with the fingerprint of exactly these bytes: what the experiment
 * store keeps under that fingerprint, and what a checkpoint holds. Bit-exact: cells, signs of zeros
 * and payloads of NaN come back as they were, compressed matrices compressed.
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
  /** Lists in lists, beyond which none is written or read. */
  static final int DEEPEST_LIST = 64;

  /** What was written: the fingerprint and number of all its bytes. */
  public record Fingerprint(long high, long low, long bytes) {
    boolean isOf(Checksum checksum) {
      HashValue128 hash = checksum.value();
      return hash.getMostSignificantBits() == high && hash.getLeastSignificantBits() == low;
    }

    /** 32 hexadecimal digits. */
    public String digits() {
      HexFormat hex = HexFormat.of();
      return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
  }

  private ValueContent() {}

  // ---- writing

  /** True when a value consists of kinds that can be written; pending values cannot. */
  public static boolean canWrite(Value value) {
    return canWrite(value, 0);
  }

  private static boolean canWrite(Value value, int depth) {
    return switch (value) {
      case Scalar _, MatrixValue _ -> true;
      case FrameValue frame -> frame.bytes() < Integer.MAX_VALUE / 2;
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
    return write(value, out, MatrixValue::pinHost);
  }

  /**
   * Likewise, where pinning takes more than to ask the matrix.
   *
   * @param pinning pins a matrix in host memory; unpinned when it is written
   */
  public static Fingerprint write(
      Value value, WritableByteChannel out, Function<MatrixValue, MatrixOperand> pinning)
      throws IOException {
    ValueEncoder encoder = new ValueEncoder(out, pinning);
    encoder.value(value);
    return encoder.fingerprint();
  }

  /** The fingerprint that writing a value would return; takes as long as to look at all bytes. */
  public static Fingerprint fingerprint(Value value, Function<MatrixValue, MatrixOperand> pinning) {
    try {
      return write(value, Channels.newChannel(OutputStream.nullOutputStream()), pinning);
    } catch (IOException e) {
      throw new IllegalStateException("nothing is written that could fail", e);
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
   * @param adopt makes a value of a matrix; its buffer is handed over, whatever comes of it
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
          "the content has " + content.byteSize() + " of " + expected.bytes + " bytes");
    }
    boolean isMatrix =
        content.byteSize() > 0 && content.get(ValueLayout.JAVA_BYTE, 0) == (byte) 'M';
    // The cells of a matrix are checked while they are copied. Other content steers what is done
    // with it, so it is checked before.
    if (!isMatrix && !expected.isOf(new Checksum().segment(content, content.byteSize()))) {
      throw ValueDecoder.damaged(file);
    }
    ValueDecoder decoder = new ValueDecoder(content, file, allocator, adopt);
    Value value = decoder.value();
    if (!decoder.hasRead(expected)) {
      value.release();
      throw ValueDecoder.damaged(file);
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
      throw ValueDecoder.damaged(file);
    }
    long rows = facts.getLong(9);
    long cols = facts.getLong(17);
    Precision precision = bytesPerCell == 4 ? Precision.FP32 : Precision.FP64;
    if (rows < 0
        || cols < 0
        || rows != 0 && cols > Long.MAX_VALUE / 8 / rows
        || DenseMatrix.bytesOf(rows, cols, precision) != facts.getLong(25)) {
      throw ValueDecoder.damaged(file);
    }
    MatrixOperand cells = DenseMatrix.allocate(allocator, rows, cols, precision);
    try {
      MemorySegment segment = cells.buffer().segment().asSlice(0, cells.bytes());
      input.into(segment);
      Checksum checksum = new Checksum().bytes(header, 0, header.length);
      if (!expected.isOf(checksum.segment(segment, cells.bytes()))) {
        throw ValueDecoder.damaged(file);
      }
    } catch (IOException | RuntimeException | Error e) {
      cells.buffer().release();
      throw e;
    }
    return adopt.apply(cells);
  }
}
