package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.shape.ColumnCells;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * Aggregates per group of rows: group g, numbered from 1, is row g of the result. A group without
 * rows gives 0. Rows of groups above {@code ngroups} are left out.
 */
final class GroupKernels {
  private final Parallel parallel;

  private GroupKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("aggregate", new GroupKernels(parallel)::aggregate);
  }

  private Operand[] aggregate(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix target = Arguments.matrix(operation, inputs, 0);
    double[] groups = Vectors.read(operation, inputs, 1);
    boolean sized = !Arguments.isAbsent(inputs[4]);
    int cols = columns(target, groups.length);
    if (cols > 1 && !sized) {
      throw new OperandException(
          "'aggregate' of a matrix of several columns needs 'ngroups'; shape " + target.shape());
    }
    double[] weights = Vectors.readOrNull(operation, inputs, 3, groups.length);
    int count = sized ? count(Arguments.whole(operation, inputs, 4)) : count(largest(groups));
    GroupFunction function =
        GroupFunction.of(
            Arguments.text(operation, inputs, 2),
            Arguments.isAbsent(inputs[5]) ? 0 : Arguments.whole(operation, inputs, 5));
    int[] group = numbers(groups);
    double[][] results = new double[cols][];
    for (int col = 0; col < cols; col++) {
      double[] cells = column(target, cols, col, context);
      results[col] = function.aggregate(cells, group, weights, count);
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), count, cols);
    double[] row = new double[cols];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < cols; j++) {
        row[j] = results[j][i];
      }
      MemorySegment.copy(row, 0, out.segment(), Run.CELL, (long) Double.BYTES * i * cols, cols);
    }
    return new Operand[] {out};
  }

  /** Columns of the target; a row vector with one group per cell is one column lying down. */
  private static int columns(DenseMatrix target, int groups) {
    if (target.rows() == groups) {
      return Math.toIntExact(target.cols());
    }
    if (target.rows() == 1 && target.cols() == groups) {
      return 1;
    }
    throw new OperandException(
        "'aggregate' needs one group per row, but got "
            + groups
            + " groups for a matrix of shape "
            + target.shape());
  }

  private static int count(double groups) {
    if (!(groups >= 0 && groups < Integer.MAX_VALUE - 8)) {
      throw new OperandException("'aggregate' cannot make " + groups + " groups");
    }
    return (int) groups;
  }

  /** NaN if any is. */
  private static double largest(double[] groups) {
    double largest = groups.length == 0 ? 0 : Double.NEGATIVE_INFINITY;
    for (int i = 0; i < groups.length; i += GroupFunction.PIECE) {
      int end = Math.min(groups.length, i + GroupFunction.PIECE);
      largest = Math.max(largest, largest(groups, i, end));
    }
    return largest;
  }

  private static double largest(double[] groups, int from, int to) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (!(groups[i] <= largest)) {
        largest = groups[i];
        if (Double.isNaN(largest)) {
          return largest;
        }
      }
    }
    return largest;
  }

  /** Zero-based groups; fractions are cut off. */
  private static int[] numbers(double[] groups) {
    int[] numbers = new int[groups.length];
    for (int i = 0; i < groups.length; i += GroupFunction.PIECE) {
      number(groups, i, Math.min(groups.length, i + GroupFunction.PIECE), numbers);
    }
    return numbers;
  }

  private static void number(double[] groups, int from, int to, int[] numbers) {
    for (int i = from; i < to; i++) {
      if (!(groups[i] >= 1)) {
        throw new OperandException(
            "groups are numbered from 1, but row " + (i + 1) + " has group " + groups[i]);
      }
      numbers[i] = (int) groups[i] - 1;
    }
  }

  private double[] column(DenseMatrix x, int cols, int col, ExecutionContext context) {
    if (cols > 1 || x.rows() != 1) {
      return ColumnCells.of(x, col, parallel, context);
    }
    double[] cells = new double[(int) x.cols()];
    MemorySegment.copy(x.segment(), Run.CELL, 0, cells, 0, cells.length);
    return cells;
  }
}
