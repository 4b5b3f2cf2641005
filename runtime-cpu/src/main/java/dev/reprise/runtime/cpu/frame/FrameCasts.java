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
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import java.util.List;

/** Conversions between scalars, matrices and frames. */
final class FrameCasts {
  /** Cells of rows that are brought together: they stay in the second-level cache. */
  private static final int BLOCK_CELLS = 1 << 13;

  /** Cells of columns of a matrix that are on the heap before they are columns: 128 MiB. */
  private static final long MOST_CELLS = 1 << 24;

  /** Cells of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 256;

  // Kinds of numbers: whole ones that need 32 bits or 64, and others.
  private static final int SMALL = 1;
  private static final int WIDE = 2;
  private static final int FRACTION = 4;

  private FrameCasts() {}

  /** A matrix of the cells; missing text is NaN, truth values are 1 and 0. */
  static DenseMatrix toMatrix(Frame frame, Parallel parallel, ExecutionContext context) {
    ChosenRows rows = ChosenRows.all(Math.toIntExact(frame.rows()));
    int together = together(rows.count(), frame.cols());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix matrix = scratch.matrix(rows.count(), frame.cols());
      parallel.forRange(
          context,
          rows.count(),
          Parallel.chunk(rows.count(), 4L * together),
          (from, to) -> {
            double[] block = new double[together * frame.cols()];
            double[] numbers = new double[together];
            CellBlocks blocks = new CellBlocks(matrix.precision(), block.length);
            for (int row = (int) from, count; row < to; row += count) {
              count = (int) Math.min(together, to - row);
              for (int c = 0; c < frame.cols(); c++) {
                PassThrough.numbers(frame, c, rows, row, row + count, numbers);
                gather(numbers, count, block, c, frame.cols());
              }
              long at = (long) row * frame.cols();
              blocks.store(block, 0, matrix.segment(), at, count * frame.cols());
            }
          });
      return scratch.keep(matrix);
    }
  }

  /** Rows of so many columns whose cells are brought together. */
  private static int together(long rows, int cols) {
    return Math.clamp(rows, 1, Math.max(1, BLOCK_CELLS / Math.max(1, cols)));
  }

  /** Copies the first numbers to a column of a block. */
  private static void gather(double[] numbers, int count, double[] block, int column, int cols) {
    for (int i = 0, at = column; i < count; i++, at += cols) {
      block[at] = numbers[i];
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
    Ranges ranges = (n, chunk, body) -> parallel.forRange(context, n, chunk, body);
    return fromMatrix(matrix, MOST_CELLS, ranges);
  }

  /** The same, on the calling thread. */
  static Frame fromMatrix(MatrixOperand matrix) {
    return fromMatrix(matrix, MOST_CELLS, (n, _, body) -> body.run(0, n));
  }

  /** Runs a body for ranges that cover 0 to n. */
  @FunctionalInterface
  interface Ranges {
    void forRange(long n, long chunk, Parallel.RangeBody body);
  }

  /**
   * As the others, by strips of columns.
   *
   * @param mostCells of a strip, unless a single column has more
   */
  static Frame fromMatrix(MatrixOperand matrix, long mostCells, Ranges ranges) {
    int rows = Math.toIntExact(matrix.rows());
    int cols = Math.toIntExact(matrix.cols());
    Column[] columns = new Column[cols];
    for (int first = 0, width; first < cols; first += width) {
      width = Math.clamp(mostCells / Math.max(1, rows), 1, cols - first);
      convert(matrix, first, new double[width][rows], ranges, columns);
    }
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < cols; c++) {
      builder.add("C" + (c + 1), columns[c]);
    }
    return builder.build(rows);
  }

  /**
   * Makes the columns of a strip.
   *
   * @param cells room for the strip; numbers of the columns keep theirs
   */
  private static void convert(
      MatrixOperand matrix, int first, double[][] cells, Ranges ranges, Column[] columns) {
    read(matrix, first, cells, ranges);
    ranges.forRange(
        cells.length,
        1,
        (from, to) -> {
          for (int c = (int) from; c < to; c++) {
            columns[first + c] = column(cells[c], narrowest(cells[c]));
          }
        });
  }

  /** Brings the columns from the first one on, as many as there is room for. */
  private static void read(MatrixOperand matrix, int first, double[][] cells, Ranges ranges) {
    int width = cells.length;
    if (!(matrix instanceof DenseMatrix dense)) {
      for (int c = 0; c < width; c++) {
        for (int r = 0; r < cells[c].length; r++) {
          cells[c][r] = matrix.get(r, first + c);
        }
      }
      return;
    }
    int together = together(dense.rows(), width);
    ranges.forRange(
        dense.rows(),
        Parallel.chunk(dense.rows(), 4L * together),
        (from, to) -> {
          double[] block = new double[together * width];
          CellBlocks blocks = new CellBlocks(dense.precision(), block.length);
          for (int row = (int) from, count; row < to; row += count) {
            count = (int) Math.min(together, to - row);
            load(dense, row, count, first, width, blocks, block);
            for (int c = 0; c < width; c++) {
              spread(block, c, width, cells[c], row, count);
            }
          }
        });
  }

  /** Brings columns of some rows to the beginning of a block. */
  private static void load(
      DenseMatrix x, long row, int count, int first, int width, CellBlocks blocks, double[] block) {
    if (width == x.cols()) {
      blocks.load(x.segment(), row * width, block, 0, count * width);
      return;
    }
    for (int i = 0; i < count; i++) {
      blocks.load(x.segment(), (row + i) * x.cols() + first, block, i * width, width);
    }
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
