package dev.reprise.formats.numpy;

import dev.reprise.formats.UnsignedNumber;
import dev.reprise.runtime.DenseMatrix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** Turns the cells of an array, of whatever type and order, into those of a matrix. */
final class NpyCells {
  private static final int CHUNK_CELLS = 1 << 16;

  private NpyCells() {}

  /** Fills the matrix. */
  static void read(NpyHeader header, NpyHeader.ByteSource source, DenseMatrix matrix)
      throws IOException {
    long cells = matrix.cells();
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK_CELLS * header.bytesPerCell());
    bytes.order(header.order());
    double[] values = new double[CHUNK_CELLS];
    for (long at = 0; at < cells; at += CHUNK_CELLS) {
      int count = (int) Math.min(CHUNK_CELLS, cells - at);
      bytes.clear().limit(count * header.bytesPerCell());
      source.fill(bytes);
      convert(header, bytes.flip(), values, count);
      if (header.columnsFirst()) {
        scatter(header, values, count, at, matrix);
      } else {
        MemorySegment.copy(
            values, 0, matrix.segment(), ValueLayout.JAVA_DOUBLE, at * Double.BYTES, count);
      }
    }
  }

  private static void scatter(
      NpyHeader header, double[] values, int count, long at, DenseMatrix matrix) {
    long row = at % matrix.rows();
    long place = at / matrix.rows();
    long column = header.columnOf(place);
    for (int i = 0; i < count; i++) {
      if (row == matrix.rows()) {
        row = 0;
        column = header.columnOf(++place);
      }
      matrix.set(row++, column, values[i]);
    }
  }

  private static void convert(NpyHeader header, ByteBuffer bytes, double[] values, int count) {
    switch (header.kind()) {
      case 'f' -> floats(header.bytesPerCell(), bytes, values, count);
      case 'b' -> {
        for (int i = 0; i < count; i++) {
          values[i] = bytes.get() == 0 ? 0 : 1;
        }
      }
      default -> wholes(header, bytes, values, count);
    }
  }

  private static void floats(int width, ByteBuffer bytes, double[] values, int count) {
    switch (width) {
      case 8 -> bytes.asDoubleBuffer().get(values, 0, count);
      case 4 -> {
        for (int i = 0; i < count; i++) {
          values[i] = bytes.getFloat();
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          values[i] = Float.float16ToFloat(bytes.getShort());
        }
      }
    }
  }

  private static void wholes(NpyHeader header, ByteBuffer bytes, double[] values, int count) {
    boolean unsigned = header.kind() == 'u';
    int shift = 64 - 8 * header.bytesPerCell();
    for (int i = 0; i < count; i++) {
      long value =
          switch (header.bytesPerCell()) {
            case 1 -> bytes.get();
            case 2 -> bytes.getShort();
            case 4 -> bytes.getInt();
            default -> bytes.getLong();
          };
      if (!unsigned) {
        values[i] = value;
      } else if (shift > 0) {
        values[i] = value << shift >>> shift;
      } else {
        values[i] = UnsignedNumber.of(value);
      }
    }
  }
}
