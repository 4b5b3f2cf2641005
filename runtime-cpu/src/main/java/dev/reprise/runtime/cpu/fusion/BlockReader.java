package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.cell.BlockStep;
import dev.reprise.runtime.cpu.cell.Registers;
import dev.reprise.runtime.cpu.cell.WideBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Computes the last node of an expression over given leaves, block by block. For one thread.
 *
 * @param <A> registers
 */
abstract sealed class BlockReader<A> implements CellReader {
  private final FusedSource source;
  private final CellType<A> type;
  private final A[] registers;
  private final LeafLoader<A>[] loaders;
  private final BlockStep[] steps;
  private Registers state;

  private BlockReader(
      FusedSource source, BlockPlan plan, CellType<A> type, BlockPool.Loan<A> blocks, int most) {
    this.source = source;
    this.type = type;
    this.registers = type.arrays(plan.registers);
    this.steps = plan.steps;
    for (int i = 1; i < registers.length; i++) {
      registers[i] = blocks.take();
    }
    for (int[] fill : plan.filled) {
      fill(registers[fill[0]], source.scalars()[fill[1]], fill[2]);
    }
    this.loaders = loaders(plan, most);
  }

  /** The reader of a source, for blocks of up to so many cells. */
  static BlockReader<?> of(FusedSource source, BlockPlan plan, int most) {
    return switch (source.expression().precision()) {
      case FP64 -> new Doubles(source, plan, most);
      case FP32 -> new Floats(source, plan, most);
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Arrays know no type parameters.
  private LeafLoader<A>[] loaders(BlockPlan plan, int most) {
    LeafLoader<A>[] made = new LeafLoader[registers.length];
    FusedExpression expression = source.expression();
    for (int i = 0; i < expression.leaves(); i++) {
      if (!expression.isScalar(i)) {
        DenseMatrix leaf = (DenseMatrix) source.leaf(i);
        made[plan.placeOfLeaf[i]] =
            LeafLoader.of(type, expression.kind(i), leaf, source.cols(), most);
      }
    }
    return made;
  }

  /**
   * Fills a register with a scalar.
   *
   * @param position of the operand that it is, in the operation that reads it
   */
  abstract void fill(A register, double scalar, int position);

  /** Computes {@code n} cells from {@code at} on into memory, at the same position. */
  abstract void store(long at, MemorySegment out, int n);

  final void compute(long at, A into, int n) {
    registers[0] = into;
    for (int i = 1; i < loaders.length && loaders[i] != null; i++) {
      loaders[i].load(at, registers[i], n);
    }
    for (BlockStep step : steps) {
      step.run(state, n);
    }
  }

  /** In fp64. */
  static final class Doubles extends BlockReader<double[]> {
    private final FusedSource source;

    /** The result where it is not read into another array; made when needed. */
    private double[] result;

    Doubles(FusedSource source, BlockPlan plan, int most) {
      super(source, plan, CellType.DOUBLES, source.doubles(), most);
      this.source = source;
      super.state = Registers.ofDoubles(super.registers, source.scalars());
    }

    /** The register of that number; holds what the last read left there. */
    double[] register(int number) {
      return super.registers[number];
    }

    @Override
    void fill(double[] register, double scalar, int position) {
      Arrays.fill(register, scalar);
    }

    @Override
    public void read(long at, double[] into, int n) {
      compute(at, into, n);
    }

    @Override
    void store(long at, MemorySegment out, int n) {
      if (result == null) {
        result = source.doubles().take();
      }
      compute(at, result, n);
      CellType.DOUBLES.store(result, out, at, n);
    }
  }

  /** In fp32: results are read as doubles, and stored as they are. */
  static final class Floats extends BlockReader<float[]> {
    private final float[] result;

    Floats(FusedSource source, BlockPlan plan, int most) {
      super(source, plan, CellType.FLOATS, source.floats(), most);
      result = source.floats().take();
      WideBlocks wide = new WideBlocks(source.doubles()::take);
      super.state = Registers.ofFloats(super.registers, source.scalars(), wide);
    }

    /** Of a test it matters only whether it is zero, which rounding must not change. */
    @Override
    void fill(float[] register, double scalar, int position) {
      float cell = (float) scalar;
      Arrays.fill(register, position == 0 && cell == 0 && scalar != 0 ? 1 : cell);
    }

    @Override
    public void read(long at, double[] into, int n) {
      compute(at, result, n);
      WideBlocks.widen(result, into, n);
    }

    @Override
    void store(long at, MemorySegment out, int n) {
      compute(at, result, n);
      CellType.FLOATS.store(result, out, at, n);
    }
  }
}
