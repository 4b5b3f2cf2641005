package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import java.util.Arrays;
import java.util.function.Supplier;

/** The last node of an expression over given leaves, computed block by block as it is read. */
final class FusedSource implements CellSource, AutoCloseable {
  private final FusedExpression expression;
  private final Supplier<BlockPlan> plan;
  private final MachineLoop machine;
  private final Operand[] leaves;
  private final double[] scalars;
  private final long rows;
  private final long cols;

  /** What readers took from the pools; given back on close. */
  private final BlockPool.Loan<double[]> doubles;

  private final BlockPool.Loan<float[]> floats;

  /**
   * @param plan asked for by each reader that goes by steps
   * @param machineOrNull where the expression has machine code
   */
  FusedSource(
      FusedExpression expression,
      Supplier<BlockPlan> plan,
      MachineLoop machineOrNull,
      Operand[] leaves,
      long rows,
      long cols,
      BlockPools pools) {
    this.expression = expression;
    this.plan = plan;
    this.leaves = leaves;
    this.rows = rows;
    this.cols = cols;
    this.doubles = new BlockPool.Loan<>(pools.doubles());
    this.floats = new BlockPool.Loan<>(pools.floats());
    this.scalars = scalars(expression, leaves);
    this.machine = machineOrNull != null && machineOrNull.takes(scalars) ? machineOrNull : null;
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
    return Arrays.copyOf(scalars, n);
  }

  FusedExpression expression() {
    return expression;
  }

  Operand leaf(int number) {
    return leaves[number];
  }

  double[] scalars() {
    return scalars;
  }

  BlockPool.Loan<double[]> doubles() {
    return doubles;
  }

  BlockPool.Loan<float[]> floats() {
    return floats;
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
    MachineReader reader = machineReader(most);
    return reader == null ? open(most) : reader;
  }

  /** A reader by machine code, or null where there is none for these leaves. */
  MachineReader machineReader(int most) {
    return machine == null ? null : new MachineReader(this, machine, most);
  }

  /** A reader by the steps of the plan. */
  BlockReader<?> open(int most) {
    return BlockReader.of(this, plan.get(), most);
  }

  /** Gives the arrays of all readers back; they must not be used any more. */
  @Override
  public void close() {
    doubles.close();
    floats.close();
  }
}
