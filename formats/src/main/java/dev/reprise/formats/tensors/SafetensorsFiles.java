package dev.reprise.formats.tensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.formats.FormatException;
import dev.reprise.formats.MatrixRows;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Reads and writes safetensors: the length of a header (8 bytes, little-endian), the header as JSON
 * with type, shape and place of each tensor, then cells row by row.
 */
public final class SafetensorsFiles {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT = 8;

  private SafetensorsFiles() {}

  /** Names of the tensors in the order of their cells. */
  public static List<String> names(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return SafetensorsHeader.read(channel, file.toString()).tensors().stream()
          .map(SafetensorsHeader.Tensor::name)
          .toList();
    }
  }

  /**
   * Reads one tensor as a matrix: its first extent are the rows, all others together the columns; a
   * vector is one column.
   *
   * @param name null when there is but one
   * @return a matrix that the caller owns
   */
  public static DenseMatrix read(Path file, String name, Allocator allocator) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(channel, file.toString());
      SafetensorsHeader.Tensor tensor = header.find(name, file.toString());
      DenseMatrix matrix = DenseMatrix.allocate(allocator, tensor.rows(), tensor.cols());
      try {
        fill(channel, header.dataStart() + tensor.from(), tensor.type(), matrix);
        return matrix;
      } catch (EOFException e) {
        matrix.buffer().release();
        throw new FormatException(file.toString(), "the file became shorter while it was read");
      } catch (RuntimeException | IOException | Error e) {
        matrix.buffer().release();
        throw e;
      }
    }
  }

  private static void fill(FileChannel channel, long from, TensorType type, DenseMatrix matrix)
      throws IOException {
    int width = type.bytes();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long row = 0;
    long col = 0;
    for (long at = 0; at < matrix.cells() * width; at += CHUNK_BYTES) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, matrix.cells() * width - at));
      while (chunk.hasRemaining()) {
        if (channel.read(chunk, from + at + chunk.position()) < 0) {
          throw new EOFException();
        }
      }
      chunk.flip();
      while (chunk.hasRemaining()) {
        matrix.set(row, col, type.next(chunk));
        if (++col == matrix.cols()) {
          col = 0;
          row++;
        }
      }
    }
  }

  /** Writes matrices with two extents each, in their own precision. */
  public static void write(TensorSource source, FileChannel channel) throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_BYTES);
    byte[] header = header(source.heads());
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (int i = 0; i < source.heads().size(); i++) {
      source.lend(i, cells -> writeCells(cells, out));
    }
    out.flush();
  }

  private static byte[] header(List<TensorSource.Head> heads) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long at = 0;
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      for (TensorSource.Head head : heads) {
        long end = at + head.rows() * head.cols() * head.precision().bytesPerCell();
        json.writeObjectFieldStart(head.name());
        json.writeStringField("dtype", head.precision() == Precision.FP32 ? "F32" : "F64");
        json.writeFieldName("shape");
        json.writeArray(new long[] {head.rows(), head.cols()}, 0, 2);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {at, end}, 0, 2);
        json.writeEndObject();
        at = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void writeCells(MatrixOperand matrix, OutputStream out) throws IOException {
    boolean narrow = matrix.precision() == Precision.FP32;
    MatrixRows rows = new MatrixRows(matrix);
    ByteBuffer bytes =
        ByteBuffer.allocate(
                Math.multiplyExact(matrix.precision().bytesPerCell(), (int) matrix.cols()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long r = 0; r < matrix.rows(); r++) {
      bytes.clear();
      for (double cell : rows.row(r)) {
        if (narrow) {
          bytes.putFloat((float) cell);
        } else {
          bytes.putDouble(cell);
        }
      }
      out.write(bytes.array());
    }
  }
}
