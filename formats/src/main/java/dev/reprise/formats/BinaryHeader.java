package dev.reprise.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The first 64 bytes of a binary file, little-endian: magic (8), version (4), kind (4), precision
 * in bytes (4), reserved (4), rows (8), columns (8), payload bytes (8), checksum (16) over the 48
 * bytes before it and the payload.
 *
 * @param kind {@link #MATRIX}, {@link #FRAME} or {@link #SPARSE_MATRIX}
 */
record BinaryHeader(
    int kind,
    int precision,
    long rows,
    long cols,
    long payloadBytes,
    long checkHigh,
    long checkLow) {
  static final int BYTES = 64;
  static final int CHECKED_BYTES = 48;
  static final int MATRIX = 1;
  static final int FRAME = 2;
  static final int SPARSE_MATRIX = 3;
  private static final int VERSION = 1;
  private static final byte[] MAGIC = "REPRISE\n".getBytes(StandardCharsets.US_ASCII);

  /** True when a file starts as a binary file of ours does. */
  static boolean isAt(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(MAGIC.length);
      return channel.read(bytes) == MAGIC.length && Arrays.equals(bytes.array(), MAGIC);
    } catch (IOException e) {
      return false;
    }
  }

  /** The header as bytes, ready to be written. */
  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putInt(VERSION).putInt(kind).putInt(precision).putInt(0);
    bytes.putLong(rows).putLong(cols).putLong(payloadBytes);
    return bytes.putLong(checkLow).putLong(checkHigh).flip();
  }

  /** Reads and checks the header of a file. */
  static BinaryHeader read(FileChannel channel, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // Reads until the header is complete or the file ends.
    }
    int got = bytes.position();
    bytes.flip();
    if (got < MAGIC.length || !Arrays.equals(Arrays.copyOf(bytes.array(), MAGIC.length), MAGIC)) {
      throw new FormatException(
          file.toString(),
          got == 0 ? "the file is empty" : "this is no binary file of Reprise; check format=");
    }
    if (got < BYTES) {
      throw truncated(file, got, BYTES);
    }
    bytes.position(MAGIC.length);
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new FormatException(
          file.toString(),
          "version " + version + " of the binary format is not known, only " + VERSION);
    }
    int kind = bytes.getInt();
    int precision = bytes.getInt();
    boolean reserved = bytes.getInt() != 0;
    long rows = bytes.getLong();
    long cols = bytes.getLong();
    long payload = bytes.getLong();
    long low = bytes.getLong();
    BinaryHeader header =
        new BinaryHeader(kind, precision, rows, cols, payload, bytes.getLong(), low);
    header.check(channel.size(), reserved, file);
    return header;
  }

  private void check(long fileBytes, boolean reserved, Path file) {
    boolean sane =
        !reserved
            && kind >= MATRIX
            && kind <= SPARSE_MATRIX
            && rows >= 0
            && cols >= 0
            && payloadBytes >= 0;
    if (!sane) {
      throw new FormatException(
          file.toString(), "the header is damaged; restore or rewrite the file");
    }
    if (fileBytes < BYTES + payloadBytes) {
      throw truncated(file, fileBytes, BYTES + payloadBytes);
    }
    if (fileBytes > BYTES + payloadBytes) {
      throw new FormatException(
          file.toString(),
          "the file is "
              + (fileBytes - BYTES - payloadBytes)
              + " bytes longer than its header says");
    }
  }

  private static FormatException truncated(Path file, long found, long expected) {
    return new FormatException(
        file.toString(),
        "the file is truncated: "
            + found
            + " of "
            + expected
            + " bytes are there; write or copy it"
            + " again");
  }
}
