package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameRoom;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.util.List;

/** Frames, casts between types, and the encoding of frames to matrices. */
public final class FrameKernels {
  /** Between the elements of a list of texts that arrives as one text. */
  public static final char BETWEEN = '\u001f';

  private FrameKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("as.scalar", (_, in, _) -> one(FrameCasts.toScalar(in[0])));
    table.add("as.matrix", (_, in, context) -> one(asMatrix(in[0], parallel, context)));
    table.add("as.frame", (_, in, context) -> one(asFrame(in[0], parallel, context)));
    table.add("as.double", (_, in, _) -> one(Scalar.of(FrameCasts.toScalar(in[0]).asDouble())));
    table.add("as.integer", (_, in, _) -> one(Scalar.of(FrameCasts.toScalar(in[0]).asLong())));
    table.add("as.logical", (_, in, _) -> one(Scalar.of(FrameCasts.toScalar(in[0]).asBoolean())));
    table.add("as.string", (_, in, _) -> one(Scalar.of(FrameCasts.toScalar(in[0]).asString())));
    table.add("frame", (_, in, _) -> one(frame(in)));
    table.add("detectSchema", (_, in, _) -> one(SchemaNames.of(frameIn("detectSchema", in[0]))));
    table.add("colnames", (_, in, _) -> one(columnNames(frameIn("colnames", in[0]))));
    table.add("map", (_, in, _) -> one(MapKernel.run(in)));
    table.add("tokenize", (_, in, _) -> one(TokenizeKernel.run(in)));
    SchemaKernels.register(table);
    TransformKernels kernels = new TransformKernels(parallel);
    table.add("transformencode", kernels::encode);
    table.add("transformapply", kernels::apply);
    table.add("transformdecode", kernels::decode);
    table.add("transformcolmap", kernels::columnMap);
    table.add("transformFunctions", kernels::functions);
  }

  private static Operand[] one(Operand result) {
    return new Operand[] {result};
  }

  private static Operand asMatrix(Operand operand, Parallel parallel, ExecutionContext context) {
    return switch (operand) {
      case Scalar scalar -> FrameCasts.toMatrix(scalar, context.allocator());
      case Frame frame -> FrameCasts.toMatrix(frame, parallel, context);
      case MatrixOperand matrix -> matrix.copyDense(context.allocator());
    };
  }

  private static Frame asFrame(Operand operand, Parallel parallel, ExecutionContext context) {
    return switch (operand) {
      case Scalar scalar -> FrameCasts.fromScalar(scalar);
      case MatrixOperand matrix -> FrameCasts.fromMatrix(matrix, parallel, context);
      // Frames live on the heap and are immutable, but a kernel never returns its input.
      case Frame frame -> FrameShape.cbind(new Operand[] {frame});
    };
  }

  /**
   * {@code frame(data, rows=, cols=, schema=)}: one value for all cells, or a value for each cell
   * row by row. Lists arrive as texts with {@link #BETWEEN} between their elements.
   */
  private static Frame frame(Operand[] in) {
    if (!(in[0] instanceof Scalar data)) {
      throw new OperandException("'frame' fills a frame with values; use as.frame for a matrix");
    }
    long rows = scalarIn("frame", "rows", in[1]).asLong();
    long cols = scalarIn("frame", "cols", in[2]).asLong();
    if (rows < 0 || cols < 0 || rows > Integer.MAX_VALUE - 8 || cols > 1 << 20) {
      throw new OperandException("'frame' cannot make a frame of " + rows + "x" + cols);
    }
    Scalar schema = scalarIn("frame", "schema", in[3]);
    String names = schema.isAbsent() ? "STRING" : schema.asString().replace(BETWEEN, ',');
    List<ColumnType> types = FrameCells.schema(names, (int) cols);
    String[] cells = data.asString().split(String.valueOf(BETWEEN), -1);
    if (cells.length > 1 && cells.length != rows * cols) {
      throw new OperandException(
          "'frame' got " + cells.length + " values for a frame of " + rows + "x" + cols);
    }
    FrameRoom.check("'frame' would make", rows, types, "rows or cols");
    return FrameCasts.filled(cells, (int) rows, (int) cols, types);
  }

  static Frame frameIn(String operation, Operand operand) {
    if (operand instanceof Frame frame) {
      return frame;
    }
    throw new OperandException(
        "'"
            + operation
            + "' needs a frame, but got a "
            + (operand instanceof MatrixOperand matrix
                ? "matrix of shape " + matrix.shape()
                : "scalar"));
  }

  /** The operand as a scalar, which may be absent; a 1x1 matrix counts as the number it holds. */
  static Scalar scalarIn(String operation, String parameter, Operand operand) {
    return switch (operand) {
      case Scalar scalar -> scalar;
      case MatrixOperand matrix when matrix.rows() == 1 && matrix.cols() == 1 ->
          Scalar.of(matrix.get(0, 0));
      case MatrixOperand matrix ->
          throw noScalar(operation, parameter, "matrix of shape " + matrix.shape());
      case Frame frame -> throw noScalar(operation, parameter, "frame of shape " + frame.shape());
    };
  }

  private static OperandException noScalar(String operation, String parameter, String found) {
    return new OperandException(
        "'" + operation + "' needs a scalar as '" + parameter + "', but got a " + found);
  }

  /** One row of text cells that hold the column names. */
  private static Frame columnNames(Frame frame) {
    return SchemaNames.row(frame.names());
  }
}
