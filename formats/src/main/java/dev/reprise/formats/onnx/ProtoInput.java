package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The fields of one protobuf message, in the order of the file. Call {@link #next}, look at {@link
 * #field}, and take the value by its type or {@link #skip} it.
 */
final class ProtoInput {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private final String file;
  private int field;
  private int type;

  /**
   * @param file for messages
   */
  ProtoInput(ByteBuffer bytes, String file) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.file = file;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    type = (int) (tag & 7);
    if (field <= 0 || tag >>> 3 > Integer.MAX_VALUE) {
      throw damaged();
    }
    return true;
  }

  int field() {
    return field;
  }

  long integer() {
    expect(VARINT);
    return varint();
  }

  float fixed32() {
    expect(FIXED32);
    try {
      return bytes.getFloat();
    } catch (BufferUnderflowException e) {
      throw damaged();
    }
  }

  ByteBuffer bytes() {
    expect(BYTES);
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw damaged();
    }
    ByteBuffer slice = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + (int) length);
    return slice;
  }

  ProtoInput message() {
    return new ProtoInput(bytes(), file);
  }

  String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  /** Repeated integers: one, or all of them packed. */
  void integers(List<Long> target) {
    if (type == VARINT) {
      target.add(varint());
      return;
    }
    ProtoInput packed = message();
    while (packed.bytes.hasRemaining()) {
      target.add(packed.varint());
    }
  }

  /** Repeated numbers of 4 or 8 bytes: one, or all of them packed. */
  void numbers(List<Double> target, boolean wide) {
    int width = wide ? Double.BYTES : Float.BYTES;
    ByteBuffer source = bytes;
    int end = bytes.position() + width;
    if (type == BYTES) {
      source = bytes();
      end = source.limit();
    } else {
      expect(wide ? FIXED64 : FIXED32);
    }
    try {
      while (source.position() < end) {
        target.add(wide ? source.getDouble() : source.getFloat());
      }
    } catch (BufferUnderflowException e) {
      throw damaged();
    }
  }

  void skip() {
    switch (type) {
      case VARINT -> varint();
      case FIXED64 -> leap(Long.BYTES);
      case BYTES -> bytes();
      case FIXED32 -> leap(Integer.BYTES);
      default -> throw damaged();
    }
  }

  private void leap(int count) {
    if (bytes.remaining() < count) {
      throw damaged();
    }
    bytes.position(bytes.position() + count);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw damaged();
      }
      byte part = bytes.get();
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private void expect(int wanted) {
    if (type != wanted) {
      throw damaged();
    }
  }

  private FormatException damaged() {
    return new FormatException(
        file, "this is no ONNX model, or it is damaged or cut off; copy the file again");
  }
}
