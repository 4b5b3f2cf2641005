package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.cpu.code.SampledSums;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The cells of a product of two dense matrices where a compressed one has non-zeros, with the bits
 * that they have in the whole product if {@link GeneratedProduct} computes that, whose {@link
 * TermOrder} is known.
 *
 * <p>A row of op(A) and one of the transposed op(B) are read for each cell, so one of them is
 * turned first if need be. A cell takes as long as some eight of the whole product; what is saved
 * beside that is to write and read them all.
 */
public final class SampledProduct {
  /** Multiplications of a call of code, at most: some 0.1 ms. */
  private static final long CALL_WORK = 1 << 17;

  /** Rows of a task are counted by what the average row takes; as many multiplications as that. */
  private static final long TASK_WORK = 1 << 16;

  /** Rows, or columns, of the product, at least, for which an operand is turned. */
  private static final long LEAST_USES = 32;

  private final Parallel parallel;
  private final GeneratedProduct generated;

  /** Computes by as many threads as there are. */
  public SampledProduct(Parallel parallel) {
    this.parallel = parallel;
    this.generated = new GeneratedProduct(parallel, Precision.FP64);
  }

  /**
   * Whether cells of a {@code matmul} of fp64 matrices can be had so.
   *
   * @param anyOrder whether the terms of a large product may be added in another order than those
   *     of the whole, which a library computes then
   */
  public boolean fits(Operation operation, DenseMatrix a, DenseMatrix b, boolean anyOrder) {
    Factors factors = Factors.of(operation, a, b);
    return factors.match()
        && MatrixProduct.isForCode(factors)
        && (generated.order(factors) != null || anyOrder && isForLibrary(factors));
  }

  /**
   * Whether each operand that has to be turned is used often enough: to turn it takes as long as
   * some 16 rows, or columns, of the whole product, and as much memory as it has.
   */
  public static boolean pays(Operation operation, DenseMatrix a, DenseMatrix b) {
    Factors factors = Factors.of(operation, a, b);
    return (!factors.ta() || factors.cols() >= LEAST_USES)
        && (factors.tb() || factors.rows() >= LEAST_USES);
  }

  private static boolean isForLibrary(Factors factors) {
    return PackedProduct.isTooLarge(factors) && PanelSums.find(Precision.FP64) != null;
  }

  private TermOrder order(Factors factors) {
    TermOrder known = generated.order(factors);
    return known == null ? TermOrder.of(TermBlocks.of(factors.terms())) : known;
  }

  /**
   * Computes cells of a {@code matmul} that {@linkplain #fits fits}.
   *
   * @param places non-zeros of a matrix of the product's shape
   * @param out where a cell goes for each of them, in native memory
   */
  public void cells(
      Operation operation,
      DenseMatrix a,
      DenseMatrix b,
      SparseMatrix places,
      MemorySegment out,
      ExecutionContext context) {
    Factors factors = Factors.of(operation, a, b);
    TermOrder order = order(factors);
    if (places.nonZeros() == 0) {
      return;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix left = factors.ta() ? turned(a, scratch, context) : a;
      DenseMatrix right = factors.tb() ? b : turned(b, scratch, context);
      Task task = new Task(left, right, order, places, out);
      long perRow = Math.max(1, places.nonZeros() * left.cols() / places.rows());
      parallel.forRange(
          context,
          places.rows(),
          Math.max(1, TASK_WORK / perRow),
          (from, to) -> task.run(from, to, context));
    }
  }

  private DenseMatrix turned(DenseMatrix x, Scratch scratch, ExecutionContext context) {
    return scratch.own(TurnedMatrix.of(x, x.cols(), parallel, context));
  }

  /**
   * What is read and written.
   *
   * @param left rows of op(A)
   * @param right columns of op(B), as rows
   */
  private record Task(
      DenseMatrix left,
      DenseMatrix right,
      TermOrder order,
      SparseMatrix places,
      MemorySegment out) {

    void run(long from, long to, ExecutionContext context) {
      long most = Math.max(1, CALL_WORK / left.cols());
      if (places.start(to) - places.start(from) <= most) {
        add(from, to - from, places.segment().address() + from * Long.BYTES, places.start(from));
      } else if (to == from + 1) {
        addPieces(from, most, context);
      } else {
        long middle = (from + to) >>> 1;
        run(from, middle, context);
        run(middle, to, context);
      }
    }

    /** A row of more values than a call should take. */
    private void addPieces(long row, long most, ExecutionContext context) {
      try (Scratch scratch = new Scratch(context.allocator())) {
        MemorySegment starts = scratch.bytes(2 * Long.BYTES);
        long end = places.start(row + 1);
        for (long at = places.start(row); at < end; at += most) {
          starts.setAtIndex(ValueLayout.JAVA_LONG, 0, at);
          starts.setAtIndex(ValueLayout.JAVA_LONG, 1, Math.min(at + most, end));
          add(row, 1, starts.address(), at);
        }
      }
    }

    /**
     * @param starts where those of the rows are
     * @param at the first value
     */
    private void add(long row, long rows, long starts, long at) {
      long step = left.cols() * Double.BYTES;
      long columns = places.segment().address() + places.columnsAt() + at * Integer.BYTES;
      for (int block = 0; block < order.blocks(); block++) {
        long term = order.first(block) * Double.BYTES;
        SampledSums.add(
            rows,
            starts,
            new SampledSums.Rows(left.segment().address() + row * step + term, step),
            new SampledSums.Rows(right.segment().address() + term, step),
            columns,
            order.size(block),
            out.address() + at * Double.BYTES,
            block > 0);
      }
    }
  }
}
