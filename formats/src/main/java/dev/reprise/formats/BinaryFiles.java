package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes our binary format: a checked header, then the cells as they lie in memory. */
final class BinaryFiles {
  private static final long CHUNK_BYTES = 64L << 20;

  private BinaryFiles() {}

  /** Reads a matrix or frame, whichever the file holds; the caller owns it. */
  static Operand read(ReadSettings settings, Allocator allocator) {
    if (settings.data().parts().size() != 1) {
      throw new FormatException(
          settings.file(), "a folder of binary files is not one input; name one of the files");
    }
    Path file = settings.data().parts().get(0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      BinaryHeader header = BinaryHeader.read(channel, file);
      settings.checkShape(header.rows(), header.cols());
      return header.kind() == BinaryHeader.MATRIX
          ? matrix(channel, header, file, allocator)
          : frame(channel, header, file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  private static DenseMatrix matrix(
      FileChannel channel, BinaryHeader header, Path file, Allocator allocator) throws IOException {
    Precision precision = header.precision() == 4 ? Precision.FP32 : Precision.FP64;
    long bytes = DenseMatrix.bytesOf(header.rows(), header.cols(), precision);
    if (bytes != header.payloadBytes()) {
      throw new FormatException(
          file.toString(), "the header is damaged: shape and length disagree");
    }
    DenseMatrix matrix =
        new DenseMatrix(header.rows(), header.cols(), precision, allocator.allocate(bytes));
    try {
      for (long at = 0; at < bytes; ) {
        long length = Math.min(CHUNK_BYTES, bytes - at);
        ByteBuffer target = matrix.segment().asSlice(at, length).asByteBuffer();
        int got = channel.read(target, BinaryHeader.BYTES + at);
        if (got < 0) {
          throw new FormatException(file.toString(), "the file became shorter while it was read");
        }
        at += got;
      }
      verify(header, new Checksum(), matrix.segment(), file);
      return matrix;
    } catch (RuntimeException | IOException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private static void verify(
      BinaryHeader header, Checksum checksum, MemorySegment payload, Path file) {
    checksum.bytes(header.encode().array(), 0, BinaryHeader.CHECKED_BYTES);
    HashValue128 found = checksum.segment(payload, header.payloadBytes()).value();
    if (found.getMostSignificantBits() != header.checkHigh()
        || found.getLeastSignificantBits() != header.checkLow()) {
      throw new FormatException(
          file.toString(),
          "the checksum does not match: the file was damaged after it was written; restore it or"
              + " write it again");
    }
  }

  private static Frame frame(FileChannel channel, BinaryHeader header, Path file)
      throws IOException {
    if (header.payloadBytes() > 1L << 30) {
      throw new FormatException(file.toString(), "a binary frame larger than 1 GiB cannot be read");
    }
    ByteBuffer payload = ByteBuffer.allocate((int) header.payloadBytes());
    while (payload.hasRemaining()
        && channel.read(payload, BinaryHeader.BYTES + payload.position()) >= 0) {
      // Reads until the payload is complete or the file ends.
    }
    verify(header, new Checksum(), MemorySegment.ofArray(payload.array()), file);
    return BinaryFrame.decode(payload.flip(), header, file);
  }

  /** Writes a matrix. */
  static void write(DenseMatrix matrix, FileChannel channel) throws IOException {
    BinaryHeader header =
        sealed(
            BinaryHeader.MATRIX,
            matrix.precision().bytesPerCell(),
            matrix.rows(),
            matrix.cols(),
            matrix.segment(),
            matrix.bytes());
    writeFully(channel, header.encode());
    for (long at = 0; at < matrix.bytes(); at += CHUNK_BYTES) {
      long length = Math.min(CHUNK_BYTES, matrix.bytes() - at);
      writeFully(channel, matrix.segment().asSlice(at, length).asByteBuffer());
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
