package dev.reprise;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValueException;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix that a program owns outside of scripts: bound to a run as an input, or read from its
 * result. Immutable; thread-safe until it is closed, and to be closed before its session.
 */
public final class Matrix implements AutoCloseable {
  private final MatrixValue value;
  private final LineageItem item;
  private final Session session;
  private boolean closed; // guarded by this

  /**
   * Takes over the caller's reference.
   *
   * @param session the one whose memory the cells lie in and whose options the item goes by
   */
  Matrix(MatrixValue value, LineageItem item, Session session) {
    this.value = value;
    this.item = item;
    this.session = session;
  }

  /**
   * The value, of which the caller takes a reference before this is closed.
   *
   * @throws IllegalStateException when it is closed
   */
  synchronized MatrixValue value() {
    if (closed) {
      throw new IllegalStateException(
          "this matrix of shape " + value.shape() + " is closed; bind it before it is closed");
    }
    return value;
  }

  /** Null when the session does not trace. */
  LineageItem item() {
    return item;
  }

  Session session() {
    return session;
  }

  /** {@return the number of rows, also of a closed matrix} */
  public long rows() {
    return value.shape().rows();
  }

  /** {@return the number of columns, also of a closed matrix} */
  public long cols() {
    return value.shape().cols();
  }

  /**
   * A cell. Fetches all cells to the host first if they are on a device or on disk.
   *
   * @param row from 0
   * @param col from 0
   * @return the cell, of fp32 widened
   * @throws IndexOutOfBoundsException when there is no such cell
   * @throws IllegalStateException when this matrix or its session is closed
   */
  public double get(long row, long col) {
    if (row < 0 || row >= rows() || col < 0 || col >= cols()) {
      throw new IndexOutOfBoundsException(
          "cell (" + row + ", " + col + ") of a matrix of shape " + value.shape());
    }
    session.requireOpen("Matrix.get");
    MatrixOperand cells = pinned();
    try {
      return cells.get(row, col);
    } finally {
      value.unpin();
    }
  }

  /**
   * A copy of all cells.
   *
   * @return rows of cells, of fp32 widened
   * @throws ArithmeticException with 2^31 rows or columns and more
   * @throws IllegalStateException when this matrix or its session is closed
   */
  public double[][] toArray() {
    return session.whileOpen("Matrix.toArray", this::copied);
  }

  private double[][] copied() {
    MatrixOperand cells = pinned();
    try {
      int rows = Math.toIntExact(rows());
      int cols = Math.toIntExact(cols());
      double[][] copy = new double[rows][cols];
      for (int i = 0; i < rows; i++) {
        if (cells instanceof DenseMatrix dense && dense.precision() == Precision.FP64) {
          MemorySegment.copy(
              dense.segment(),
              ValueLayout.JAVA_DOUBLE,
              (long) i * cols * Double.BYTES,
              copy[i],
              0,
              cols);
        } else {
          for (int j = 0; j < cols; j++) {
            copy[i][j] = cells.get(i, j);
          }
        }
      }
      return copy;
    } finally {
      value.unpin();
    }
  }

  private MatrixOperand pinned() {
    value();
    while (true) {
      try {
        return value instanceof ManagedMatrix managed
            ? managed.pinWhenThereIsRoom()
            : value.pinHost();
      } catch (AbsentValueException e) {
        e.make();
      }
    }
  }

  /** Gives the memory back; closing twice does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      value.release();
    }
  }
}
