package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The payload of a binary frame, little-endian, column after column: type (1 byte: 0 text, 1
 * double, 2 integer, 3 boolean), name, then the cells. A text is its length in bytes (4, -1 when
 * missing) and UTF-8; doubles and integers take 8 bytes, booleans 1.
 */
final class BinaryFrame {
  private static final ColumnType[] TYPES = {
    ColumnType.STRING, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.BOOLEAN
  };

  private BinaryFrame() {}

  static byte[] encode(Frame frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (int c = 0; c < frame.cols(); c++) {
        out.writeByte(List.of(TYPES).indexOf(frame.schema().get(c)));
        writeText(out, frame.names().get(c));
        writeCells(out, frame, c);
      }
    } catch (IOException e) {
      throw new IllegalStateException("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void writeCells(DataOutputStream out, Frame frame, int c) throws IOException {
    switch (frame.schema().get(c)) {
      case STRING -> {
        for (String cell : frame.strings(c)) {
          writeText(out, cell);
        }
      }
      case DOUBLE -> {
        for (double cell : frame.doubles(c)) {
          out.writeLong(Long.reverseBytes(Double.doubleToRawLongBits(cell)));
        }
      }
      case INTEGER -> {
        for (long cell : frame.integers(c)) {
          out.writeLong(Long.reverseBytes(cell));
        }
      }
      case BOOLEAN -> {
        for (boolean cell : frame.booleans(c)) {
          out.writeByte(cell ? 1 : 0);
        }
      }
    }
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(Integer.reverseBytes(utf8.length));
    out.write(utf8);
  }

  static Frame decode(ByteBuffer payload, BinaryHeader header, Path file) {
    ByteBuffer in = payload.order(ByteOrder.LITTLE_ENDIAN);
    try {
      int rows = Math.toIntExact(header.rows());
      List<String> names = new ArrayList<>();
      List<ColumnType> types = new ArrayList<>();
      List<Object> columns = new ArrayList<>();
      for (long c = 0; c < header.cols(); c++) {
        types.add(TYPES[in.get()]);
        names.add(readText(in));
        columns.add(readCells(in, types.getLast(), rows));
      }
      return new Frame(rows, names, types, columns);
    } catch (BufferUnderflowException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new FormatException(file.toString(), "the frame's cells are damaged");
    }
  }

  private static Object readCells(ByteBuffer in, ColumnType type, int rows) {
    switch (type) {
      case STRING -> {
        String[] cells = new String[rows];
        for (int r = 0; r < rows; r++) {
          cells[r] = readText(in);
        }
        return cells;
      }
      case DOUBLE -> {
        double[] cells = new double[rows];
        in.asDoubleBuffer().get(cells);
        in.position(in.position() + 8 * rows);
        return cells;
      }
      case INTEGER -> {
        long[] cells = new long[rows];
        in.asLongBuffer().get(cells);
        in.position(in.position() + 8 * rows);
        return cells;
      }
      case BOOLEAN -> {
        boolean[] cells = new boolean[rows];
        for (int r = 0; r < rows; r++) {
          cells[r] = in.get() != 0;
        }
        return cells;
      }
    }
    throw new IllegalStateException("no such type: " + type);
  }

  private static String readText(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      return null;
    }
    byte[] utf8 = new byte[Math.min(length, in.remaining())];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
