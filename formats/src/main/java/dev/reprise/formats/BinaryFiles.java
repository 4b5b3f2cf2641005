package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes our binary format: a checked header, then the cells as they lie in memory. A
 * file is mapped and copied in one pass with its checksum. The matrices of a folder of parts are
 * one matrix, part below part.
 */
final class BinaryFiles {
  private static final long CHUNK_BYTES = 64L << 20;

  private final ReadSettings settings;
  private final List<Path> parts;
  private final List<BinaryHeader> headers = new ArrayList<>();

  private BinaryFiles(ReadSettings settings) {
    this.settings = settings;
    this.parts = settings.data().parts();
  }

  /** Reads a matrix or frame, whichever the file holds; the caller owns it. */
  static Operand read(ReadSettings settings, Allocator allocator) {
    return new BinaryFiles(settings).read(allocator);
  }

  private Operand read(Allocator allocator) {
    long rows = 0;
    for (Path part : parts) {
      headers.add(header(part));
      rows += headers.getLast().rows();
    }
    BinaryHeader first = headers.get(0);
    settings.checkShape(rows, first.cols());
    if (parts.size() > 1) {
      checkParts(first);
    }
    if (first.kind() == BinaryHeader.FRAME) {
      return frame(first, parts.get(0));
    }
    return first.kind() == BinaryHeader.MATRIX
        ? dense(rows, first, allocator)
        : sparse(first, allocator);
  }

  private static BinaryHeader header(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return BinaryHeader.read(channel, file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  private void checkParts(BinaryHeader first) {
    for (int p = 0; p < parts.size(); p++) {
      BinaryHeader header = headers.get(p);
      if (header.kind() != BinaryHeader.MATRIX
          || header.cols() != first.cols()
          || header.precision() != first.precision()) {
        throw new FormatException(
            parts.get(p).toString(),
            "the parts of a binary folder are dense matrices with the same number of columns and"
                + " the same precision, this one differs from the first; read them one by one and"
                + " use rbind");
      }
    }
  }

  private DenseMatrix dense(long rows, BinaryHeader first, Allocator allocator) {
    Precision precision = precision(first);
    for (int p = 0; p < parts.size(); p++) {
      BinaryHeader header = headers.get(p);
      if (DenseMatrix.bytesOf(header.rows(), header.cols(), precision) != header.payloadBytes()) {
        throw damaged(parts.get(p));
      }
    }
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, first.cols(), precision);
    try {
      long at = 0;
      for (int p = 0; p < parts.size(); p++) {
        BinaryHeader header = headers.get(p);
        copy(header, parts.get(p), matrix.segment().asSlice(at, header.payloadBytes()));
        at += header.payloadBytes();
      }
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private static Precision precision(BinaryHeader header) {
    return header.precision() == 4 ? Precision.FP32 : Precision.FP64;
  }

  private static FormatException damaged(Path file) {
    return new FormatException(file.toString(), "the header is damaged: shape and length disagree");
  }

  private SparseMatrix sparse(BinaryHeader header, Allocator allocator) {
    Path file = parts.get(0);
    if (header.rows() > header.payloadBytes() || header.cols() > Integer.MAX_VALUE) {
      throw damaged(file);
    }
    long starts = SparseMatrix.bytesOf(header.rows(), 0);
    long perValue = SparseMatrix.bytesOf(0, 1) - SparseMatrix.bytesOf(0, 0);
    long nonZeros = (header.payloadBytes() - starts) / perValue;
    if (nonZeros < 0 || SparseMatrix.bytesOf(header.rows(), nonZeros) != header.payloadBytes()) {
      throw damaged(file);
    }
    SparseMatrix matrix =
        new SparseMatrix(
            header.rows(),
            header.cols(),
            precision(header),
            nonZeros,
            allocator.allocate(header.payloadBytes()));
    try {
      copy(header, file, matrix.segment().asSlice(0, header.payloadBytes()));
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private static Frame frame(BinaryHeader header, Path file) {
    if (header.payloadBytes() > 1L << 30) {
      throw new FormatException(file.toString(), "a binary frame larger than 1 GiB cannot be read");
    }
    byte[] payload = new byte[(int) header.payloadBytes()];
    copy(header, file, MemorySegment.ofArray(payload));
    return BinaryFrame.decode(ByteBuffer.wrap(payload), header, file);
  }

  /** Copies the payload to a segment of its size and checks it on the way. */
  private static void copy(BinaryHeader header, Path file, MemorySegment target) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      Checksum checksum =
          new Checksum().bytes(header.encode().array(), 0, BinaryHeader.CHECKED_BYTES);
      long bytes = header.payloadBytes();
      if (channel.size() < BinaryHeader.BYTES + bytes) {
        throw shorter(file);
      }
      if (bytes > 0) {
        MemorySegment payload = channel.map(MapMode.READ_ONLY, BinaryHeader.BYTES, bytes, arena);
        checksum.copied(payload, target, bytes);
      }
      verify(header, checksum.value(), file);
    } catch (InternalError e) {
      // What the JVM makes of a page of a mapped file that is no longer there.
      throw shorter(file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  private static FormatException shorter(Path file) {
    return new FormatException(file.toString(), "the file became shorter while it was read");
  }

  private static void verify(BinaryHeader header, HashValue128 found, Path file) {
    if (found.getMostSignificantBits() != header.checkHigh()
        || found.getLeastSignificantBits() != header.checkLow()) {
      throw new FormatException(
          file.toString(),
          "the checksum does not match: the file was damaged after it was written; restore it or"
              + " write it again");
    }
  }

  /** Writes a matrix in the form that it has. */
  static void write(MatrixOperand matrix, FileChannel channel) throws IOException {
    boolean sparse = matrix instanceof SparseMatrix;
    MemorySegment cells = matrix.buffer().segment();
    BinaryHeader header =
        sealed(
            sparse ? BinaryHeader.SPARSE_MATRIX : BinaryHeader.MATRIX,
            matrix.precision().bytesPerCell(),
            matrix.rows(),
            matrix.cols(),
            cells,
            matrix.bytes());
    writeFully(channel, header.encode());
    for (long at = 0; at < matrix.bytes(); at += CHUNK_BYTES) {
      long length = Math.min(CHUNK_BYTES, matrix.bytes() - at);
      writeFully(channel, cells.asSlice(at, length).asByteBuffer());
    }
  }

  /** Writes a frame. */
  static void write(Frame frame, FileChannel channel) throws IOException {
    byte[] payload = BinaryFrame.encode(frame);
    MemorySegment segment = MemorySegment.ofArray(payload);
    writeFully(
        channel,
        sealed(BinaryHeader.FRAME, 0, frame.rows(), frame.cols(), segment, payload.length)
            .encode());
    writeFully(channel, ByteBuffer.wrap(payload));
  }

  private static BinaryHeader sealed(
      int kind, int precision, long rows, long cols, MemorySegment payload, long bytes) {
    BinaryHeader open = new BinaryHeader(kind, precision, rows, cols, bytes, 0, 0);
    HashValue128 check =
        new Checksum()
            .bytes(open.encode().array(), 0, BinaryHeader.CHECKED_BYTES)
            .segment(payload, bytes)
            .value();
    return new BinaryHeader(
        kind,
        precision,
        rows,
        cols,
        bytes,
        check.getMostSignificantBits(),
        check.getLeastSignificantBits());
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
