package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.testkit.CountingAllocator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aggregates of matrices where they lie have the bits of those whose cells are read first. */
class AggregatesInPlaceTest {
  private static final int[][] SHAPES = {
    {0, 0},
    {0, 5},
    {5, 0},
    {1, 1},
    {3, 7},
    {1001, 10},
    {130, 257},
    {7, 1023},
    {70, 1024},
    {5, 1025},
    {3, 2048},
    {2, 40_000},
    {1, 70_001},
    {70_001, 1},
    {30_000, 3},
    {3000, 100},
    {40, 2500}
  };

  private static final List<String> OPCODES =
      List.of(
          "rowSums",
          "rowMeans",
          "rowVars",
          "rowMins",
          "rowMaxs",
          "rowIndexMin",
          "rowIndexMax",
          "sum",
          "mean",
          "rowSds",
          "colSums",
          "colMeans",
          "colMins",
          "colMaxs",
          "colProds",
          "colIndexMin",
          "colIndexMax",
          "colVars",
          "colSds",
          "var",
          "sd",
          "min",
          "max");

  private final Random random = new Random(20261130);

  /** A matrix in memory that does not say so. */
  private record Hidden(CellSource of) implements CellSource {
    @Override
    public long rows() {
      return of.rows();
    }

    @Override
    public long cols() {
      return of.cols();
    }

    @Override
    public CellReader reader(int most) {
      return of.reader(most);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aggregatesHaveTheSameBits(Precision precision) {
    CountingAllocator allocator = new CountingAllocator();
    for (int threads : new int[] {1, 2, 4}) {
      try (Parallel parallel = new Parallel(threads)) {
        ExecutionContext context = new ExecutionContext(allocator, threads);
        Map<String, SourceAggregate> table = new HashMap<>(RowKernels.overMatrices(parallel));
        table.putAll(ColumnKernels.overMatrices(parallel));
        table.putAll(FullKernels.overMatrices(parallel));
        for (int[] shape : SHAPES) {
          DenseMatrix matrix = matrix(allocator, shape[0], shape[1], precision);
          CellSource source = CellSource.of(matrix);
          for (String opcode : OPCODES) {
            SourceAggregate aggregate = table.get(opcode);
            assertThat(cells(aggregate.of(source, context)))
                .as("%s of %s, %s, %d threads", opcode, matrix.shape(), precision, threads)
                .isEqualTo(cells(aggregate.of(new Hidden(source), context)));
          }
          matrix.buffer().release();
        }
      }
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  private DenseMatrix matrix(CountingAllocator allocator, int rows, int cols, Precision precision) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double x = random.nextGaussian() * Math.pow(10, random.nextInt(6));
        matrix.set(i, j, i % 5 == 3 ? -0.0 : i % 7 == 6 && j == 2 ? Double.NEGATIVE_INFINITY : x);
      }
    }
    if (rows == 1001) {
      matrix.set(500, 3, Double.NaN);
    }
    return matrix;
  }

  /** As text, so that one NaN is the other and no zero is the other one; it is given back. */
  private static String cells(Operand result) {
    if (result instanceof Scalar scalar) {
      return Double.toString(scalar.asDouble());
    }
    DenseMatrix matrix = (DenseMatrix) result;
    double[] cells = new double[(int) matrix.cells()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
    }
    matrix.buffer().release();
    return Arrays.toString(cells);
  }
}
