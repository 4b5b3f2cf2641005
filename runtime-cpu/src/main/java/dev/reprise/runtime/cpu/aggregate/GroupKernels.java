package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
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
    DenseMatrix groups = Vectors.vector(operation, inputs, 1);
    int n = (int) groups.cells();
    boolean sized = !Arguments.isAbsent(inputs[4]);
    int cols = columns(target, n);
    if (cols > 1 && !sized) {
      throw new OperandException(
          "'aggregate' of a matrix of several columns needs 'ngroups'; shape " + target.shape());
    }
    DenseMatrix weights = Vectors.vectorOrNull(operation, inputs, 3, n);
    GroupedRows first = rows(target, cols, 0, groups, weights, context);
    int count = count(sized ? Arguments.whole(operation, inputs, 4) : first.largest());
    GroupFunction function =
        GroupFunction.of(
            Arguments.text(operation, inputs, 2),
            Arguments.isAbsent(inputs[5]) ? 0 : Arguments.whole(operation, inputs, 5));
    first.check();
    double[][] results = new double[cols][];
    for (int col = 0; col < cols; col++) {
      GroupedRows rows = col == 0 ? first : rows(target, cols, col, groups, weights, context);
      results[col] = function.aggregate(rows, count);
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

  private GroupedRows rows(
      DenseMatrix target,
      int cols,
      int col,
      DenseMatrix groups,
      DenseMatrix weights,
      ExecutionContext context) {
    CellReader numbers = reader(target);
    if (cols > 1) {
      double[] column = ColumnCells.of(target, col, parallel, context);
      numbers = (at, into, count) -> System.arraycopy(column, (int) at, into, 0, count);
    }
    CellReader ofWeights = weights == null ? null : reader(weights);
    return new GroupedRows(numbers, reader(groups), ofWeights, (int) groups.cells());
  }

  private static CellReader reader(DenseMatrix matrix) {
    return CellSource.of(matrix).reader(GroupedRows.PIECE);
  }
}
