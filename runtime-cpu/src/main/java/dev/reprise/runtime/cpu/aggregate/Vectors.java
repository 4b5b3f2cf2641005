package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/** Operands that must be vectors, as arrays. A row vector is as good as a column vector. */
final class Vectors {
  private Vectors() {}

  /** The cells of a vector. */
  static double[] read(Operation operation, Operand[] inputs, int at) {
    DenseMatrix x = vector(operation, inputs, at);
    double[] cells = new double[(int) x.cells()];
    MemorySegment.copy(x.segment(), Run.CELL, 0, cells, 0, cells.length);
    return cells;
  }

  /** A vector where it lies, of a length that an array may have. */
  static DenseMatrix vector(Operation operation, Operand[] inputs, int at) {
    DenseMatrix x = Arguments.matrix(operation, inputs, at);
    if (x.rows() != 1 && x.cols() != 1 && x.cells() > 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs a vector as '"
              + operation.opcode().parameters().get(at).name()
              + "', but got a matrix of shape "
              + x.shape());
    }
    if (x.cells() > Integer.MAX_VALUE - 8) {
      throw new OperandException(
          "'" + operation.name() + "' takes vectors of up to 2^31 - 9 cells, not " + x.shape());
    }
    return x;
  }

  /** A vector of as many cells as another, or null when it was left out. */
  static double[] readOrNull(Operation operation, Operand[] inputs, int at, int length) {
    return Arguments.isAbsent(inputs[at]) ? null : read(operation, inputs, at, length);
  }

  /** A vector of as many cells as another. */
  static double[] read(Operation operation, Operand[] inputs, int at, int length) {
    double[] cells = read(operation, inputs, at);
    check(operation, cells.length, length);
    return cells;
  }

  /** As {@link #readOrNull}, where it lies. */
  static DenseMatrix vectorOrNull(Operation operation, Operand[] inputs, int at, long length) {
    return Arguments.isAbsent(inputs[at]) ? null : vector(operation, inputs, at, length);
  }

  /** As the other, where it lies. */
  static DenseMatrix vector(Operation operation, Operand[] inputs, int at, long length) {
    DenseMatrix x = vector(operation, inputs, at);
    check(operation, x.cells(), length);
    return x;
  }

  private static void check(Operation operation, long found, long length) {
    if (found != length) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs vectors of equal length, but got "
              + length
              + " and "
              + found
              + " cells");
    }
  }
}
