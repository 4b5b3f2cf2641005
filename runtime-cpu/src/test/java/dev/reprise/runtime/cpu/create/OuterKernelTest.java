package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.cell.CellKernels;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each cell of a column with each of a row, as if the column were a matrix. */
class OuterKernelTest {
  private static final int THREADS = 3;

  /** Few columns, whole vectors and less, more cells than a chunk, rows of several chunks. */
  private static final int[][] SHAPES = {
    {1, 1}, {1, 3000}, {3000, 1}, {700, 7}, {300, 8}, {129, 33}, {1200, 64}, {3, 70_001}
  };

  private static final double[] SPECIAL = {
    0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-310, 1, 2, -3
  };

  private final Random random = new Random(20261201);
  private final Parallel parallel = new Parallel(THREADS);
  private final KernelTable table = table(parallel);

  private static KernelTable table(Parallel parallel) {
    KernelTable.Builder builder = new KernelTable.Builder();
    CellKernels.register(builder, parallel);
    CreateKernels.register(builder, parallel);
    return builder.build();
  }

  @AfterEach
  void close() {
    parallel.close();
  }

  @ParameterizedTest
  @CsvSource({
    "*,*",
    "+,+",
    "-,-",
    "/,/",
    "^,^",
    "%%,%%",
    "%/%,%/%",
    "<,<",
    "<=,<=",
    ">,>",
    ">=,>=",
    "==,==",
    "!=,!=",
    "&,&",
    "&&,&",
    "|,|",
    "||,|",
    "xor,xor",
    "min,pmin",
    "max,pmax",
    "log,log_base",
    "bitwAnd,bitwAnd",
    "bitwShiftL,bitwShiftL"
  })
  void cellsAreThoseOfTheOperationOnMatrices(String operator, String opcode) {
    CountingAllocator allocator = new CountingAllocator();
    boolean areBits = opcode.startsWith("bitw");
    for (int[] shape : SHAPES) {
      DenseMatrix x = vector(allocator, shape[0], 1, areBits);
      DenseMatrix y = vector(allocator, 1, shape[1], areBits);
      DenseMatrix repeated = DenseMatrix.allocate(allocator, shape[0], shape[1]);
      fill(repeated, x);
      DenseMatrix wanted = call(allocator, opcode, repeated, y);
      DenseMatrix found = call(allocator, "outer", x, y, Scalar.of(operator));
      for (int i = 0; i < shape[0]; i++) {
        for (int j = 0; j < shape[1]; j++) {
          // Which number a NaN is made of is left open.
          if (Double.doubleToLongBits(found.get(i, j))
              != Double.doubleToLongBits(wanted.get(i, j))) {
            assertThat(found.get(i, j))
                .as("%s %s %s", x.get(i, 0), operator, y.get(0, j))
                .isEqualTo(wanted.get(i, j));
          }
        }
      }
      for (DenseMatrix matrix : new DenseMatrix[] {x, y, repeated, wanted, found}) {
        matrix.buffer().release();
      }
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  private DenseMatrix vector(CountingAllocator allocator, int rows, int cols, boolean areBits) {
    DenseMatrix vector = DenseMatrix.allocate(allocator, rows, cols);
    for (int i = 0; i < rows * cols; i++) {
      double number =
          random.nextInt(5) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : random.nextGaussian() * 4;
      vector.set(0, i, areBits ? random.nextInt(30) : number);
    }
    return vector;
  }

  private static void fill(DenseMatrix repeated, DenseMatrix x) {
    for (int i = 0; i < repeated.rows(); i++) {
      for (int j = 0; j < repeated.cols(); j++) {
        repeated.set(i, j, x.get(i, 0));
      }
    }
  }

  private DenseMatrix call(CountingAllocator allocator, String opcode, Operand... inputs) {
    Operation operation = new Operation(OperationTable.standard().get(opcode));
    ExecutionContext context = new ExecutionContext(allocator, THREADS);
    return (DenseMatrix) table.find(opcode).run(operation, inputs, context)[0];
  }

  @Test
  void nothingIsRepeatedInMemoryWhereThereIsCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    CountingAllocator allocator = new CountingAllocator();
    DenseMatrix x = vector(allocator, 200, 1, false);
    DenseMatrix y = vector(allocator, 1, 300, false);
    call(allocator, "outer", x, y, Scalar.of("-"));
    assertThat(allocator.peakBytes()).isEqualTo((200 + 300 + 200 * 300) * (long) Double.BYTES);
  }
}
