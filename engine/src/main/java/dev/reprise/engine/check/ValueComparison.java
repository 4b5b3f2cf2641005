package dev.reprise.engine.check;

import dev.reprise.engine.value.Describe;
import dev.reprise.memory.AbsentValueException;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.Value;

/**
 * How far two values of equal meaning are apart. Stateless.
 *
 * <p>The deviation of two matrices is the largest difference of two cells, divided by the largest
 * absolute value of any cell; that of numbers the same for one cell. NaN equals NaN, an infinity
 * itself; zeros of either sign are equal, since compressed forms and several file formats store no
 * zeros.
 */
public final class ValueComparison {
  private ValueComparison() {}

  /**
   * The result of a comparison.
   *
   * @param deviation 0 for equal bits; infinite for what cannot be compared
   * @param place what deviates most, in words; null when nothing does
   */
  public record Deviation(double deviation, String place) {
    static final Deviation NONE = new Deviation(0, null);

    static Deviation total(String place) {
      return new Deviation(Double.POSITIVE_INFINITY, place);
    }

    /** True when the values are no further apart. */
    public boolean isWithin(double tolerance) {
      return deviation <= tolerance;
    }

    /**
     * The same difference, relative to something else.
     *
     * @param norm the largest absolute cell, which it was relative to
     * @param size counts when it is larger
     */
    Deviation relativeTo(double norm, double size) {
      return size > norm ? new Deviation(deviation * (norm / size), place) : this;
    }

    private Deviation inElement(int index) {
      return place == null
          ? this
          : new Deviation(deviation, "element " + (index + 1) + ": " + place);
    }
  }

  /** Compares complete values; borrows them. */
  public static Deviation between(Value first, Value second) {
    if (first instanceof MatrixValue a && second instanceof MatrixValue b) {
      return pinned(a, b);
    }
    if (first instanceof Scalar a && second instanceof Scalar b) {
      return scalars(a, b);
    }
    if (first instanceof FrameValue a && second instanceof FrameValue b) {
      return frames(present(a), present(b));
    }
    if (first instanceof ListValue a && second instanceof ListValue b) {
      return lists(a, b);
    }
    return Deviation.total(kinds(first, second));
  }

  /** The largest absolute value of a number or of a matrix's cells, without NaN and infinities. */
  static double largest(Value value) {
    return switch (value) {
      case MatrixValue matrix -> largestCell(matrix);
      case DoubleScalar number -> finite(number.value());
      default -> 0;
    };
  }

  private static double largestCell(MatrixValue value) {
    while (true) {
      try {
        MatrixOperand cells = value.pinHost();
        try {
          return largestOf(cells);
        } finally {
          value.unpin();
        }
      } catch (AbsentValueException e) {
        e.make();
      }
    }
  }

  private static double largestOf(MatrixOperand matrix) {
    double largest = 0;
    for (long row = 0; row < matrix.rows(); row++) {
      Row cells = new Row(matrix, row);
      for (long col = 0; col < matrix.cols(); col++) {
        largest = Math.max(largest, finite(cells.next(col)));
      }
    }
    return largest;
  }

  private static String kinds(Value first, Value second) {
    return Describe.value(first) + " against " + Describe.value(second);
  }

  private static Frame present(FrameValue frame) {
    while (true) {
      try {
        return frame.frame();
      } catch (AbsentValueException e) {
        e.make();
      }
    }
  }

  private static Deviation pinned(MatrixValue first, MatrixValue second) {
    while (true) {
      try {
        return pinnedAsTheyAre(first, second);
      } catch (AbsentValueException e) {
        e.make();
      }
    }
  }

  private static Deviation pinnedAsTheyAre(MatrixValue first, MatrixValue second) {
    MatrixOperand a = first.pinHost();
    try {
      MatrixOperand b = second.pinHost();
      try {
        return a.shape().equals(b.shape()) ? matrices(a, b) : Deviation.total(kinds(first, second));
      } finally {
        second.unpin();
      }
    } finally {
      first.unpin();
    }
  }

