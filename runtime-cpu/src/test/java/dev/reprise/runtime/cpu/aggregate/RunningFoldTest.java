package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Running sums, products and extremes by machine code, which kernels use once they have folded many
 * cells, and by Java, before.
 */
class RunningFoldTest {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e-310,
    1e300,
    -1e300,
    1e-40
  };

  /** Cells after which code is used. */
  private static final int MANY = 1 << 13;

  private final Random random = new Random(20261201);
  private final CountingAllocator allocator = new CountingAllocator();

  @ParameterizedTest
  @ValueSource(strings = {"cumsum", "cumprod", "cummin", "cummax"})
  void cellsHaveTheSameBitsAsInJava(String opcode) {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    try (Parallel parallel = new Parallel(1)) {
      for (Precision precision : Precision.values()) {
        KernelTable experienced = table(parallel, precision);
        DenseMatrix many = matrix(precision, MANY, 1, false);
        call(experienced, opcode, many).buffer().release();
        many.buffer().release();
        // Every number of columns that is left behind groups of either size; blocks of rows.
        for (int cols = 1; cols <= 71; cols++) {
          check(experienced, parallel, opcode, precision, 1 + random.nextInt(90), cols);
        }
        check(experienced, parallel, opcode, precision, 8000, 1);
        check(experienced, parallel, opcode, precision, 5, 1500);
      }
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  private static KernelTable table(Parallel parallel, Precision precision) {
    KernelTable.Builder builder = new KernelTable.Builder();
    if (precision == Precision.FP32) {
      AggregateKernels.registerFloats(builder, parallel);
    } else {
      AggregateKernels.register(builder, parallel);
    }
    return builder.build();
  }

  private void check(
      KernelTable experienced,
      Parallel parallel,
      String opcode,
      Precision precision,
      int rows,
      int cols) {
    for (boolean isSpecial : new boolean[] {false, true}) {
      DenseMatrix x = matrix(precision, rows, cols, isSpecial);
      DenseMatrix found = call(experienced, opcode, x);
      DenseMatrix wanted = call(table(parallel, precision), opcode, x);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          // Which number a NaN is made of is left open.
          if (Double.doubleToLongBits(found.get(i, j))
              != Double.doubleToLongBits(wanted.get(i, j))) {
            assertThat(found.get(i, j))
                .as("%s of %s, %d x %d: cell %d %d", opcode, precision, rows, cols, i, j)
                .isEqualTo(wanted.get(i, j));
          }
        }
      }
      for (DenseMatrix matrix : new DenseMatrix[] {x, found, wanted}) {
        matrix.buffer().release();
      }
    }
  }

  private DenseMatrix matrix(Precision precision, int rows, int cols, boolean isSpecial) {
    DenseMatrix x = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        boolean special = isSpecial && random.nextInt(rows) == 0;
        double number = 1 + random.nextGaussian() * (j % 3);
        x.set(i, j, special ? SPECIAL[random.nextInt(SPECIAL.length)] : number);
      }
    }
    return x;
  }

  private DenseMatrix call(KernelTable table, String opcode, DenseMatrix x) {
    Operation operation = new Operation(OperationTable.standard().get(opcode));
    ExecutionContext context = new ExecutionContext(allocator, 1);
    return (DenseMatrix) table.find(opcode).run(operation, new Operand[] {x}, context)[0];
  }
}
