package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;

/**
 * Writes into a matrix that nobody else can see: {@code X[rl:ru, cl:cu] = source} without a copy of
 * X.
 */
public final class LeftIndexInPlace {
  private LeftIndexInPlace() {}

  /**
   * Overwrites the cells in rows rl to ru and columns cl to cu, one-based and inclusive.
   *
   * @param target the caller must be its only user, and the source must not share its memory
   * @param source a scalar for a single cell, or a matrix of the range's shape
   */
  public static void write(DenseMatrix target, Operand source, long rl, long ru, long cl, long cu) {
    Bounds rows = Bounds.checked(rl, ru, rl == ru, true, target.shape());
    Bounds cols = Bounds.checked(cl, cu, cl == cu, false, target.shape());
    write(target, source, rows, cols);
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
              "a scalar can be assigned to a single cell only, not to a range of shape " + range);
        }
        scalar.asDouble();
      }
      case DenseMatrix matrix -> {
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
