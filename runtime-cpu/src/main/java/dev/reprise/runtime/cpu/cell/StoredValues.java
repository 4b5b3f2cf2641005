package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.cell.Layout.CELL;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.NonZeros;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/** Makes a matrix of the non-zero positions of another one, with other values. */
public final class StoredValues {
  private static final long CHUNK = 1 << 13;

  private final Parallel parallel;

  StoredValues(Parallel parallel) {
    this.parallel = parallel;
  }

  /** Computes {@code n} new values from a position on; {@code out} begins at value 0. */
  @FunctionalInterface
  interface Mapping {
    void values(long from, long n, MemorySegment out);
  }

  /** The matrix with new values; zeros among them are dropped. The caller owns it. */
  MatrixOperand mapped(SparseMatrix x, ExecutionContext context, Mapping mapping) {
    return with(
        x,
        context,
        values ->
            parallel.forRange(
                context,
                x.nonZeros(),
                CHUNK,
                (from, to) -> mapping.values(from, to - from, values)));
  }

  /**
   * The matrix with other values, one for each in their order; zeros among them are dropped. The
   * caller owns it.
   *
   * @param writer writes them to the memory that it is given
   */
  public static MatrixOperand with(
      SparseMatrix x, ExecutionContext context, Consumer<MemorySegment> writer) {
    SparseMatrix out = SparseMatrix.allocate(context.allocator(), x.rows(), x.cols(), x.nonZeros());
    try {
      MemorySegment values = values(out);
      writer.accept(values);
      if (hasZero(values, x.nonZeros())) {
        MatrixOperand without = withoutZeros(x, values, context);
        out.buffer().release();
        return without;
      }
      MemorySegment.copy(x.segment(), 0, out.segment(), 0, x.valuesAt());
      MemorySegment.copy(
          x.segment(), x.columnsAt(), out.segment(), out.columnsAt(), Integer.BYTES * x.nonZeros());
      return out;
    } catch (RuntimeException | Error e) {
      out.buffer().release();
      throw e;
    }
  }

  /** The values of a matrix, one behind the other. */
  public static MemorySegment values(SparseMatrix x) {
    return x.segment().asSlice(x.valuesAt(), Double.BYTES * x.nonZeros());
  }

  private static boolean hasZero(MemorySegment values, long n) {
    if (CellFunction.areThere()) {
      return NonZeros.count(values, n) < n;
    }
    for (long at = 0; at < n; at++) {
      if (values.getAtIndex(CELL, at) == 0) {
        return true;
      }
    }
    return false;
  }

  private static MatrixOperand withoutZeros(
      SparseMatrix x, MemorySegment values, ExecutionContext context) {
    SparseRows rows = new SparseRows(Math.toIntExact(x.rows()));
    for (long i = 0; i < x.rows(); i++) {
      long end = x.start(i + 1);
      for (long at = x.start(i); at < end; at++) {
        rows.add(x.column(at), values.getAtIndex(CELL, at));
      }
      rows.endRow();
    }
    return RowJob.inBestForm(
        SparseRows.assemble(List.of(rows), x.cols(), context.allocator()), context.allocator());
  }
}
