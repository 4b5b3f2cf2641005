package dev.reprise.formats;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.ValueType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a {@link ValueContent} says at its beginning of a dense matrix or a frame.
 *
 * @param precision of a matrix; null for a frame
 */
public record ContentHeader(ValueType type, Shape shape, Precision precision) {
  private static final int MATRIX_BYTES = 33;
  private static final int FRAME_BYTES = 25;

  /** Null when the bytes are the header of something else, or none. */
  public static ContentHeader of(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    if (header.length == FRAME_BYTES && in.get() == (byte) 'F') {
      return of(ValueType.FRAME, in.getLong(1), in.getLong(9), null);
    }
    if (header.length != MATRIX_BYTES
        || in.get(0) != (byte) 'M'
        || in.getInt(1) != BinaryHeader.MATRIX) {
      return null;
    }
    return switch (in.getInt(5)) {
      case Double.BYTES -> of(ValueType.MATRIX, in.getLong(9), in.getLong(17), Precision.FP64);
      case Float.BYTES -> of(ValueType.MATRIX, in.getLong(9), in.getLong(17), Precision.FP32);
      default -> null;
    };
  }

  private static ContentHeader of(ValueType type, long rows, long cols, Precision precision) {
    return rows < 0 || cols < 0 ? null : new ContentHeader(type, new Shape(rows, cols), precision);
  }
}
