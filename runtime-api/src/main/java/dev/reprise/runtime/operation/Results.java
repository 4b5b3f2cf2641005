package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/** Result rules shared by the rows of the operation table. */
final class Results {
  private Results() {}

  /** Only execution tells. */
  static final ResultRule UNKNOWN = (operation, inputs) -> null;

  static final ResultRule DOUBLE = new DoubleRule((operation, inputs) -> null);
  static final ResultRule INTEGER = (operation, inputs) -> Meta.INTEGER;
  static final ResultRule BOOLEAN = (operation, inputs) -> Meta.BOOLEAN;
  static final ResultRule STRING = (operation, inputs) -> Meta.STRING;

  /**
   * A number whatever the operands are.
   *
   * @param check what refuses operands that do not fit; its answer is not used
   */
  record DoubleRule(ResultRule check) implements ResultRule {
    @Override
    public Meta infer(Operation operation, Value[] inputs) {
      check.infer(operation, inputs);
      return Meta.DOUBLE;
    }
  }

  /** A matrix or frame of the first operand's shape, or a scalar when that is one. */
  static final ResultRule LIKE_FIRST =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        boolean frame = Shapes.isFrame(inputs[0]);
        return shape == null ? null : new Meta(frame ? ValueType.FRAME : ValueType.MATRIX, shape);
      };

  /** A matrix of an operand's shape. */
  static ResultRule like(int operand) {
    return (operation, inputs) -> {
      Shape shape = Shapes.of(inputs[operand]);
      return shape == null ? null : Meta.matrix(shape);
    };
  }

  static final ResultRule TRANSPOSED =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        return shape == null ? null : Meta.matrix(shape.transposed());
      };

  /** One value per row. */
  static final ResultRule COLUMN =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        return shape == null ? null : Meta.matrix(shape.rows(), 1);
      };

  /** One value per column. */
  static final ResultRule ROW =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        return shape == null ? null : Meta.matrix(1, shape.cols());
      };

  /**
   * Element-wise over two operands: scalars and vectors repeated, or a column and a row's pairs.
   */
  static final ResultRule CELLWISE =
      (operation, inputs) -> {
        if (Shapes.isFrame(inputs[0]) || Shapes.isFrame(inputs[1])) {
          return null;
        }
        boolean leftScalar = Shapes.isScalar(inputs[0]);
        boolean rightScalar = Shapes.isScalar(inputs[1]);
        Shape left = Shapes.of(inputs[0]);
        Shape right = Shapes.of(inputs[1]);
        if (left != null && rightScalar) {
          return Meta.matrix(left);
        }
        if (right != null && leftScalar) {
          return Meta.matrix(right);
        }
        if (leftScalar && rightScalar) {
          return ofNumbers(operation, inputs);
        }
        return left == null || right == null
            ? null
            : Meta.matrix(Shapes.cellwise(operation.name(), left, right));
      };

  /** What an operation makes of numbers, of which one is a double; else null. */
  private static Meta ofNumbers(Operation operation, Value[] inputs) {
    if (!haveDouble(inputs)) {
      return null;
    }
    return switch (operation.name()) {
      case "+", "-", "*", "/", "%%", "%/%", "^", "log_base", "pmin", "pmax" -> Meta.DOUBLE;
      case "<", "<=", ">", ">=", "==", "!=" -> Meta.BOOLEAN;
      default -> null;
    };
  }

  /** True for numbers, computed or pending, of which one is a double. */
  private static boolean haveDouble(Value[] inputs) {
    boolean found = false;
    for (Value input : inputs) {
      switch (typeOrNull(input)) {
        case DOUBLE -> found = true;
        case INTEGER, BOOLEAN -> {}
        case null, default -> {
          return false;
        }
      }
    }
    return found;
  }

  private static ValueType typeOrNull(Value value) {
    return value instanceof PendingValue pending
        ? pending.meta() == null ? null : pending.meta().type()
        : value.type();
  }

  /** As {@link #LIKE_FIRST}, and a double of a double. */
  static final ResultRule FUNCTION =
      (operation, inputs) ->
          Shapes.isScalar(inputs[0])
              ? typeOrNull(inputs[0]) == ValueType.DOUBLE ? Meta.DOUBLE : null
              : LIKE_FIRST.infer(operation, inputs);

  /** A row for each cell of a column, a column for each one of a row. */
  static final ResultRule OUTER =
      (operation, inputs) -> {
        Shape column = Shapes.of(inputs[0]);
        Shape row = Shapes.of(inputs[1]);
        return column == null || row == null || column.cols() != 1 || row.rows() != 1
            ? null
            : Meta.matrix(column.rows(), row.cols());
      };

  /** A matrix product; attributes {@code ta} and {@code tb} transpose an operand first. */
  static final ResultRule PRODUCT =
      (operation, inputs) -> {
        Shape left = Shapes.of(inputs[0]);
        Shape right = Shapes.of(inputs[1]);
        if (left == null || right == null) {
          return null;
        }
        Shape a = operation.attributes().isSet("ta") ? left.transposed() : left;
        Shape b = operation.attributes().isSet("tb") ? right.transposed() : right;
        if (a.cols() != b.rows()) {
          throw new OperandException(
              "'%*%' needs as many columns on the left as rows on the right, but got "
                  + a
                  + " and "
                  + b);
        }
        return Meta.matrix(a.rows(), b.cols());
      };

  /** {@code t(X) %*% X}, or {@code X %*% t(X)} with attribute {@code right}. */
  static final ResultRule TSMM =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null) {
          return null;
        }
        long n = operation.attributes().isSet("right") ? shape.rows() : shape.cols();
        return Meta.matrix(n, n);
      };

  /** {@code t(X) %*% (w * (X %*% v))}: a column with a row for each column of X. */
  static final ResultRule PRODUCT_CHAIN =
      (operation, inputs) -> {
        Shape matrix = Shapes.of(inputs[0]);
        Shape vector = Shapes.of(inputs[1]);
        if (matrix == null || vector == null) {
          return null;
        }
        Shape with = Shapes.of(inputs[2]);
        if (vector.rows() != matrix.cols()
            || vector.cols() != 1
            || with != null && (with.rows() != matrix.rows() || with.cols() != 1)) {
          throw new OperandException(
              "'%*%' needs columns that fit the matrix, but got "
                  + matrix
                  + " and "
                  + vector
                  + (with == null ? "" : " and " + with));
        }
        return Meta.matrix(matrix.cols(), 1);
      };

  static final ResultRule SOLVE =
      (operation, inputs) -> {
        Shape a = Shapes.of(inputs[0]);
        Shape b = Shapes.of(inputs[1]);
        if (a == null || b == null) {
          return null;
        }
        if (a.rows() != b.rows()) {
          throw new OperandException(
              "'solve' needs as many rows in the right-hand side as in the matrix, but got "
                  + a
                  + " and "
                  + b);
        }
        return Meta.matrix(a.cols(), b.cols());
      };

  /** The numbers of a sequence in a column, known once its operands are. */
  static final ResultRule SEQUENCE =
      (operation, inputs) -> {
        double from = doubleOrNaN(inputs[0]);
        double to = doubleOrNaN(inputs[1]);
        boolean byOnes = inputs[2] instanceof Scalar step && step.isAbsent();
        NumberSequence numbers =
            byOnes
                ? new NumberSequence(from, to)
                : new NumberSequence(from, to, doubleOrNaN(inputs[2]));
        return numbers.isCountable() ? Meta.matrix(numbers.count(), 1) : null;
      };

  /** Of a computed number; NaN for everything else. */
  private static double doubleOrNaN(Value value) {
    return value instanceof Scalar scalar && !scalar.isAbsent() && scalar.type() != ValueType.STRING
        ? scalar.asDouble()
        : Double.NaN;
  }

  /** A choice among cells: all matrices have the same shape, but for single cells. */
  static final ResultRule CHOICE =
      (operation, inputs) -> {
        for (Value input : inputs) {
          if (Shapes.isFrame(input) || Shapes.of(input) == null && !Shapes.isScalar(input)) {
            return null;
          }
        }
        Shape shape = Shapes.chosenOrNull(inputs);
        return shape == null ? null : Meta.matrix(shape);
      };

  /** A square matrix of a column, or the column of its diagonal. */
  static final ResultRule DIAGONAL =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null || Shapes.isFrame(inputs[0])) {
          return null;
        }
        long n = shape.rows();
        return shape.cols() == 1 ? Meta.matrix(n, n) : shape.cols() == n ? Meta.matrix(n, 1) : null;
      };

  /** A matrix whose rows and columns are the scalar operands at the given positions. */
  static ResultRule sized(int rowsAt, int colsAt) {
    return (operation, inputs) -> {
      long rows = Shapes.longOr(inputs[rowsAt], -1);
      long cols = Shapes.longOr(inputs[colsAt], -1);
      return rows < 0 || cols < 0 ? null : Meta.matrix(rows, cols);
    };
  }

  static final ResultRule CBIND = (operation, inputs) -> bind(operation, inputs, true);
  static final ResultRule RBIND = (operation, inputs) -> bind(operation, inputs, false);

  private static Meta bind(Operation operation, Value[] inputs, boolean columns) {
    long common = -1;
    long sum = 0;
    boolean frame = false;
    for (Value input : inputs) {
      Shape shape = Shapes.of(input);
      if (shape == null) {
        return null;
      }
      frame |= input.type() == ValueType.FRAME;
      long fixed = columns ? shape.rows() : shape.cols();
      if (common >= 0 && fixed != common) {
        throw new OperandException(
            "'"
                + operation.name()
                + "' needs equal numbers of "
                + (columns ? "rows" : "columns")
                + ", but got "
                + common
                + " and "
                + fixed);
      }
      common = fixed;
      sum += columns ? shape.cols() : shape.rows();
    }
    if (common < 0) {
      return null;
    }
    Shape shape = columns ? new Shape(common, sum) : new Shape(sum, common);
    return new Meta(frame ? ValueType.FRAME : ValueType.MATRIX, shape);
  }

  /**
   * {@code X[rl:ru, cl:cu]} over operands (X, rl, ru, cl, cu): both bounds left out means all, an
   * upper bound left out means the single row or column.
   */
  static final ResultRule RIGHT_INDEX =
      (operation, inputs) -> {
        Shape shape = Shapes.of(inputs[0]);
        if (shape == null) {
          return null;
        }
        long rows = extent("row", inputs[1], inputs[2], shape.rows(), inputs[0]);
        long cols = extent("column", inputs[3], inputs[4], shape.cols(), inputs[0]);
        return rows < 0 || cols < 0 ? null : new Meta(inputs[0].type(), new Shape(rows, cols));
      };

  private static long extent(String what, Value lower, Value upper, long size, Value source) {
    if (lower instanceof Scalar low && low.isAbsent()) {
      return size;
    }
    if (lower.type() == ValueType.STRING || !(lower instanceof Scalar)) {
      return -1;
    }
    long from = Shapes.longOr(lower, -1);
    boolean single = upper instanceof Scalar up && up.isAbsent();
    if (!single && !(upper instanceof Scalar)) {
      return -1;
    }
    long to = single ? from : Shapes.longOr(upper, -1);
    if (from < 1 || to > size || from > to) {
      throw new OperandException(
          what
              + " index "
              + (single ? bound(lower) : bound(lower) + ":" + bound(upper))
              + " is out of range for a "
              + (source.type() == ValueType.FRAME ? "frame" : "value")
              + " of shape "
              + Shapes.of(source)
              + (from > to ? ": it ends before it begins" : ""));
    }
    return to - from + 1;
  }

  /** A bound of a range for a message, where NaN is not 0. */
  private static String bound(Value value) {
    return value instanceof Scalar scalar && !scalar.fitsLong()
        ? scalar.asString()
        : Long.toString(Shapes.longOr(value, -1));
  }
}
