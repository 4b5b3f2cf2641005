package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code mmchain} of a compressed X: each row is multiplied by v, and scattered into the result by
 * what comes out. Chunks of rows follow from the numbers of rows, columns and non-zeros and have
 * sums of their own, which are added in the order of the chunks. As in products of compressed
 * matrices, a zero that is not stored multiplies nothing.
 */
final class SparseChain implements Kernel {
  private static final long MOST_CHUNKS = 16;

  /** Non-zeros per column and chunk at least, so that adding up the sums stays small. */
  private static final long LEAST_NON_ZEROS = 16;

  private final Parallel parallel;

  SparseChain(Parallel parallel) {
    this.parallel = parallel;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof SparseMatrix x)
        || !(inputs[1] instanceof MatrixOperand v)
        || x.cols() > Integer.MAX_VALUE - 8
        || !fits(operation, x, v, inputs[2])) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment vector = scratch.dense(v, Precision.FP64).segment();
      MemorySegment with =
          inputs[2] instanceof MatrixOperand w ? scratch.dense(w, Precision.FP64).segment() : null;
      boolean times = "*".equals(operation.attributes().get("with"));
      double[] sums = sums(x, vector, with, times, context);
      DenseMatrix result = scratch.matrix(x.cols(), 1);
      MemorySegment.copy(sums, 0, result.segment(), JAVA_DOUBLE, 0, sums.length);
      return new Operand[] {scratch.keep(result)};
    }
  }

  /** What does not fit is left to the dense kernel, whose message it is. */
  private static boolean fits(Operation operation, SparseMatrix x, MatrixOperand v, Operand with) {
    if (v.rows() != x.cols() || v.cols() != 1) {
      return false;
    }
    boolean isPlain = operation.attributes().get("with") == null;
    return with instanceof MatrixOperand w
        ? !isPlain && w.rows() == x.rows() && w.cols() == 1
        : isPlain && ProductChain.isAbsent(with);
  }

  private double[] sums(
      SparseMatrix x,
      MemorySegment v,
      MemorySegment with,
      boolean times,
      ExecutionContext context) {
    int cols = Math.toIntExact(x.cols());
    long wanted = x.nonZeros() / Math.max(1, LEAST_NON_ZEROS * x.cols());
    long height = Math.max(1, Tiling.pieces(x.rows(), Math.clamp(wanted, 1, MOST_CHUNKS)));
    int chunks = (int) Tiling.pieces(x.rows(), height);
    double[][] partials = new double[Math.max(1, chunks)][cols];
    parallel.forEach(
        context,
        chunks,
        chunk -> {
          double[] sums = partials[(int) chunk];
          long end = Math.min(x.rows(), (chunk + 1) * height);
          for (long i = chunk * height; i < end; i++) {
            row(x, i, v, with, times, sums);
          }
        });
    double[] sums = partials[0];
    for (int chunk = 1; chunk < chunks; chunk++) {
      for (int j = 0; j < cols; j++) {
        sums[j] += partials[chunk][j];
      }
    }
    return sums;
  }

  private static void row(
      SparseMatrix x, long i, MemorySegment v, MemorySegment with, boolean times, double[] sums) {
    long end = x.start(i + 1);
    double middle = 0;
    for (long at = x.start(i); at < end; at++) {
      middle += x.value(at) * v.getAtIndex(JAVA_DOUBLE, x.column(at));
    }
    if (with != null) {
      double other = with.getAtIndex(JAVA_DOUBLE, i);
      middle = times ? other * middle : middle - other;
    }
    for (long at = x.start(i); at < end; at++) {
      sums[x.column(at)] += x.value(at) * middle;
    }
  }
}