  private static Deviation matrices(MatrixOperand a, MatrixOperand b) {
    double norm = 0;
    double worst = 0;
    Cells.Index at = null;
    for (long row = 0; row < a.rows(); row++) {
      Row left = new Row(a, row);
      Row right = new Row(b, row);
      for (long col = 0; col < a.cols(); col++) {
        double x = left.next(col);
        double y = right.next(col);
        double difference = difference(x, y);
        norm = Math.max(norm, Math.max(finite(x), finite(y)));
        if (difference > worst) {
          worst = difference;
          at = new Cells.Index(row, col);
        }
      }
    }
    if (at == null) {
      return Deviation.NONE;
    }
    String cell =
        "cell " + at + " is " + a.get(at.row(), at.col()) + " and " + b.get(at.row(), at.col());
    return new Deviation(norm == 0 ? worst : worst / norm, cell);
  }

  /** The cells of a row from left to right; a compressed matrix is not searched for each. */
  private static final class Row {
    private final MatrixOperand matrix;
    private final long row;
    private long at;
    private long end;

    Row(MatrixOperand matrix, long row) {
      this.matrix = matrix;
      this.row = row;
      if (matrix instanceof SparseMatrix sparse) {
        this.at = sparse.start(row);
        this.end = sparse.start(row + 1);
      }
    }

    double next(long col) {
      return switch (matrix) {
        case DenseMatrix dense -> dense.get(row, col);
        case SparseMatrix sparse -> at < end && sparse.column(at) == col ? sparse.value(at++) : 0;
      };
    }
  }

  private static double finite(double cell) {
    double size = Math.abs(cell);
    return size <= Double.MAX_VALUE ? size : 0;
  }

  /** Infinite when one is NaN or infinite and the other is not the same. */
  private static double difference(double x, double y) {
    if (x == y || (Double.isNaN(x) && Double.isNaN(y))) {
      return 0;
    }
    double difference = Math.abs(x - y);
    return difference <= Double.MAX_VALUE ? difference : Double.POSITIVE_INFINITY;
  }

  private static Deviation scalars(Scalar a, Scalar b) {
    if (a instanceof DoubleScalar x && b instanceof DoubleScalar y) {
      double difference = difference(x.value(), y.value());
      double norm = Math.max(finite(x.value()), finite(y.value()));
      return difference == 0
          ? Deviation.NONE
          : new Deviation(norm == 0 ? difference : difference / norm, values(a, b));
    }
    return a.type() == b.type() && a.equals(b) ? Deviation.NONE : Deviation.total(values(a, b));
  }

  private static String values(Scalar a, Scalar b) {
    return "the value is " + Describe.value(a) + " and " + Describe.value(b);
  }

  private static Deviation frames(Frame a, Frame b) {
    if (!a.shape().equals(b.shape())) {
      return Deviation.total(kinds(a, b));
    }
    for (int col = 0; col < a.cols(); col++) {
      for (int row = 0; row < a.rows(); row++) {
        boolean missing = a.isMissing(row, col);
        if (missing != b.isMissing(row, col)
            || (!missing && !a.textAt(row, col).equals(b.textAt(row, col)))) {
          return Deviation.total("cell " + new Cells.Index(row, col) + " differs");
        }
      }
    }
    return Deviation.NONE;
  }

  private static Deviation lists(ListValue a, ListValue b) {
    if (a.size() != b.size()) {
      return Deviation.total(kinds(a, b));
    }
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < a.size(); i++) {
      Deviation one = between(complete(a.elements().get(i)), complete(b.elements().get(i)));
      if (one.deviation > worst.deviation) {
        worst = one.inElement(i);
      }
    }
    return worst;
  }

  private static Value complete(Value value) {
    return value instanceof dev.reprise.memory.Handle handle ? handle.valueOrNull() : value;
  }
}
