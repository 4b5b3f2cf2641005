package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;

/**
 * Writes into a matrix that nobody else can see: {@code X[rl:ru, cl:cu] = source} without a copy of
 * X.
 */
public final class LeftIndexInPlace {
  private LeftIndexInPlace() {}

  /** Cells up to which a compressed target of a left index becomes dense: 1 GiB of doubles. */
  private static final long AFFORDABLE_CELLS = 1L << 27;

  /**
   * True when a matrix of that shape is written to in its dense form; a larger compressed one is
   * copied by every write. By shape alone, so that the form does not depend on who holds it.
   */
  public static boolean isDenseAffordable(Shape shape) {
    return shape.cells() <= AFFORDABLE_CELLS;
  }

  /**
   * Overwrites a range of the first operand.
   *
   * @param inputs as the kernel of the operation takes them; the caller must be the only user of
   *     the first one, and the source must not share its memory
   * @param allocator memory for a source that has another form than the target
   */
  public static void write(Operation operation, Operand[] inputs, Allocator allocator) {
    DenseMatrix target = (DenseMatrix) inputs[0];
    Operand source = inputs[1];
    Bounds rows = Bounds.of(operation, inputs, 2, true, target.shape());
    Bounds cols = Bounds.of(operation, inputs, 4, false, target.shape());
    check(source, rows, cols);
    if (source instanceof MatrixOperand matrix && !isLike(target, matrix)) {
      try (Scratch scratch = new Scratch(allocator)) {
        write(target, scratch.dense(matrix, target.precision()), rows, cols);
      }
    } else {
      write(target, source, rows, cols);
    }
  }

  private static boolean isLike(DenseMatrix target, MatrixOperand source) {
    return source instanceof DenseMatrix && source.precision() == target.precision();
  }

  static void write(DenseMatrix target, Operand source, Bounds rows, Bounds cols) {
    check(source, rows, cols);
    if (source instanceof DenseMatrix matrix) {
      Region.all(matrix)
          .copyTo(new Region(target, rows.from(), cols.from()), rows.size(), cols.size());
    } else {
      target.set(rows.from(), cols.from(), ((Scalar) source).asDouble());
    }
  }

  /** Throws unless the source fits the range. */
  static void check(Operand source, Bounds rows, Bounds cols) {
    String range = rows.size() + "x" + cols.size();
    switch (source) {
      case Scalar scalar -> {
        if (rows.size() != 1 || cols.size() != 1) {
          throw new OperandException(
              "a scalar can be assigned to a single cell only, not to a range of shape "
                  + range
                  + "; a whole range takes matrix(x, rows="
                  + rows.size()
                  + ", cols="
                  + cols.size()
                  + ")");
        }
        scalar.asDouble();
      }
      case MatrixOperand matrix -> {
        if (matrix.rows() != rows.size() || matrix.cols() != cols.size()) {
          throw new OperandException(
              "a matrix of shape "
                  + matrix.shape()
                  + " cannot be assigned to a range of shape "
                  + range);
        }
      }
      default -> throw new OperandException("a frame cannot be assigned into a matrix");
    }
  }
}
