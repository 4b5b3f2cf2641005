package dev.reprise.runtime.operation;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;

/**
 * Work rules shared by the rows of the operation table. The constants are nominal costs on one
 * core, rounded; only their order of magnitude matters, for the cost gate.
 */
final class Work {
  /** Streaming over a cell that is read or written: about 8 bytes at 10-20 GB/s. */
  private static final double NANOS_PER_CELL = 0.5;

  /**
   * Reading a cell of a matrix that the processor's caches hold from the last product with it, as
   * weights are: 0.12 ns measured for a row times 500x500 (AMD EPYC, one core), products included.
   */
  private static final double NANOS_PER_CACHED_CELL = 0.125;

  /** So many cells stay in the caches: 8 MiB. */
  private static final double CACHED_CELLS = 1 << 20;

  /** With fewer cells the call itself takes about what reading them from memory would. */
  private static final double FEW_CELLS = 1 << 13;

  /** exp, log, pow and the like. */
  private static final double NANOS_PER_FUNCTION = 5;

  /** Reading less of a row takes as long: a line of memory. */
  private static final long CELLS_PER_LINE = 8;

  private static final double FLOPS_PER_NANO = 20;

  /** What an unknown shape counts as: large, so that it passes the gate. */
  private static final double UNKNOWN_CELLS = 1e6;

  private Work() {}

  static final WorkRule NONE = (operation, inputs) -> 0;

  /** Proportional to the cells of all inputs. */
  static final WorkRule CELLS = (operation, inputs) -> NANOS_PER_CELL * cells(inputs);

  /**
   * Of an operation cell by cell, whose result may have more cells than its operands: all pairs.
   */
  static WorkRule cellwise(boolean isFunction) {
    return (operation, inputs) -> {
      double cells = cells(inputs);
      Shape left = Shapes.of(inputs[0]);
      Shape right = Shapes.of(inputs[1]);
      if (left != null && right != null && left.cols() == 1 && right.rows() == 1) {
        cells = Math.max(cells, (double) left.rows() * right.cols());
      }
      return (isFunction ? NANOS_PER_FUNCTION : NANOS_PER_CELL) * cells;
    };
  }

  static final WorkRule FUNCTION = (operation, inputs) -> NANOS_PER_FUNCTION * cells(inputs);

  /** Of what a right index takes out: the cells that it writes, and the lines that it reads. */
  static final WorkRule SLICE =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null) {
          return NANOS_PER_CELL * cells(inputs);
        }
        double rows = extent(inputs[1], inputs[2], shape.rows());
        double cols = extent(inputs[3], inputs[4], shape.cols());
        double readOfRow = Math.min(shape.cols(), Math.max(cols, CELLS_PER_LINE));
        return NANOS_PER_CELL * rows * (readOfRow + cols);
      };

  /** n log n over the cells, as in sorting. */
  static final WorkRule SORT =
      (operation, inputs) -> {
        double n = cells(inputs);
        return 3 * n * Math.max(1, Math.log(n + 1));
      };

  /** Cutting texts into tokens: about a microsecond for each cell of a frame with short texts. */
  static final WorkRule TEXT = (operation, inputs) -> 1_000 * cells(inputs);

  static final WorkRule PRODUCT =
      (operation, inputs) -> {
        Shape left = Shapes.of(inputs[0]);
        Shape right = Shapes.of(inputs[1]);
        if (left == null || right == null) {
          return UNKNOWN_CELLS;
        }
        double outer = operation.attributes().isSet("ta") ? left.cols() : left.rows();
        double inner = operation.attributes().isSet("ta") ? left.rows() : left.cols();
        double cols = operation.attributes().isSet("tb") ? right.rows() : right.cols();
        return 2 * outer * inner * cols / FLOPS_PER_NANO + reading(cells(inputs));
      };

  private static double reading(double cells) {
    if (cells <= FEW_CELLS || cells > CACHED_CELLS) {
      return NANOS_PER_CELL * cells;
    }
    return NANOS_PER_CELL * FEW_CELLS + NANOS_PER_CACHED_CELL * (cells - FEW_CELLS);
  }

  static final WorkRule TSMM =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null) {
          return UNKNOWN_CELLS;
        }
        double n = operation.attributes().isSet("right") ? shape.rows() : shape.cols();
        return n * shape.cells() / FLOPS_PER_NANO + NANOS_PER_CELL * shape.cells();
      };

  /** Two multiplications for every cell of the matrix, which is read once. */
  static final WorkRule PRODUCT_CHAIN =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        return shape == null
            ? UNKNOWN_CELLS
            : 4 * shape.cells() / FLOPS_PER_NANO + NANOS_PER_CELL * cells(inputs);
      };

  /** Cubic in the first operand's smaller side, as in factorisations. */
  static final WorkRule CUBIC =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null) {
          return UNKNOWN_CELLS;
        }
        double small = Math.min(shape.rows(), shape.cols());
        return 4 * small * shape.cells() / FLOPS_PER_NANO + 1000;
      };

  /** Proportional to the output whose rows and columns are the scalars at the given positions. */
  static WorkRule sized(double nanosPerCell, int rowsAt, int colsAt) {
    return (operation, inputs) ->
        nanosPerCell * number(inputs[rowsAt]) * number(inputs[colsAt]) + cells(inputs);
  }

  static double cells(Value[] inputs) {
    double cells = 0;
    for (Value input : inputs) {
      if (!Shapes.isScalar(input)) {
        Shape shape = Shapes.of(input);
        cells += shape == null ? UNKNOWN_CELLS : shape.cells();
      }
    }
    return cells;
  }

  /** How much bounds leave of a size: all of it where they are left out, or no numbers yet. */
  private static double extent(Value lower, Value upper, long size) {
    boolean single = upper instanceof Scalar up && up.isAbsent();
    if (!isNumber(lower) || !single && !isNumber(upper)) {
      return size;
    }
    double from = ((Scalar) lower).asDouble();
    double to = single ? from : ((Scalar) upper).asDouble();
    return Math.max(0, Math.min(size, to - from + 1));
  }

  private static boolean isNumber(Value value) {
    return value instanceof Scalar scalar && !scalar.isAbsent() && !isText(scalar);
  }

  private static double number(Value value) {
    return value instanceof Scalar scalar && scalar.type().isScalar() && !isText(scalar)
        ? Math.max(0, scalar.asDouble())
        : 1;
  }

  private static boolean isText(Scalar scalar) {
    return scalar.type() == dev.reprise.runtime.ValueType.STRING;
  }
}
