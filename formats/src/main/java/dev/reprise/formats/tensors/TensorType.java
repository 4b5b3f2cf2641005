package dev.reprise.formats.tensors;

import dev.reprise.formats.UnsignedNumber;
import java.nio.ByteBuffer;

/** Types of cells in safetensors, by the names that they have there. */
enum TensorType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** Null for a type that is not known. */
  static TensorType named(String name) {
    for (TensorType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** The next cell of little-endian bytes. */
  double next(ByteBuffer cells) {
    return switch (this) {
      case F64 -> cells.getDouble();
      case F32 -> cells.getFloat();
      case F16 -> Float.float16ToFloat(cells.getShort());
      // The upper half of a float.
      case BF16 -> Float.intBitsToFloat(cells.getShort() << 16);
      case I64 -> cells.getLong();
      case I32 -> cells.getInt();
      case I16 -> cells.getShort();
      case I8 -> cells.get();
      case U64 -> UnsignedNumber.of(cells.getLong());
      case U32 -> Integer.toUnsignedLong(cells.getInt());
      case U16 -> Short.toUnsignedInt(cells.getShort());
      case U8 -> Byte.toUnsignedInt(cells.get());
      case BOOL -> cells.get() == 0 ? 0 : 1;
    };
  }
}
