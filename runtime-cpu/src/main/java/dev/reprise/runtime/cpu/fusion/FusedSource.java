package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.cell.BlockStep;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The last node of an expression over given leaves, computed block by block as it is read. */
final class FusedSource implements CellSource, AutoCloseable {
  private final FusedExpression expression;
  private final BlockPlan plan;
  private final Operand[] leaves;
  private final double[] scalars;
  private final long rows;
  private final long cols;
  private final BlockPool pool;

  /** What readers took from the pool; given back on close. */
  private final ConcurrentLinkedQueue<double[]> taken = new ConcurrentLinkedQueue<>();

  FusedSource(
      FusedExpression expression,
      BlockPlan plan,
      Operand[] leaves,
      long rows,
      long cols,
      BlockPool pool) {
    this.expression = expression;
    this.plan = plan;
    this.leaves = leaves;
    this.rows = rows;
    this.cols = cols;
    this.pool = pool;
    this.scalars = scalars(expression, leaves);
  }

  private static double[] scalars(FusedExpression expression, Operand[] leaves) {
    double[] scalars = new double[leaves.length];
    int n = 0;
    for (int i = 0; i < leaves.length; i++) {
      if (expression.isScalar(i)) {
        scalars[n++] =
            leaves[i] instanceof MatrixOperand single
                ? single.get(0, 0)
                : ((Scalar) leaves[i]).asDouble();
      }
    }
    return scalars;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long cols() {
    return cols;
  }

  @Override
  public CellReader reader(int most) {
    return new Reader(most);
  }

  /** An array of one block until this is closed. */
  double[] block() {
    double[] block = pool.take();
    taken.add(block);
    return block;
  }

  /** Gives the arrays of all readers back; they must not be used any more. */
  @Override
  public void close() {
    taken.forEach(pool::give);
    taken.clear();
  }

  Reader open(int most) {
    return new Reader(most);
  }

  final class Reader implements CellReader {
    private final double[][] registers = new double[plan.registers][];
    private final LeafLoader[] loaders = new LeafLoader[plan.registers];

    private Reader(int most) {
      for (int i = 1; i < registers.length; i++) {
        registers[i] = block();
      }
      for (int[] fill : plan.filled) {
        Arrays.fill(registers[fill[0]], scalars[fill[1]]);
      }
      for (int i = 0; i < leaves.length; i++) {
        if (!expression.isScalar(i)) {
          loaders[plan.placeOfLeaf[i]] =
              LeafLoader.of(expression.kind(i), (DenseMatrix) leaves[i], cols, most);
        }
      }
    }

    /** The register of that number; holds what the last read left there. */
    double[] register(int number) {
      return registers[number];
    }

    @Override
    public void read(long at, double[] into, int n) {
      registers[0] = into;
      for (int i = 1; i < loaders.length && loaders[i] != null; i++) {
        loaders[i].load(at, registers[i], n);
      }
      for (BlockStep step : plan.steps) {
        step.run(registers, scalars, n);
      }
    }
  }
}
