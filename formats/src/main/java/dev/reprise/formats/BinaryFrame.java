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
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The payload of a binary frame, little-endian, column after column: type (1 byte: 0 STRING, 1
 * FP64, 2 INT64, 3 BOOLEAN, 4 FP32, 5 INT32, 6 UINT8, 7 UINT4, 8 CHARACTER, 9 HASH64, 10 HASH32; 64
 * more when cells of a column that is not of texts are missing, 32 more when a text stands for
 * missing values of the data that a meta frame describes), name, then the cells. A text is its
 * length in bytes (4, -1 when missing) and UTF-8; numbers take 8 bytes, booleans 1. Missing cells
 * follow their column as bits, the first row in the lowest bit of the first byte, then comes that
 * text.
 */
final class BinaryFrame {
  // The place of a type is its byte in files: add at the end only.
  private static final List<ColumnType> TYPES =
      List.of(
          ColumnType.STRING,
          ColumnType.DOUBLE,
          ColumnType.INTEGER,
          ColumnType.BOOLEAN,
          ColumnType.FP32,
          ColumnType.INT32,
          ColumnType.UINT8,
          ColumnType.UINT4,
          ColumnType.CHARACTER,
          ColumnType.HASH64,
          ColumnType.HASH32);
  private static final int WITH_MISSING = 64;
  private static final int WITH_FILL = 32;

  private BinaryFrame() {}

  static byte[] encode(Frame frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (int c = 0; c < frame.cols(); c++) {
        BitSet missing = frame.missing(c);
        String fill = frame.fill(c);
        int marks = (missing == null ? 0 : WITH_MISSING) | (fill == null ? 0 : WITH_FILL);
        out.writeByte(TYPES.indexOf(frame.schema().get(c)) | marks);
        writeText(out, frame.names().get(c));
        writeCells(out, frame, c);
        if (missing != null) {
          out.write(Arrays.copyOf(missing.toByteArray(), (int) (frame.rows() + 7) / 8));
        }
        if (fill != null) {
          writeText(out, fill);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void writeCells(DataOutputStream out, Frame frame, int c) throws IOException {
    switch (frame.schema().get(c).storage()) {
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
      BitSet[] missing = new BitSet[Math.toIntExact(header.cols())];
      String[] fills = new String[missing.length];
      for (long c = 0; c < header.cols(); c++) {
        int type = in.get();
        types.add(TYPES.get(type & ~(WITH_MISSING | WITH_FILL)));
        names.add(readText(in));
        columns.add(readCells(in, types.getLast(), rows));
        if ((type & WITH_MISSING) != 0) {
          byte[] bits = new byte[(rows + 7) / 8];
          in.get(bits);
          missing[(int) c] = BitSet.valueOf(bits);
        }
        if ((type & WITH_FILL) != 0) {
          fills[(int) c] = readText(in);
        }
      }
      return new Frame(rows, names, types, columns, missing, fills);
    } catch (BufferUnderflowException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new FormatException(file.toString(), "the frame's cells are damaged");
    }
  }

  private static Object readCells(ByteBuffer in, ColumnType type, int rows) {
    switch (type.storage()) {
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
