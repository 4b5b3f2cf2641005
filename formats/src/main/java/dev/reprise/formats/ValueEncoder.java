package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.formats.ValueContent.Fingerprint;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Writes values as {@link ValueContent} describes them, with the fingerprint of all that it has
 * written. For one thread.
 */
final class ValueEncoder {
  private static final int PIECE_BYTES = 1 << 20;

  private final WritableByteChannel out;
  private final Function<MatrixValue, MatrixOperand> pinning;
  private final Checksum checksum = new Checksum();
  private long bytes;

  /**
   * @param pinning pins a matrix in host memory, until it is written
   */
  ValueEncoder(WritableByteChannel out, Function<MatrixValue, MatrixOperand> pinning) {
    this.out = out;
    this.pinning = pinning;
  }

  Fingerprint fingerprint() {
    HashValue128 hash = checksum.value();
    return new Fingerprint(hash.getMostSignificantBits(), hash.getLeastSignificantBits(), bytes);
  }

  /** Writes a value that {@link ValueContent#canWrite}. */
  void value(Value value) throws IOException {
    switch (value) {
      case Scalar scalar -> scalar(scalar);
      case MatrixValue matrix -> {
        MatrixOperand cells = pinning.apply(matrix);
        try {
          matrix(cells);
        } finally {
          matrix.unpin();
        }
      }
      case FrameValue frame -> frame(frame.frame());
      case ListValue list -> list(list);
      default -> throw new IllegalArgumentException("no content for a " + value.type());
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
    put(buffer(6).put((byte) 'L').put((byte) (list.isNamed() ? 1 : 0)).putInt(list.size()).flip());
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
