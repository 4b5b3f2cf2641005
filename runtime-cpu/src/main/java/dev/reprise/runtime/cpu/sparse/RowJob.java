package dev.reprise.runtime.cpu.sparse;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import java.util.List;

/** Makes a sparse result row by row, in parallel over chunks of rows. */
public final class RowJob {
  private RowJob() {}

  /** Appends one row of the result. */
  @FunctionalInterface
  public interface RowBody {
    void row(long row, SparseRows out);
  }

  /** Makes the body for one chunk, with scratch of its own. */
  @FunctionalInterface
  public interface ChunkBody {
    RowBody begin();
  }

  /**
   * Calls the body for every row.
   *
   * @param rowsPerChunk must follow from shapes and counts of non-zeros alone
   * @return the result, dense when that is the better form; the caller owns it
   */
  public static MatrixOperand run(
      Parallel parallel,
      ExecutionContext context,
      long rows,
      long cols,
      long rowsPerChunk,
      ChunkBody body) {
    SparseRows[] parts = new SparseRows[Math.toIntExact(Parallel.chunks(rows, rowsPerChunk))];
    parallel.forRange(
        context,
        rows,
        rowsPerChunk,
        (from, to) -> {
          SparseRows part = new SparseRows(Math.toIntExact(to - from));
          RowBody rowBody = body.begin();
          for (long i = from; i < to; i++) {
            rowBody.row(i, part);
            part.endRow();
          }
          parts[(int) (from / rowsPerChunk)] = part;
        });
    return inBestForm(
        SparseRows.assemble(List.of(parts), cols, context.allocator()), context.allocator());
  }

  /** The matrix itself, or a dense copy when too little would be saved; hands it over. */
  public static MatrixOperand inBestForm(SparseMatrix matrix, Allocator allocator) {
    if (SparseMatrix.isWorthwhile(matrix.rows(), matrix.cols(), matrix.nonZeros())) {
      return matrix;
    }
    try {
      DenseMatrix dense = matrix.copyDense(allocator);
      return dense;
    } finally {
      matrix.buffer().release();
    }
  }
}
