package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.AbsentScalar;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 48 bytes of a checkpoint, little-endian: magic (19), version (1), zero (4), bytes of
 * payload (8), XXH3-128 of the payload (16); and the marks of what the payload holds. Numbers in
 * heads of values are big-endian, as Java's data streams have them; cells are as they lie in
 * memory.
 */
record CheckpointHeader(long payloadBytes, HashValue128 check) {
  static final int BYTES = 48;
  static final int VERSION = 1;
  static final int LIST = 1;
  static final int SCALAR = 2;
  static final int DENSE = 3;
  static final int SPARSE = 4;
  static final int FRAME = 5;
  private static final byte[] MAGIC = "REPRISE-CHECKPOINT\n".getBytes(StandardCharsets.US_ASCII);

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) VERSION).putInt(0).putLong(payloadBytes);
    bytes.putLong(check.getLeastSignificantBits()).putLong(check.getMostSignificantBits());
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
    int version = bytes.get(MAGIC.length);
    if (version != VERSION) {
      throw new FormatException(
          file,
          "version "
              + version
              + " of the checkpoint format is not known, only "
              + VERSION
              + "; resume it with the version of Reprise that wrote it");
    }
    bytes.position(MAGIC.length + 5);
    long payload = bytes.getLong();
    long low = bytes.getLong();
    HashValue128 check = new HashValue128(bytes.getLong(), low);
    if (payload < 0 || fileBytes > BYTES + payload) {
      throw new FormatException(file, "the checkpoint's header is damaged; use an earlier one");
    }
    if (fileBytes < BYTES + payload) {
      throw truncated(file, fileBytes, BYTES + payload);
    }
    return new CheckpointHeader(payload, check);
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

  static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  static String readText(ByteBuffer in) {
    byte[] utf8 = new byte[Math.clamp(in.getInt(), 0, in.remaining())];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static void writeScalar(DataOutputStream out, Scalar scalar) throws IOException {
    switch (scalar) {
      case DoubleScalar number -> {
        out.writeByte('d');
        out.writeLong(Double.doubleToRawLongBits(number.value()));
      }
      case IntegerScalar whole -> {
        out.writeByte('i');
        out.writeLong(whole.value());
      }
      case BooleanScalar truth -> {
        out.writeByte('b');
        out.writeLong(truth.asBoolean() ? 1 : 0);
      }
      case StringScalar text -> {
        out.writeByte('s');
        writeText(out, text.value());
      }
      case AbsentScalar _ -> out.writeByte('a');
    }
  }

  /** Null when the bytes are no scalar. */
  static Scalar readScalar(ByteBuffer in) {
    return switch (in.get()) {
      case 'd' -> Scalar.of(Double.longBitsToDouble(in.getLong()));
      case 'i' -> Scalar.of(in.getLong());
      case 'b' -> Scalar.of(in.getLong() != 0);
      case 's' -> Scalar.of(readText(in));
      case 'a' -> Scalar.absent();
      default -> null;
    };
  }
}
