package dev.reprise.formats.parquet;

import dev.reprise.formats.UnsignedNumber;
import dev.reprise.runtime.ColumnType;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** One flat column: its type here, and how its cells are taken from the file. */
final class ParquetColumn {
  private final String name;
  private final PrimitiveType primitive;
  private final ColumnType type;
  private final boolean isUnsigned;
  private final int defined;

  ParquetColumn(ColumnDescriptor descriptor) {
    this.name = descriptor.getPath()[0];
    this.primitive = descriptor.getPrimitiveType();
    this.defined = descriptor.getMaxDefinitionLevel();
    this.type = type(primitive);
    this.isUnsigned =
        primitive.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation annotation
            && !annotation.isSigned();
  }

  /** Numbers that stand for something else, such as dates and decimals, are read as their text. */
  private static ColumnType type(PrimitiveType primitive) {
    LogicalTypeAnnotation meaning = primitive.getLogicalTypeAnnotation();
    boolean plain = meaning == null || meaning instanceof IntLogicalTypeAnnotation;
    return switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case INT32, INT64 -> plain ? ColumnType.INTEGER : ColumnType.STRING;
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> ColumnType.STRING;
    };
  }

  String name() {
    return name;
  }

  ColumnType type() {
    return type;
  }

  /** What the column holds, for messages. */
  String kind() {
    LogicalTypeAnnotation meaning = primitive.getLogicalTypeAnnotation();
    return meaning == null ? primitive.getPrimitiveTypeName().name() : meaning.toString();
  }

  boolean isMissing(ColumnReader cells) {
    return cells.getCurrentDefinitionLevel() < defined;
  }

  /** The cell of a column that is not text; NaN when missing. */
  double number(ColumnReader cells) {
    if (isMissing(cells)) {
      return Double.NaN;
    }
    return switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN -> cells.getBoolean() ? 1 : 0;
      case FLOAT -> cells.getFloat();
      case DOUBLE -> cells.getDouble();
      default -> number(whole(cells));
    };
  }

  /** What the bits of {@link #whole} stand for. */
  double number(long whole) {
    return isBeyond(whole) ? UnsignedNumber.of(whole) : whole;
  }

  /** True when these bits are a number of 2^63 or more, which only unsigned columns have. */
  boolean isBeyond(long whole) {
    return whole < 0 && isUnsigned;
  }

  /** The bits of a whole number, which are its value unless it is {@link #isBeyond}. */
  long whole(ColumnReader cells) {
    return primitive.getPrimitiveTypeName() != PrimitiveTypeName.INT32
        ? cells.getLong()
        : isUnsigned ? Integer.toUnsignedLong(cells.getInteger()) : cells.getInteger();
  }

  String text(ColumnReader cells) {
    return switch (primitive.getPrimitiveTypeName()) {
      case INT32 -> primitive.stringifier().stringify(cells.getInteger());
      case INT64 -> primitive.stringifier().stringify(cells.getLong());
      default -> {
        boolean plain = primitive.getLogicalTypeAnnotation() == null;
        boolean bytes = primitive.getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
        // Some writers do not say that their byte arrays are text.
        yield plain && bytes
            ? cells.getBinary().toStringUsingUTF8()
            : primitive.stringifier().stringify(cells.getBinary());
      }
    };
  }
}
