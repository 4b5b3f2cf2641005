package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;

/**
 * The cells of a matrix that can be read block by block as doubles: a matrix in memory, of doubles
 * or floats, or one that is computed while it is read. Aggregates over sources cut and combine
 * blocks by shape alone, so all give the same bits.
 */
public interface CellSource {

  long rows();

  long cols();

  default long cells() {
    return rows() * cols();
  }

  /** A reader for the calling thread, for blocks of up to so many cells. */
  CellReader reader(int most);

  /** The cells of a matrix in memory. */
  static CellSource of(DenseMatrix matrix) {
    return new Stored(matrix);
  }

  /** A matrix in memory. */
  record Stored(DenseMatrix matrix) implements CellSource {
    @Override
    public long rows() {
      return matrix.rows();
    }

    @Override
    public long cols() {
      return matrix.cols();
    }

    @Override
    public CellReader reader(int most) {
      MemorySegment cells = matrix.segment();
      CellBlocks blocks = new CellBlocks(matrix.precision(), most);
      return (at, into, n) -> blocks.load(cells, at, into, 0, n);
    }
  }
}
