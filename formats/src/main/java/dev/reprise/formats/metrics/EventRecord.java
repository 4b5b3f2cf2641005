package dev.reprise.formats.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Records of TensorBoard's event files: length, masked CRC-32C of the length, data, masked CRC-32C
 * of the data, all little-endian. The data is a message {@code Event} in protobuf's wire format:
 * wall time (1), step (2), file version (3), summary (5), which holds values (1) with tag (1) and
 * number (2).
 */
final class EventRecord {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int MASK_DELTA = 0xa282ead8;

  private EventRecord() {}

  /** The record that a file begins with. */
  static byte[] version(double wallSeconds) {
    ByteArrayOutputStream event = event(wallSeconds);
    bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.US_ASCII));
    return framed(event.toByteArray());
  }

  /** The record of one number; it is kept as a float, as TensorBoard's scalars are. */
  static byte[] scalar(double wallSeconds, long step, String tag, double number) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    bytes(value, 1, tag.getBytes(StandardCharsets.UTF_8));
    tag(value, 2, FIXED_32);
    fixed(value, Float.floatToIntBits((float) number), Float.BYTES);
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    bytes(summary, 1, value.toByteArray());
    ByteArrayOutputStream event = event(wallSeconds);
    tag(event, 2, VARINT);
    varint(event, step);
    bytes(event, 5, summary.toByteArray());
    return framed(event.toByteArray());
  }

  private static ByteArrayOutputStream event(double wallSeconds) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    tag(event, 1, FIXED_64);
    fixed(event, Double.doubleToLongBits(wallSeconds), Double.BYTES);
    return event;
  }

  private static void tag(ByteArrayOutputStream out, int field, int type) {
    varint(out, (long) field << 3 | type);
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
    tag(out, field, BYTES);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static void fixed(ByteArrayOutputStream out, long bits, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (bits >>> 8 * i));
    }
  }

  private static byte[] framed(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(data.length + Long.BYTES + 2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(masked(record.array(), Long.BYTES));
    record.put(data).putInt(masked(data, data.length));
    return record.array();
  }

  /** A CRC of data that holds CRCs itself is rotated and moved by a constant. */
  static int masked(byte[] data, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, length);
    int value = (int) crc.getValue();
    return Integer.rotateRight(value, 15) + MASK_DELTA;
  }
}
