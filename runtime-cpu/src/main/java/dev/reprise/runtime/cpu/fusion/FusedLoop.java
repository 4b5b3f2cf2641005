package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.aggregate.SourceAggregate;
import dev.reprise.runtime.cpu.cell.CellKernels;
import dev.reprise.runtime.cpu.sparse.Compression;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one expression over any leaves of its kinds. Usable from any thread.
 *
 * <p>It is machine code where all of its operations have some. Else it begins with the loops of the
 * kernels and has a loop generated once it has computed so many cells that the milliseconds for
 * generating and compiling it are a small part of the whole.
 */
public final class FusedLoop {
  private static final int BLOCK = BlockPool.BLOCK;

  /**
   * Cells of a chunk, times operations on each: some 15 us. A function counts as five operations.
   */
  private static final long CHUNK = 1 << 15;

  private static final int FUNCTION = 5;

  private static final long LEAST_CHUNK = 1 << 12;

  private final FusedExpression expression;
  private final SourceAggregate aggregate;
  private final Parallel parallel;
  private final boolean spreads;
  private final long leastChunk;
  private final long generateAfter;
  private final BlockPools pools;

  /** Null where there is no machine code. */
  private final MachineLoop machine;

  // With machine code null until it is needed, which is seldom; else replaced once by the thread
  // that won generating. The plan itself is immutable.
  private volatile BlockPlan plan;

  // A count that may lose some of several threads' additions, which only delays the generation.
  private long computed;

  private final AtomicBoolean generating = new AtomicBoolean();

  FusedLoop(
      FusedExpression expression,
      SourceAggregate aggregate,
      Parallel parallel,
      long generateAfter,
      MachineLoop machineOrNull,
      BlockPools pools) {
    this.expression = expression;
    this.aggregate = aggregate;
    this.parallel = parallel;
    this.generateAfter = generateAfter;
    this.machine = machineOrNull;
    this.pools = pools;
    this.plan = machine == null ? BlockPlan.ofKernels(expression) : null;
    this.spreads = spreads(expression);
    this.leastChunk = leastChunk(expression);
  }

  private static long leastChunk(FusedExpression expression) {
    long work = 0;
    for (int node = 0; node < expression.nodes(); node++) {
      work += CellKernels.isFunction(expression.operation(node).opcode()) ? FUNCTION : 1;
    }
    return Math.max(LEAST_CHUNK, CHUNK / work);
  }

  private static boolean spreads(FusedExpression expression) {
    for (int i = 0; i < expression.leaves(); i++) {
      if (expression.kind(i) == LeafKind.ROW || expression.kind(i) == LeafKind.COLUMN) {
        return true;
      }
    }
    return false;
  }

  /**
   * Computes the expression.
   *
   * @param leaves dense matrices of the expression's precision and of the shapes that their kinds
   *     say, and scalars
   * @param rows rows of the last node
   * @param cols columns of the last node
   * @return a matrix that the caller owns or a scalar; null when an intermediate looks sparse,
   *     which unfused kernels would keep compressed and compute with differently. Without an
   *     aggregate the matrix has the expression's precision, aggregates give doubles
   */
  public Operand run(Operand[] leaves, long rows, long cols, ExecutionContext context) {
    long cells = rows * cols;
    // Kernels from floats to floats compress nothing.
    if (precision() == Precision.FP64
        && Compression.isSampled(cells)
        && hasSparseIntermediate(leaves, rows, cols)) {
      return null;
    }
    generateIfWorthwhile(cells);
    try (FusedSource source =
        new FusedSource(expression, this::plan, machine, leaves, rows, cols, pools)) {
      return aggregate == null ? stored(source, context) : aggregate.of(source, context);
    }
  }

  /**
   * Computes the expression, which has no aggregate, for some cells of matrices that lie together
   * as a row; whatever they are, nothing is compressed.
   *
   * @param out where the result goes, in native memory
   */
  void cells(Operand[] leaves, long cells, MemorySegment out, ExecutionContext context) {
    generateIfWorthwhile(cells);
    try (FusedSource source =
        new FusedSource(expression, this::plan, machine, leaves, 1, cells, pools)) {
      store(source, out, cells, context);
    }
  }

  /** Several threads may make one at once: all are equal. */
  private BlockPlan plan() {
    BlockPlan known = plan;
    if (known == null) {
      known = BlockPlan.ofKernels(expression);
      plan = known;
    }
    return known;
  }

  private DenseMatrix stored(FusedSource source, ExecutionContext context) {
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), source.rows(), source.cols(), precision());
    store(source, out.segment(), out.cells(), context);
    return out;
  }

  private void store(FusedSource source, MemorySegment out, long cells, ExecutionContext context) {
    int block = block(source.cols());
    if (cells <= block) {
      store(source, out, 0, cells, block);
      return;
    }
    long chunk = Math.max(1, chunkCells(cells) / block) * block;
    parallel.forRange(context, cells, chunk, (from, to) -> store(source, out, from, to, block));
  }

  /** Follows from the shape and the expression alone, though these chunks change no bits. */
  private long chunkCells(long cells) {
    return Parallel.chunk(cells, leastChunk);
  }

  /** Whole rows while they fit, so that a repeated row vector stays where it is. */
  private int block(long cols) {
    return spreads && cols > 1 && cols <= BLOCK / 2 ? (int) (BLOCK / cols * cols) : BLOCK;
  }

  private static void store(FusedSource source, MemorySegment out, long from, long to, int block) {
    int most = (int) Math.min(block, to - from);
    MachineReader machine = source.machineReader(most);
    if (machine != null) {
      machine.store(from, to, out);
      return;
    }
    BlockReader<?> reader = source.open(most);
    for (long at = from; at < to; at += most) {
      int n = (int) Math.min(most, to - at);
      reader.store(at, out, n);
    }
  }

  private void generateIfWorthwhile(long cells) {
    long total = computed + cells * expression.nodes();
    computed = total;
    if (machine == null
        && total > generateAfter
        && !generating.get()
        && generating.compareAndSet(false, true)) {
      plan = BlockPlan.generated(expression, new LoopGenerator());
    }
  }

  /** Looks at the cells that the unfused kernels' results would be judged by. */
  private boolean hasSparseIntermediate(Operand[] leaves, long rows, long cols) {
    BlockPlan all = BlockPlan.keepingAll(expression);
    FusedSource source =
        new FusedSource(expression, () -> all, null, leaves, rows, cols, new BlockPools());
    BlockReader.Doubles reader = new BlockReader.Doubles(source, all, 1);
    int judged = aggregate == null ? expression.nodes() - 1 : expression.nodes();
    int[] nonZeros = new int[judged];
    double[] result = new double[1];
    for (long at : Compression.samples(rows * cols)) {
      reader.read(at, result, 1);
      for (int node = 0; node < judged; node++) {
        nonZeros[node] += reader.register(all.registerOfNode[node])[0] != 0 ? 1 : 0;
      }
    }
    for (int count : nonZeros) {
      if (Compression.looksSparse(count)) {
        return true;
      }
    }
    return false;
  }

  /** Width of the matrices among the leaves, and of the values of all nodes. */
  public Precision precision() {
    return expression.precision();
  }

  /** True when it is machine code, but for some numbers and cells; for tests. */
  public boolean isMachineCode() {
    return machine != null;
  }

  /** True once a loop of its own was generated; for tests. */
  public boolean isGenerated() {
    return generating.get();
  }

  @Override
  public String toString() {
    return expression.toString();
  }
}
