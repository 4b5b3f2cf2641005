package dev.reprise.runtime.cpu.sparse;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.NonZeros;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns dense fp64 matrices with few non-zeros into sparse ones. What is compressed follows from
 * the cells alone: {@link SparseMatrix#isWorthwhile} on their exact count.
 */
public final class Compression {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** Below this, results of dense kernels stay dense unless an operand was sparse: 8 MiB. */
  private static final long SAMPLED_CELLS = 1 << 20;

  /** Cells looked at before all are counted; a matrix of 5 % non-zeros shows about 6 here. */
  private static final int SAMPLES = 128;

  /** More non-zeros than this among the samples and the matrix is taken for dense. */
  private static final int MOST_IN_SAMPLE = 24;

  private static final long CHUNK_CELLS = 1 << 16;

  private final Parallel parallel;

  public Compression(Parallel parallel) {
    this.parallel = parallel;
  }

  /** True when a look at some cells says that counting all of them may pay. */
  public static boolean looksSparse(DenseMatrix matrix) {
    if (!isSampled(matrix.cells())) {
      return false;
    }
    MemorySegment segment = matrix.segment();
    int found = 0;
    for (long at : samples(matrix.cells())) {
      found += segment.getAtIndex(CELL, at) != 0 ? 1 : 0;
    }
    return looksSparse(found);
  }

  /** True for matrices so large that some of their cells are looked at. */
  public static boolean isSampled(long cells) {
    return cells >= SAMPLED_CELLS;
  }

  /** The cells that are looked at, counted along the rows. */
  public static long[] samples(long cells) {
    long[] samples = new long[SAMPLES];
    // Multiples of the golden ratio, modulo 1, spread evenly and hit no column more than others.
    double position = 0;
    for (int i = 0; i < SAMPLES; i++) {
      position += 0.6180339887498949;
      position -= (long) position;
      samples[i] = (long) (position * cells);
    }
    return samples;
  }

  /** True when a matrix with so many non-zeros among its samples may be worth compressing. */
  public static boolean looksSparse(int nonZeroSamples) {
    return nonZeroSamples <= MOST_IN_SAMPLE;
  }

  /**
   * The matrix itself, or its compressed form when that is worthwhile; the dense one is released
   * then.
   *
   * @param matrix an fp64 matrix that the caller owns and hands over, also when this throws
   */
  public MatrixOperand compressed(DenseMatrix matrix, ExecutionContext context) {
    MatrixOperand result;
    try {
      result = smaller(matrix, context);
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
    if (result != matrix) {
      matrix.buffer().release();
    }
    return result;
  }

  private MatrixOperand smaller(DenseMatrix matrix, ExecutionContext context) {
    if (!SparseMatrix.isWorthwhile(matrix.rows(), matrix.cols(), 0)) {
      return matrix;
    }
    long rowsPerChunk = Math.max(1, CHUNK_CELLS / Math.max(1, matrix.cols()));
    long[] counts = new long[Math.toIntExact(Parallel.chunks(matrix.rows(), rowsPerChunk))];
    parallel.forRange(
        context,
        matrix.rows(),
        rowsPerChunk,
        (from, to) -> counts[(int) (from / rowsPerChunk)] = count(matrix, from, to));
    long nonZeros = 0;
    for (int i = 0; i < counts.length; i++) {
      long count = counts[i];
      counts[i] = nonZeros;
      nonZeros += count;
    }
    if (!SparseMatrix.isWorthwhile(matrix.rows(), matrix.cols(), nonZeros)) {
      return matrix;
    }
    SparseMatrix sparse =
        SparseMatrix.allocate(context.allocator(), matrix.rows(), matrix.cols(), nonZeros);
    parallel.forRange(
        context,
        matrix.rows(),
        rowsPerChunk,
        (from, to) -> fill(matrix, sparse, from, to, counts[(int) (from / rowsPerChunk)]));
    sparse.setStart(matrix.rows(), nonZeros);
    return sparse;
  }

  private static long count(DenseMatrix matrix, long fromRow, long toRow) {
    long end = toRow * matrix.cols();
    long count = 0;
    if (CellFunction.areThere()) {
      long first = matrix.segment().address();
      for (long at = fromRow * matrix.cols(); at < end; at += NonZeros.MOST_CELLS) {
        count += NonZeros.count(first + at * Double.BYTES, Math.min(NonZeros.MOST_CELLS, end - at));
      }
      return count;
    }
    MemorySegment cells = matrix.segment();
    for (long at = fromRow * matrix.cols(); at < end; at++) {
      count += cells.getAtIndex(CELL, at) != 0 ? 1 : 0;
    }
    return count;
  }

  /** The rows from one to before another, whose values begin at a position. */
  private static void fill(
      DenseMatrix matrix, SparseMatrix sparse, long fromRow, long toRow, long at) {
    if (CellFunction.areThere() && matrix.cols() <= NonZeros.MOST_CELLS) {
      long target = sparse.segment().address();
      NonZeros.copy(
          matrix.segment().address() + fromRow * matrix.cols() * Double.BYTES,
          toRow - fromRow,
          matrix.cols(),
          target + fromRow * Long.BYTES,
          at,
          target + sparse.valuesAt() + at * Double.BYTES,
          target + sparse.columnsAt() + at * Integer.BYTES);
    } else {
      fillInJava(matrix, sparse, fromRow, toRow, at);
    }
  }

  private static void fillInJava(
      DenseMatrix matrix, SparseMatrix sparse, long fromRow, long toRow, long at) {
    MemorySegment cells = matrix.segment();
    for (long i = fromRow; i < toRow; i++) {
      sparse.setStart(i, at);
      long row = i * matrix.cols();
      for (long j = 0; j < matrix.cols(); j++) {
        double value = cells.getAtIndex(CELL, row + j);
        if (value != 0) {
          sparse.set(at++, (int) j, value);
        }
      }
    }
  }
}
