package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.aggregate.AggregateKernels;
import dev.reprise.runtime.cpu.cell.CellKernels;
import dev.reprise.runtime.cpu.shape.ShapeKernels;
import dev.reprise.runtime.cpu.text.MatrixText;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Calls element-wise, aggregate and shape kernels by opcode, left-out arguments as defaults. */
public final class KernelCalls implements AutoCloseable {
  private final CountingAllocator allocator;
  private final Parallel parallel;
  private final KernelTable table;
  private final int threads;

  public KernelCalls(int threads) {
    this(threads, new CountingAllocator());
  }

  public KernelCalls(int threads, CountingAllocator allocator) {
    this.threads = threads;
    this.allocator = allocator;
    parallel = new Parallel(threads);
    KernelTable.Builder builder = new KernelTable.Builder();
    CellKernels.register(builder, parallel);
    AggregateKernels.register(builder, parallel);
    ShapeKernels.register(builder, parallel);
    MatrixText.register(builder);
    table = builder.build();
  }

  public KernelCalls() {
    this(2);
  }

  public CountingAllocator allocator() {
    return allocator;
  }

  public KernelTable table() {
    return table;
  }

  /** The first output; operands may be Operand, Double, Integer, Boolean, String or double[][]. */
  public Operand call(String opcode, Object... arguments) {
    Opcode row = OperationTable.standard().get(opcode);
    List<Operand> inputs = new ArrayList<>();
    for (Object argument : arguments) {
      inputs.add(operand(argument));
    }
    for (int i = inputs.size(); i < row.parameters().size(); i++) {
      inputs.add(row.parameters().get(i).defaultValue());
    }
    return table.find(opcode)
        .run(
            new Operation(row),
            inputs.toArray(Operand[]::new),
            new ExecutionContext(allocator, threads))[0];
  }

  /** The result as rows of cells. */
  public double[][] cells(String opcode, Object... arguments) {
    return Matrices.toArray((DenseMatrix) call(opcode, arguments));
  }

  public double number(String opcode, Object... arguments) {
    return ((Scalar) call(opcode, arguments)).asDouble();
  }

  public DenseMatrix matrix(double[]... rows) {
    return Matrices.of(allocator, rows);
  }

  public DenseMatrix empty(long rows, long cols) {
    return DenseMatrix.allocate(allocator, rows, cols);
  }

  public DenseMatrix random(RandomGenerator random, long rows, long cols) {
    return Matrices.random(allocator, random, rows, cols);
  }

  public static double[] row(double... cells) {
    return cells;
  }

  public static double[][] column(double... cells) {
    double[][] rows = new double[cells.length][];
    for (int i = 0; i < cells.length; i++) {
      rows[i] = new double[] {cells[i]};
    }
    return rows;
  }

  /** Fails unless both hold the same numbers; NaN equals itself, -0 does not equal 0. */
  public static void same(double[][] found, double[][] wanted) {
    assertThat(Arrays.deepToString(found)).isEqualTo(Arrays.deepToString(wanted));
  }

  private Operand operand(Object argument) {
    return switch (argument) {
      case Operand operand -> operand;
      case Double number -> Scalar.of(number);
      case Integer number -> Scalar.of((long) number);
      case Boolean flag -> Scalar.of((boolean) flag);
      case String text -> Scalar.of(text);
      case double[][] rows -> matrix(rows);
      default -> throw new IllegalArgumentException(argument.toString());
    };
  }

  @Override
  public void close() {
    parallel.close();
  }
}
