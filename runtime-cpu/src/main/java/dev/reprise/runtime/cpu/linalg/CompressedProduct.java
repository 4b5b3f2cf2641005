package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CompressedSums;
import dev.reprise.runtime.cpu.code.RowExtremes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of a compressed matrix with a dense one by {@link CompressedSums}, with the bits of the
 * loops in Java: each cell is summed in the order of the terms, products and sums rounded by
 * themselves.
 *
 * <pre>
 *   S %*% B       each row sums the rows of B that its non-zeros choose
 *   t(S) %*% B    each row of B is added to the rows that the non-zeros of a row of S choose
 * </pre>
 *
 * <p>So nothing compressed has to be transposed. Of the second, tasks take some columns of B each,
 * and all of S.
 */
final class CompressedProduct {
  /** Multiplications of a call of code, at most: some 0.1 ms. */
  private static final long CALL_WORK = 1 << 17;

  /** Rows of a task are counted by what the average row takes; as many multiplications as that. */
  private static final long TASK_WORK = 1 << 16;

  /** Columns of a task of the second: it goes through all values, so they should be several. */
  private static final int TASK_COLUMNS = 16;

  private final Parallel parallel;

  CompressedProduct(Parallel parallel) {
    this.parallel = parallel;
  }

  /** Whether the machine has such code. */
  static boolean isThere() {
    return CellFunction.areThere();
  }

  /** S B, where B has several columns; the caller owns it. */
  DenseMatrix multiply(SparseMatrix s, DenseMatrix b, ExecutionContext context) {
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), s.rows(), b.cols());
    long perRow = b.cols() * (s.nonZeros() / Math.max(1, s.rows()) + 1);
    parallel.forRange(
        context,
        s.rows(),
        Math.max(1, TASK_WORK / perRow),
        (from, to) -> {
          int most = CompressedSums.mostColumns();
          for (long column = 0; column < b.cols(); column += most) {
            int columns = (int) Math.min(most, b.cols() - column);
            CompressedSums.Cells right = cells(b, 0, column);
            long first = column;
            inCalls(
                s,
                from,
                to,
                columns,
                (row, end) ->
                    CompressedSums.ofChosen(
                        rows(s, row, end), right, columns, cells(c, row, first)));
          }
        });
    return c;
  }

  /** t(S) B; the scratch owns it, and its rows may be longer than B's. */
  DenseMatrix multiplyTransposed(
      SparseMatrix s, DenseMatrix b, Scratch scratch, ExecutionContext context) {
    DenseMatrix c = scratch.matrix(s.cols(), CompressedSums.columnsWritten(b.cols()));
    c.segment().asSlice(0, c.bytes()).fill((byte) 0);
    parallel.forRange(
        context,
        b.cols(),
        TASK_COLUMNS,
        (column, columnEnd) -> {
          int columns = (int) (columnEnd - column);
          CompressedSums.Cells target = cells(c, 0, column);
          inCalls(
              s,
              0,
              s.rows(),
              columns,
              (row, end) ->
                  CompressedSums.addToChosen(
                      rows(s, row, end), cells(b, row, column), columns, target));
        });
    return c;
  }

  /** Calls the body for rows in their order, as many at once as should be in a call. */
  private static void inCalls(
      SparseMatrix s, long from, long to, int columns, Parallel.RangeBody body) {
    if (to == from) {
      return;
    }
    long values = s.start(to) - s.start(from);
    if (to == from + 1 || (values + to - from) * columns <= CALL_WORK) {
      body.run(from, to);
      return;
    }
    long middle = (from + to) >>> 1;
    inCalls(s, from, middle, columns, body);
    inCalls(s, middle, to, columns, body);
  }

  private static CompressedSums.Rows rows(SparseMatrix s, long row, long end) {
    MemorySegment memory = s.segment();
    long at = s.start(row);
    return new CompressedSums.Rows(
        end - row,
        memory.address() + row * Long.BYTES,
        memory.address() + s.valuesAt() + at * Double.BYTES,
        memory.address() + s.columnsAt() + at * Integer.BYTES);
  }

  private static CompressedSums.Cells cells(DenseMatrix x, long row, long column) {
    long step = x.cols() * Double.BYTES;
    return new CompressedSums.Cells(
        x.segment().address() + row * step + column * Double.BYTES, step);
  }

  /** Whether a zero times any of the values is zero. */
  static boolean areFinite(SparseMatrix s, Scratch scratch) {
    MemorySegment extreme = scratch.doubles(1);
    long first = s.segment().address() + s.valuesAt();
    for (long at = 0; at < s.nonZeros(); at += RowExtremes.MOST_CELLS) {
      int count = (int) Math.min(RowExtremes.MOST_CELLS, s.nonZeros() - at);
      for (RowExtremes kind : new RowExtremes[] {RowExtremes.LEAST, RowExtremes.LARGEST}) {
        boolean areNumbers = kind.run(first + at * Double.BYTES, 1, count, extreme.address());
        if (!areNumbers || !Double.isFinite(extreme.get(ValueLayout.JAVA_DOUBLE, 0))) {
          return false;
        }
      }
    }
    return true;
  }
}
