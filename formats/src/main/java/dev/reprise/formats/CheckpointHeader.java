package dev.reprise.formats;

import dev.reprise.formats.ValueContent.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 44 bytes of a checkpoint, little-endian: magic (19), version (1), and of the content
 * that follows its number of bytes (8) and its fingerprint, XXH3-128 (16).
 */
record CheckpointHeader(Fingerprint content) {
  static final int BYTES = 44;

  /** Version 1 had a form of its own for values. */
  static final int VERSION = 2;

  private static final byte[] MAGIC = "REPRISE-CHECKPOINT\n".getBytes(StandardCharsets.US_ASCII);

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) VERSION).putLong(content.bytes());
    bytes.putLong(content.low()).putLong(content.high());
    return bytes.flip();
  }

  /**
   * Decodes and checks the first bytes of a file.
   *
   * @param start as many of the first bytes as there are
   */
  static CheckpointHeader decode(ByteBuffer start, long fileBytes, String file) {
    ByteBuffer bytes = start.order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < MAGIC.length
        || !Arrays.equals(Arrays.copyOf(bytes.array(), MAGIC.length), MAGIC)) {
      throw new FormatException(
          file,
          bytes.remaining() == 0
              ? "the file is empty, and no checkpoint"
              : "this is no checkpoint of Reprise; read other files with read");
    }
    if (bytes.remaining() < BYTES) {
      throw truncated(file, fileBytes, BYTES);
    }
    int version = Byte.toUnsignedInt(bytes.get(MAGIC.length));
    if (version > VERSION) {
      throw new FormatException(
          file,
          "a newer version of Reprise wrote this checkpoint: it has version "
              + version
              + " of the format, and this Reprise knows "
              + VERSION
              + "; resume it with that version, or use an earlier one");
    }
    if (version != VERSION) {
      throw new FormatException(
          file,
          "version "
              + version
              + " of the checkpoint format is not known, only "
              + VERSION
              + "; resume it with the version of Reprise that wrote it, write its values there and"
              + " read them here");
    }
    bytes.position(MAGIC.length + 1);
    long length = bytes.getLong();
    long low = bytes.getLong();
    long high = bytes.getLong();
    if (length < 0 || fileBytes > BYTES + length) {
      throw new FormatException(file, "the checkpoint's header is damaged; use an earlier one");
    }
    if (fileBytes < BYTES + length) {
      throw truncated(file, fileBytes, BYTES + length);
    }
    return new CheckpointHeader(new Fingerprint(high, low, length));
  }

  private static FormatException truncated(String file, long found, long due) {
    return new FormatException(
        file,
        "the checkpoint is truncated: "
            + found
            + " of "
            + due
            + " bytes are there; use an earlier one");
  }
}
