package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A tensor of constants; its cells as doubles, the last extent running fastest. */
record OnnxTensor(String name, List<Long> extents, double[] cells) {

  /** Numbers that ONNX gives to the types of cells. */
  private static final int FLOAT = 1;

  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int INT16 = 5;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int BOOL = 9;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int BFLOAT16 = 16;

  static OnnxTensor read(ProtoInput in, String file) {
    String name = "";
    int type = 0;
    boolean isElsewhere = false;
    ByteBuffer raw = null;
    List<Long> extents = new ArrayList<>();
    List<Long> integers = new ArrayList<>();
    List<Double> numbers = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(extents);
        case 2 -> type = (int) in.integer();
        case 4 -> in.numbers(numbers, false);
        case 5, 7 -> in.integers(integers);
        case 8 -> name = in.text();
        case 9 -> raw = in.bytes();
        case 10 -> in.numbers(numbers, true);
        case 14 -> isElsewhere = in.integer() == 1;
        default -> in.skip();
      }
    }
    if (isElsewhere) {
      throw new FormatException(
          file,
          "tensor \""
              + name
              + "\" lies in another file; save the model with its weights inside (in torch:"
              + " torch.onnx.export(..., external_data=False))");
    }
    long count = 1;
    for (long extent : extents) {
      count = extent < 0 || count > Integer.MAX_VALUE ? -1 : count * extent;
    }
    double[] cells =
        raw != null
            ? cells(raw, type, count, name, file)
            : cells(numbers, integers, type, count, name, file);
    return new OnnxTensor(name, List.copyOf(extents), cells);
  }

  private static double[] cells(ByteBuffer raw, int type, long count, String name, String file) {
    int width =
        switch (type) {
          case UINT8, INT8, BOOL -> 1;
          case INT16, FLOAT16, BFLOAT16 -> 2;
          case FLOAT, INT32 -> 4;
          case INT64, DOUBLE -> 8;
          default -> throw unknownType(type, name, file);
        };
    if (count < 0 || count * width != raw.remaining()) {
      throw sizesDisagree(name, file);
    }
    double[] cells = new double[(int) count];
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          switch (type) {
            case FLOAT -> raw.getFloat();
            case UINT8 -> Byte.toUnsignedInt(raw.get());
            case INT8, BOOL -> raw.get();
            case INT16 -> raw.getShort();
            case INT32 -> raw.getInt();
            case INT64 -> raw.getLong();
            case FLOAT16 -> Float.float16ToFloat(raw.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(raw.getShort() << 16);
            default -> raw.getDouble();
          };
    }
    return cells;
  }

  private static double[] cells(
      List<Double> numbers, List<Long> integers, int type, long count, String name, String file) {
    boolean isWhole =
        switch (type) {
          case FLOAT, DOUBLE -> false;
          case UINT8, INT8, INT16, INT32, INT64, BOOL -> true;
          // Halves are kept as the bits of integers there; nobody writes them so.
          default -> throw unknownType(type, name, file);
        };
    if (count != (isWhole ? integers.size() : numbers.size())) {
      throw sizesDisagree(name, file);
    }
    return isWhole
        ? integers.stream().mapToDouble(Long::doubleValue).toArray()
        : numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static FormatException unknownType(int type, String name, String file) {
    return new FormatException(
        file,
        "tensor \""
            + name
            + "\" has cells of type "
            + type
            + ", which cannot be read; use floats or integers");
  }

  private static FormatException sizesDisagree(String name, String file) {
    return new FormatException(
        file, "shape and cells of tensor \"" + name + "\" disagree; copy the file again");
  }

  /** Its first extent as rows, all others together as columns; a vector is one column. */
  Layer.Weights matrix() {
    int rows = extents.isEmpty() ? 1 : extents.getFirst().intValue();
    return new Layer.Weights(rows, rows == 0 ? 0 : cells.length / rows, cells);
  }

  /** Its cells as one column. */
  Layer.Weights column() {
    return new Layer.Weights(cells.length, 1, cells);
  }

  /** Its cells as one row. */
  Layer.Weights row() {
    return new Layer.Weights(1, cells.length, cells);
  }
}
