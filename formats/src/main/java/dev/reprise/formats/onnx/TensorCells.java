package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** What a model says of the cells of one tensor, field by field, until they are asked for. */
final class TensorCells {

  /** Numbers that ONNX gives to the types of cells. */
  static final int FLOAT = 1;

  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int UINT16 = 4;
  private static final int INT16 = 5;
  private static final int INT32 = 6;
  static final int INT64 = 7;
  static final int BOOL = 9;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int UINT32 = 12;
  private static final int BFLOAT16 = 16;

  private final Path model;
  String name = "";
  int type;
  final List<Long> extents = new ArrayList<>();

  /** The cells are in one of these. */
  ByteBuffer raw;

  ExternalData external;
  final List<Long> integers = new ArrayList<>();
  final List<Double> numbers = new ArrayList<>();

  TensorCells(Path model) {
    this.model = model;
  }

  double[] decoded() {
    int width = width();
    long count = count();
    if (external != null) {
      return ofBytes(external.read(model), width, count);
    }
    return raw != null ? ofBytes(raw, width, count) : ofLists(count);
  }

  /** Of cells in all; -1 when that is more than can be. */
  private long count() {
    long count = 1;
    for (long extent : extents) {
      count = count < 0 || extent < 0 || count > Integer.MAX_VALUE ? -1 : count * extent;
    }
    return count;
  }

  private int width() {
    return switch (type) {
      case UINT8, INT8, BOOL -> 1;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 2;
      case FLOAT, INT32, UINT32 -> 4;
      case INT64, DOUBLE -> 8;
      default -> throw unknownType();
    };
  }

  private double[] ofBytes(ByteBuffer bytes, int width, long count) {
    if (count < 0 || count * width != bytes.remaining()) {
      throw sizesDisagree();
    }
    double[] cells = new double[(int) count];
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          switch (type) {
            case FLOAT -> bytes.getFloat();
            case UINT8 -> Byte.toUnsignedInt(bytes.get());
            case INT8, BOOL -> bytes.get();
            case UINT16 -> Short.toUnsignedInt(bytes.getShort());
            case INT16 -> bytes.getShort();
            case INT32 -> bytes.getInt();
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
            case INT64 -> bytes.getLong();
            case FLOAT16, BFLOAT16 -> half(bytes.getShort());
            default -> bytes.getDouble();
          };
    }
    return cells;
  }

  /** A float of 2 bytes by its bits. */
  private double half(short bits) {
    return type == FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  private double[] ofLists(long count) {
    boolean isWhole = type != FLOAT && type != DOUBLE;
    if (count != (isWhole ? integers.size() : numbers.size())) {
      throw sizesDisagree();
    }
    if (!isWhole) {
      return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }
    // Floats of 2 bytes are kept as integers that have their bits.
    boolean isHalf = type == FLOAT16 || type == BFLOAT16;
    return integers.stream()
        .mapToDouble(cell -> isHalf ? half(cell.shortValue()) : cell.doubleValue())
        .toArray();
  }

  /** What becomes of a number in a type of floats; empty for other types. */
  static Optional<DoubleUnaryOperator> rounded(long type) {
    return switch ((int) type) {
      case FLOAT -> Optional.of(cell -> (float) cell);
      case DOUBLE -> Optional.of(cell -> cell);
      case FLOAT16 -> Optional.of(cell -> Float.float16ToFloat(Float.floatToFloat16((float) cell)));
      case BFLOAT16 -> Optional.of(TensorCells::toBfloat16);
      default -> Optional.empty();
    };
  }

  /** True for whole numbers and truths. */
  static boolean isWhole(int type) {
    return rounded(type).isEmpty();
  }

  /** True where a number is one of a type of whole numbers, or of truths. */
  static boolean has(int type, double cell) {
    return cell == Math.rint(cell)
        && switch (type) {
          case UINT8 -> cell >= 0 && cell < 1 << 8;
          case INT8 -> cell == (byte) cell;
          case UINT16 -> cell >= 0 && cell < 1 << 16;
          case INT16 -> cell == (short) cell;
          case INT32 -> cell == (int) cell;
          case UINT32 -> cell >= 0 && cell < 1L << 32;
          case INT64 -> cell == (long) cell;
          case BOOL -> cell == 0 || cell == 1;
          default -> false;
        };
  }

  /** The upper half of a float's bits, rounded to the nearest, or to the even one of two. */
  private static double toBfloat16(double cell) {
    float number = (float) cell;
    int bits = Float.floatToRawIntBits(number);
    int rounded = (bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000;
    return Float.isNaN(number) ? number : Float.intBitsToFloat(rounded);
  }

  private FormatException unknownType() {
    return problem(
        "has cells of type "
            + type
            + ", which cannot be read; there are float, double, float16, bfloat16, int8, int16,"
            + " int32, int64, uint8, uint16, uint32 and bool");
  }

  private FormatException sizesDisagree() {
    return problem("has a shape that disagrees with its cells; copy the model again");
  }

  private FormatException problem(String what) {
    return new FormatException(model.toString(), "tensor \"" + name + "\" " + what);
  }
}
