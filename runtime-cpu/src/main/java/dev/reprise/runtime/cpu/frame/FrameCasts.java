package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.Parallel;
import java.util.List;

/** Conversions between scalars, matrices and frames. */
final class FrameCasts {
  /** Cells of rows that are brought together: they stay in the second-level cache. */
  private static final int BLOCK_CELLS = 1 << 13;

  /** Cells of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 256;

  // Kinds of numbers: whole ones that need 32 bits or 64, and others.
  private static final int SMALL = 1;
  private static final int WIDE = 2;
  private static final int FRACTION = 4;

  private FrameCasts() {}

  /** A matrix of the cells; missing text is NaN, truth values are 1 and 0. */
  static DenseMatrix toMatrix(Frame frame, Parallel parallel, ExecutionContext context) {
    int rows = Math.toIntExact(frame.rows());
    double[][] cells = new double[frame.cols()][];
    parallel.forEach(context, cells.length, c -> cells[(int) c] = numbers(frame, (int) c));
    DenseMatrix matrix = DenseMatrix.allocate(context.allocator(), rows, cells.length);
    int together = Math.clamp(rows, 1, Math.max(1, BLOCK_CELLS / Math.max(1, cells.length)));
    parallel.forRange(
        context,
        rows,
        Parallel.chunk(rows, 4L * together),
        (from, to) -> {
          double[] block = new double[together * cells.length];
          CellBlocks blocks = new CellBlocks(matrix.precision(), block.length);
          for (int row = (int) from; row < to; row += together) {
            int count = (int) Math.min(together, to - row);
            for (int c = 0; c < cells.length; c++) {
              gather(cells[c], row, count, block, c, cells.length);
            }
            long at = (long) row * cells.length;
            blocks.store(block, 0, matrix.segment(), at, count * cells.length);
          }
        });
    return matrix;
  }

  private static double[] numbers(Frame frame, int col) {
    if (frame.schema().get(col).storage() == ColumnType.Storage.DOUBLE) {
      return frame.doubles(col);
    }
    double[] numbers = new double[(int) frame.rows()];
    PassThrough.numbers(frame, col, ChosenRows.all(numbers.length), 0, numbers.length, numbers);
    return numbers;
  }

