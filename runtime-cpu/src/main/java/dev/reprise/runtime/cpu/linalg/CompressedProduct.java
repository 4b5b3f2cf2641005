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

  /**
   * Columns of a task of the second, at most. It goes through all values, so with fewer, down to
   * those of a register, there are only as many tasks as threads.
   */
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
                context,
                (rows, row, goesOn) -> {
                  CompressedSums.Cells target = cells(c, row, first);
                  if (goesOn) {
                    CompressedSums.addOfChosen(rows, right, columns, target);
                  } else {
                    CompressedSums.ofChosen(rows, right, columns, target);
                  }
                });
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
        taskColumns(b.cols(), context.threads()),
        (column, columnEnd) -> {
          int columns = (int) (columnEnd - column);
          CompressedSums.Cells target = cells(c, 0, column);
          inCalls(
              s,
              0,
              s.rows(),
              columns,
              context,
              (rows, row, _) ->
                  CompressedSums.addToChosen(rows, cells(b, row, column), columns, target));
        });
    return c;
  }

  /** Of whole registers. How columns are cut changes no bit, so it may depend on the threads. */
  static long taskColumns(long columns, int threads) {
    return Math.min(TASK_COLUMNS, CompressedSums.columnsWritten(Tiling.pieces(columns, threads)));
  }

  /** A call of code. */
  private interface Call {
    /**
     * Makes it.
     *
     * @param row the first of the rows
     * @param goesOn whether they are one, of which values were taken before
     */
    void with(CompressedSums.Rows rows, long row, boolean goesOn);
  }

  /** Calls code for rows in their order, as many at once, or of one as much, as a call takes. */
  private static void inCalls(
      SparseMatrix s, long from, long to, int columns, ExecutionContext context, Call call) {
    if (to == from) {
      return;
    }
    long values = s.start(to) - s.start(from);
    if ((values + to - from) * columns <= CALL_WORK) {
      long starts = s.segment().address() + from * Long.BYTES;
      call.with(rows(s, to - from, starts, s.start(from)), from, false);
    } else if (to == from + 1) {
      inPieces(s, from, CALL_WORK / columns, context, call);
    } else {
      long middle = (from + to) >>> 1;
      inCalls(s, from, middle, columns, context, call);
      inCalls(s, middle, to, columns, context, call);
    }
  }

  /** A row of more values than a call should take. */
  private static void inPieces(
      SparseMatrix s, long row, long most, ExecutionContext context, Call call) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment starts = scratch.bytes(2 * Long.BYTES);
      long first = s.start(row);
      long end = s.start(row + 1);
      for (long at = first; at < end; at += most) {
        starts.setAtIndex(ValueLayout.JAVA_LONG, 0, at);
        starts.setAtIndex(ValueLayout.JAVA_LONG, 1, Math.min(at + most, end));
        call.with(rows(s, 1, starts.address(), at), row, at > first);
      }
    }
  }

  /**
   * Some rows, or part of one.
   *
   * @param starts where those of the rows are
   * @param at the first value
   */
  private static CompressedSums.Rows rows(SparseMatrix s, long count, long starts, long at) {
    MemorySegment memory = s.segment();
    return new CompressedSums.Rows(
        count,
        starts,
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
