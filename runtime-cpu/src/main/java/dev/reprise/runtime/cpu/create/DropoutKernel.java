package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code dropout}: each cell is kept with a chance and divided by it, or becomes 0. Which ones
 * follows from the seed alone, as in {@code rand} with that sparsity, so the gradient needs the
 * seed and no mask.
 */
final class DropoutKernel implements Kernel {
  /** Even, since chances come in pairs. */
  private static final long CELLS_PER_CHUNK = 1 << 14;

  private final Parallel parallel;
  private final Precision precision;
  private final boolean givesSeed;

  DropoutKernel(Parallel parallel, Precision precision, boolean givesSeed) {
    this.parallel = parallel;
    this.precision = precision;
    this.givesSeed = givesSeed;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    double share = Arguments.number(operation, inputs, 1);
    long seed = Arguments.whole(operation, inputs, 2);
    if (!(share > 0 && share <= 1)) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' keeps a share 'p' of the cells above 0 and up to 1, not "
              + share);
    }
    // Of dropout a negative one asks for one that is drawn, so no mask was ever made of it.
    if (!givesSeed && seed < 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs the seed that 'dropout' drew, its second result, not "
              + seed
              + ", which asks for a new one; write [out, seed] = dropout(X, p)");
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), x.cols(), precision);
      parallel.forRange(
          context,
          x.cells(),
          CELLS_PER_CHUNK,
          (from, to) -> {
            long byCode = RandomCode.cells(to - from);
            if (byCode > 0) {
              RandomCode code = RandomCode.dropout(precision, seed, share);
              long at = from * precision.bytesPerCell();
              code.run(x.segment().address() + at, out.segment().address() + at, from, byCode);
            }
            if (byCode < to - from) {
              drop(x.segment(), out.segment(), share, seed, from + byCode, to);
            }
          });
      scratch.keep(out);
      return givesSeed ? new Operand[] {out, Scalar.of(seed)} : new Operand[] {out};
    }
  }

  /** In arrays, with the same bits. */
  private void drop(
      MemorySegment x, MemorySegment out, double share, long seed, long from, long to) {
    int most = (int) Math.min(Distribution.BATCH, to - from);
    UniformDistribution chance = UniformDistribution.chances(seed, most);
    double[] chances = new double[most];
    double[] cells = new double[most];
    CellBlocks blocks = new CellBlocks(precision, cells.length);
    for (long start = from; start < to; start += most) {
      int n = (int) Math.min(most, to - start);
      chance.fill(start, chances, n);
      blocks.load(x, start, cells, 0, n);
      for (int i = 0; i < n; i++) {
        cells[i] = chances[i] < share ? cells[i] / share : 0;
      }
      blocks.store(cells, 0, out, start, n);
    }
  }
}
