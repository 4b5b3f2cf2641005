package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conversions between scalars, matrices and frames. */
final class FrameCasts {
  private FrameCasts() {}

  /** A matrix of the cells; missing text is NaN, truth values are 1 and 0. */
  static DenseMatrix toMatrix(Frame frame, Allocator allocator) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, frame.rows(), frame.cols());
    try {
      for (int c = 0; c < frame.cols(); c++) {
        for (int r = 0; r < frame.rows(); r++) {
          matrix.set(r, c, FrameCells.number(frame, r, c));
        }
      }
      return matrix;
    } catch (RuntimeException e) {
      matrix.buffer().release();
      throw e;
    }
  }

  /** A 1x1 matrix of a scalar. */
  static DenseMatrix toMatrix(Scalar scalar, Allocator allocator) {
    double value = scalar.asDouble();
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, 1);
    matrix.set(0, 0, value);
    return matrix;
  }

  /**
   * A frame of the cells. Each column gets the narrowest type that holds all its cells: BOOLEAN for
   * zeros and ones, INTEGER for whole numbers, else DOUBLE.
   */
  static Frame fromMatrix(MatrixOperand matrix) {
    int rows = Math.toIntExact(matrix.rows());
    int cols = Math.toIntExact(matrix.cols());
    List<ColumnType> schema = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < cols; c++) {
      double[] cells = new double[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] = matrix.get(r, c);
      }
      ColumnType type = narrowest(cells);
      schema.add(type);
      columns.add(column(cells, type));
    }
    return new Frame(rows, Frame.defaultNames(cols), schema, columns);
  }

  private static ColumnType narrowest(double[] cells) {
    boolean truth = cells.length > 0;
    for (double cell : cells) {
      // Negative zero and numbers beyond 2^53 would not survive as integers.
      boolean whole = cell == Math.rint(cell) && Math.abs(cell) <= 1L << 53;
      if (!whole || Double.doubleToRawLongBits(cell) == Long.MIN_VALUE) {
        return ColumnType.DOUBLE;
      }
      truth &= cell == 0 || cell == 1;
    }
    return truth ? ColumnType.BOOLEAN : ColumnType.INTEGER;
  }

  private static Object column(double[] cells, ColumnType type) {
    return switch (type) {
      case DOUBLE -> cells;
      case INTEGER -> Arrays.stream(cells).mapToLong(cell -> (long) cell).toArray();
      case BOOLEAN -> {
        boolean[] truths = new boolean[cells.length];
        for (int r = 0; r < truths.length; r++) {
          truths[r] = cells[r] != 0;
        }
        yield truths;
      }
      case STRING -> throw new IllegalStateException("numbers are no texts");
    };
  }

  /** A 1x1 frame of a scalar's type. */
  static Frame fromScalar(Scalar scalar) {
    ColumnType type =
        switch (scalar.type()) {
          case DOUBLE -> ColumnType.DOUBLE;
          case INTEGER -> ColumnType.INTEGER;
          case BOOLEAN -> ColumnType.BOOLEAN;
          default -> ColumnType.STRING;
        };
    return filled(new String[] {scalar.asString()}, 1, 1, List.of(type));
  }

  /**
   * A frame of texts converted to the columns' types.
   *
   * @param cells one for all, or one per cell row by row; the empty text is missing, or zero
   */
  static Frame filled(String[] cells, int rows, int cols, List<ColumnType> schema) {
    List<String> names = Frame.defaultNames(cols);
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < cols; c++) {
      Object column = FrameCells.newColumn(schema.get(c), rows);
      for (int r = 0; r < rows; r++) {
        String text = cells[cells.length == 1 ? 0 : r * cols + c];
        FrameCells.set(column, schema.get(c), r, text.isEmpty() ? null : text, names.get(c));
      }
      columns.add(column);
    }
    return new Frame(rows, names, schema, columns);
  }

  /** The only cell of a 1x1 matrix or frame. */
  static Scalar toScalar(Operand operand) {
    return switch (operand) {
      case Scalar scalar -> scalar;
      case MatrixOperand matrix -> {
        needSingle(matrix.rows(), matrix.cols(), "matrix");
        yield Scalar.of(matrix.get(0, 0));
      }
      case Frame frame -> {
        needSingle(frame.rows(), frame.cols(), "frame");
        yield FrameCells.scalar(frame, 0, 0);
      }
    };
  }

  private static void needSingle(long rows, long cols, String what) {
    if (rows != 1 || cols != 1) {
      throw new OperandException(
          "'as.scalar' needs a single cell, but got a " + what + " of shape " + rows + "x" + cols);
    }
  }
}
