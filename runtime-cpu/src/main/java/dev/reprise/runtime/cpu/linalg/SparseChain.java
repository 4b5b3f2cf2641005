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
import dev.reprise.runtime.cpu.sparse.FiniteCells;
import dev.reprise.runtime.cpu.sparse.Transposition;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code mmchain} of a compressed X: each row is multiplied by v, and scattered into the result by
 * what comes out. Chunks of rows follow from the numbers of rows, columns and non-zeros and have
 * sums of their own, which are added in the order of the chunks. Zeros that are not stored are left
 * out, as long as everything that they meet is finite; otherwise it is two {@link SparseProducts}.
 */
final class SparseChain implements Kernel {
  private static final long MOST_CHUNKS = 16;

  /** Non-zeros per column and chunk at least, so that adding up the sums stays small. */
  private static final long LEAST_NON_ZEROS = 16;

  private final Parallel parallel;
  private final SparseProducts products;
  private final FiniteCells finite;

  SparseChain(Parallel parallel, SparseProducts products) {
    this.parallel = parallel;
    this.products = products;
    this.finite = new FiniteCells(parallel);
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
      DenseMatrix vector = scratch.dense(v, Precision.FP64);
      MemorySegment with =
          inputs[2] instanceof MatrixOperand w ? scratch.dense(w, Precision.FP64).segment() : null;
      boolean times = "*".equals(operation.attributes().get("with"));
      Middle middle = new Middle(x, vector.segment(), with, times);
      double[] sums = finite.only(vector, context) ? sums(middle, context) : null;
      if (sums == null) {
        return Transposition.isPossible(x)
            ? new Operand[] {twoProducts(middle, vector, scratch, context)}
            : null;
      }
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

  /** What X is multiplied by when it was multiplied by v, cell by cell. */
  private record Middle(SparseMatrix x, MemorySegment v, MemorySegment with, boolean times) {
    double of(long i) {
      long end = x.start(i + 1);
      double product = 0;
      for (long at = x.start(i); at < end; at++) {
        product += x.value(at) * v.getAtIndex(JAVA_DOUBLE, x.column(at));
      }
      return combined(product, i);
    }

    double combined(double product, long i) {
      if (with == null) {
        return product;
      }
      double other = with.getAtIndex(JAVA_DOUBLE, i);
      return times ? other * product : product - other;
    }
  }

  /** Null when zeros of X would meet something that is not finite. */
  private double[] sums(Middle middle, ExecutionContext context) {
    SparseMatrix x = middle.x();
    int cols = Math.toIntExact(x.cols());
    long wanted = x.nonZeros() / Math.max(1, LEAST_NON_ZEROS * x.cols());
    long height = Math.max(1, Tiling.pieces(x.rows(), Math.clamp(wanted, 1, MOST_CHUNKS)));
    int chunks = (int) Tiling.pieces(x.rows(), height);
    double[][] partials = new double[Math.max(1, chunks)][cols];
    parallel.forEach(
        context,
        chunks,
        chunk -> {
          long end = Math.min(x.rows(), (chunk + 1) * height);
          if (!add(middle, chunk * height, end, partials[(int) chunk])) {
            partials[(int) chunk] = null;
          }
        });
    double[] sums = partials[0];
    for (int chunk = 0; chunk < chunks; chunk++) {
      if (partials[chunk] == null) {
        return null;
      }
      for (int j = 0; chunk > 0 && j < cols; j++) {
        sums[j] += partials[chunk][j];
      }
    }
    return sums;
  }

  /** False, with sums that mean nothing, when a row is multiplied by what is not finite. */
  private static boolean add(Middle middle, long from, long to, double[] sums) {
    SparseMatrix x = middle.x();
    boolean isFinite = true;
    for (long i = from; i < to && isFinite; i++) {
      double factor = middle.of(i);
      long end = x.start(i + 1);
      for (long at = x.start(i); at < end; at++) {
        sums[x.column(at)] += x.value(at) * factor;
      }
      isFinite = Double.isFinite(factor);
    }
    return isFinite;
  }

  private DenseMatrix twoProducts(
      Middle middle, DenseMatrix v, Scratch scratch, ExecutionContext context) {
    DenseMatrix factors = scratch.own(products.sparseDense(middle.x(), v, context));
    for (long i = 0; i < factors.rows(); i++) {
      factors.set(i, 0, middle.combined(factors.get(i, 0), i));
    }
    SparseMatrix t = scratch.own(Transposition.of(middle.x(), scratch.allocator()));
    return products.sparseDense(t, factors, context);
  }
}
