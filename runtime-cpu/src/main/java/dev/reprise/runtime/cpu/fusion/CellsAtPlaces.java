package dev.reprise.runtime.cpu.fusion;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/** Fetches the cells of operands where a compressed matrix has non-zeros. */
final class CellsAtPlaces {
  /** Cells of a task: some 20 microseconds. */
  private static final long CHUNK_CELLS = 1 << 14;

  private final SparseMatrix places;
  private final Parallel parallel;
  private final ExecutionContext context;

  CellsAtPlaces(SparseMatrix places, Parallel parallel, ExecutionContext context) {
    this.places = places;
    this.parallel = parallel;
    this.context = context;
  }

  /**
   * Writes a cell for each place.
   *
   * @param kind of the operand: compressed ones have all cells
   */
  void fetch(MatrixOperand operand, LeafKind kind, MemorySegment out) {
    long perRow = Math.max(1, places.nonZeros() / Math.max(1, places.rows()));
    parallel.forRange(
        context,
        places.rows(),
        Math.max(1, CHUNK_CELLS / perRow),
        (from, to) -> {
          if (operand instanceof SparseMatrix compressed) {
            fetch(compressed, from, to, out);
          } else {
            fetch((DenseMatrix) operand, kind, from, to, out);
          }
        });
  }

  private void fetch(
      DenseMatrix operand, LeafKind kind, long fromRow, long toRow, MemorySegment out) {
    MemorySegment cells = operand.segment();
    boolean hasColumns = kind != LeafKind.COLUMN;
    for (long row = fromRow; row < toRow; row++) {
      long first = kind == LeafKind.ROW ? 0 : row * operand.cols();
      long end = places.start(row + 1);
      for (long at = places.start(row); at < end; at++) {
        long cell = hasColumns ? first + places.column(at) : first;
        out.setAtIndex(JAVA_DOUBLE, at, cells.getAtIndex(JAVA_DOUBLE, cell));
      }
    }
  }

  private void fetch(SparseMatrix operand, long fromRow, long toRow, MemorySegment out) {
    for (long row = fromRow; row < toRow; row++) {
      long other = operand.start(row);
      long otherEnd = operand.start(row + 1);
      long end = places.start(row + 1);
      for (long at = places.start(row); at < end; at++) {
        int column = places.column(at);
        while (other < otherEnd && operand.column(other) < column) {
          other++;
        }
        boolean isStored = other < otherEnd && operand.column(other) == column;
        out.setAtIndex(JAVA_DOUBLE, at, isStored ? operand.value(other) : 0);
      }
    }
  }
}
