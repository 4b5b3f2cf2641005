package dev.reprise.cache.rewrite;

import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/** Which binds keep their parts. */
public final class Binds {
  /**
   * Cells from which a bind keeps its parts: copying 4096 cells takes what the bookkeeping takes,
   * and it is where the cost gate lets a bind pass.
   */
  private static final long LEAST_CELLS = 1 << 12;

  /** More parts are copied together: each costs a kernel call in a rewrite. */
  private static final int MOST_PARTS = 64;

  private Binds() {}

  static boolean isLarge(Shape shape) {
    return shape.cells() >= LEAST_CELLS;
  }

  /** Whether the opcode is one that binds. */
  public static boolean isBind(String opcode) {
    return opcode.equals("cbind") || opcode.equals("rbind");
  }

  /** A quick look that asks for no facts; {@link #bind} may still decline. */
  public static boolean isSuitable(Operation bind, Value[] parts) {
    if (parts.length < 2 || parts.length > MOST_PARTS || bind.precision() != Precision.FP64) {
      return false;
    }
    for (Value part : parts) {
      if (!isSuitable(part)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The parts, bound without a copy, or null when they are not suitable: too small or too many,
   * compressed, of another precision, or of shapes that do not fit (the kernel says why).
   *
   * @param parts borrowed
   * @param facts of the parts
   */
  public static BoundMatrix bind(
      Operation bind, Value[] parts, Facts[] facts, BoundMatrix.Joiner joiner) {
    if (!isSuitable(bind, parts)) {
      return null;
    }
    boolean columns = bind.name().equals("cbind");
    MatrixValue[] matrices = new MatrixValue[parts.length];
    long extent = 0;
    long common = -1;
    for (int i = 0; i < parts.length; i++) {
      matrices[i] = (MatrixValue) parts[i];
      Shape shape = matrices[i].shape();
      long across = columns ? shape.rows() : shape.cols();
      if (common >= 0 && across != common) {
        return null;
      }
      common = across;
      extent += columns ? shape.cols() : shape.rows();
    }
    return common * extent < LEAST_CELLS ? null : BoundMatrix.of(bind, matrices, facts, joiner);
  }

  private static boolean isSuitable(Value part) {
    if (part instanceof BoundMatrix bound) {
      return BoundMatrix.depthOf(bound) < BoundMatrix.MOST_DEPTH;
    }
    boolean isOneKind =
        part instanceof ManagedMatrix managed
            ? !managed.isCompressed()
            : part instanceof RowsView || part instanceof AbsentMatrix;
    return isOneKind
        && part instanceof MatrixValue matrix
        && matrix.precision() == Precision.FP64
        && matrix.shape().cells() > 0;
  }
}