  /** Copies cells to a column of a block. */
  private static void gather(
      double[] cells, int row, int count, double[] block, int column, int cols) {
    for (int i = 0, at = column; i < count; i++, at += cols) {
      block[at] = cells[row + i];
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
   * zeros and ones, INT32 or INT64 for whole numbers, FP32 when 32 bits print the same number, else
   * FP64.
   */
  static Frame fromMatrix(MatrixOperand matrix, Parallel parallel, ExecutionContext context) {
    return fromMatrix(matrix, (n, chunk, body) -> parallel.forRange(context, n, chunk, body));
  }

  /** The same, on the calling thread. */
  static Frame fromMatrix(MatrixOperand matrix) {
    return fromMatrix(matrix, (n, _, body) -> body.run(0, n));
  }

  /** Runs a body for ranges that cover 0 to n. */
  private interface Ranges {
    void forRange(long n, long chunk, Parallel.RangeBody body);
  }

  private static Frame fromMatrix(MatrixOperand matrix, Ranges ranges) {
    int rows = Math.toIntExact(matrix.rows());
    int cols = Math.toIntExact(matrix.cols());
    double[][] cells = new double[cols][rows];
    read(matrix, cells, ranges);
    Column[] columns = new Column[cols];
    ranges.forRange(
        cols,
        1,
        (from, to) -> {
          for (int c = (int) from; c < to; c++) {
            columns[c] = column(cells[c], narrowest(cells[c]));
          }
        });
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < cols; c++) {
      builder.add("C" + (c + 1), columns[c]);
    }
    return builder.build(rows);
  }

  private static void read(MatrixOperand matrix, double[][] cells, Ranges ranges) {
    int cols = cells.length;
    if (!(matrix instanceof DenseMatrix dense)) {
      for (int c = 0; c < cols; c++) {
        for (int r = 0; r < cells[c].length; r++) {
          cells[c][r] = matrix.get(r, c);
        }
      }
      return;
    }
    int together = Math.clamp(dense.rows(), 1, Math.max(1, BLOCK_CELLS / Math.max(1, cols)));
    ranges.forRange(
        dense.rows(),
        Parallel.chunk(dense.rows(), 4L * together),
        (from, to) -> {
          double[] block = new double[together * cols];
          CellReader reader = CellSource.of(dense).reader(block.length);
          for (int row = (int) from; row < to; row += together) {
            int count = (int) Math.min(together, to - row);
            reader.read((long) row * cols, block, count * cols);
            for (int c = 0; c < cols; c++) {
              spread(block, c, cols, cells[c], row, count);
            }
          }
        });
  }

  /** Copies a column of a block. */
  private static void spread(
      double[] block, int column, int cols, double[] cells, int row, int count) {
    for (int i = 0, at = column; i < count; i++, at += cols) {
      cells[row + i] = block[at];
    }
  }

  private static ColumnType narrowest(double[] cells) {
    if (cells.length == 0) {
      return ColumnType.DOUBLE;
    }
    int found = 0;
    for (long r = 0; r < cells.length; r += PIECE) {
      found |= kinds(cells, (int) r, (int) Math.min(cells.length, r + PIECE));
      if ((found & FRACTION) != 0) {
        return isSingle(cells) ? ColumnType.FP32 : ColumnType.DOUBLE;
      }
    }
    return found == 0
        ? ColumnType.BOOLEAN
        : (found & WIDE) == 0 ? ColumnType.INT32 : ColumnType.INTEGER;
  }

  /** What some cells are, other than zeros and ones. */
  private static int kinds(double[] cells, int from, int to) {
    int found = 0;
    for (int r = from; r < to; r++) {
      double cell = cells[r];
      if (cell == (int) cell) {
        found |= cell == 0 || cell == 1 ? 0 : SMALL;
      } else {
        // From 2^63 on a double has no long beside it.
        found |= cell == Math.rint(cell) && Math.abs(cell) < 0x1p63 ? WIDE : FRACTION;
      }
    }
    return found;
  }

  private static boolean isSingle(double[] cells) {
    for (double cell : cells) {
      if (!isSingle(cell)) {
        return false;
      }
    }
    return true;
  }

  /** True when a float prints as the number does, such as 1.1 or 0.25. */
  static boolean isSingle(double value) {
    float single = (float) value;
    return single == value
        || Double.isNaN(value)
        || !Float.isInfinite(single) && Double.parseDouble(Float.toString(single)) == value;
  }

  private static Column column(double[] cells, ColumnType type) {
    return switch (type.storage()) {
      case DOUBLE -> {
        for (int r = 0; r < cells.length && type == ColumnType.FP32; r++) {
          cells[r] = (float) cells[r];
        }
        yield new Column(type, cells, null);
      }
      case INTEGER -> {
        long[] wholes = new long[cells.length];
        for (int r = 0; r < wholes.length; r++) {
          wholes[r] = (long) cells[r];
        }
        yield new Column(type, wholes, null);
      }
      default -> {
        boolean[] truths = new boolean[cells.length];
        for (int r = 0; r < truths.length; r++) {
          truths[r] = cells[r] != 0;
        }
        yield new Column(type, truths, null);
      }
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
   * @param cells one for all, or one per cell row by row; the empty text is zero in numbers
   */
  static Frame filled(String[] cells, int rows, int cols, List<ColumnType> schema) {
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < cols; c++) {
      Column column = new Column(schema.get(c), rows);
      String name = "C" + (c + 1);
      for (int r = 0; r < rows; r++) {
        column.set(r, cells[cells.length == 1 ? 0 : r * cols + c], name);
      }
      builder.add(name, column);
    }
    return builder.build(rows);
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
