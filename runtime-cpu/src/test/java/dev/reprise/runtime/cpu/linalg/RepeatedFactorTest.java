package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of some rows with a factor that is packed once. */
class RepeatedFactorTest {
  private static final int ROWS = 23;

  private final Parallel parallel = new Parallel(2);
  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, 2);
  private final Random random = new Random(20261128);

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private DenseMatrix matrix(Scratch scratch, Precision precision, long rows, long cols) {
    DenseMatrix matrix = scratch.matrix(rows, cols, precision);
    for (long i = 0; i < matrix.cells(); i++) {
      matrix.set(i / cols, i % cols, random.nextGaussian());
    }
    return matrix;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsAreThoseOfTheDefinitionWhicheverAreComputedTogether(Precision precision) {
    assumeTrue(PanelPacking.find(precision) != null, "a processor with AVX2 and FMA, on Linux");
    for (int k : new int[] {8, 31, 300, 530}) {
      for (int n : new int[] {1, 16, 37}) {
        for (boolean tb : new boolean[] {false, true}) {
          for (boolean adds : new boolean[] {false, true}) {
            check(precision, k, n, tb, adds);
          }
        }
      }
    }
  }

  private void check(Precision precision, int k, int n, boolean tb, boolean adds) {
    try (Scratch scratch = new Scratch(allocator)) {
      DenseMatrix a = matrix(scratch, precision, ROWS + 2, k);
      DenseMatrix b = tb ? matrix(scratch, precision, n, k) : matrix(scratch, precision, k, n);
      DenseMatrix c = matrix(scratch, precision, ROWS + 3, n);
      DenseMatrix alone = scratch.matrix(c.rows(), n, precision);
      alone.segment().copyFrom(c.segment());
      double[][] before = cells(c);
      RepeatedFactor factor = RepeatedFactor.pack(a, b, tb, scratch, parallel, context);
      RepeatedFactor.Task task = factor.new Task(scratch);
      task.multiply(a, 2, ROWS, c, 1, adds);
      for (int i = 0; i < ROWS; i++) {
        task.multiply(a, 2 + i, 1, alone, 1 + i, adds);
      }
      assertThat(cells(alone)).isEqualTo(cells(c));
      for (int i = 0; i < c.rows(); i++) {
        boolean isWritten = i >= 1 && i <= ROWS;
        for (int j = 0; j < n; j++) {
          double wanted = isWritten && !adds ? 0 : before[i][j];
          for (int t = 0; isWritten && t < k; t++) {
            wanted += a.get(i + 1, t) * (tb ? b.get(j, t) : b.get(t, j));
          }
          double error = isWritten ? k * (precision == Precision.FP64 ? 1e-15 : 1e-6) : 0;
          assertThat(Math.abs(c.get(i, j) - wanted))
              .as("row %d of %d terms, column %d of %d", i, k, j, n)
              .isLessThanOrEqualTo(error);
        }
      }
    }
  }

  private static double[][] cells(DenseMatrix matrix) {
    double[][] cells = new double[(int) matrix.rows()][(int) matrix.cols()];
    for (int i = 0; i < cells.length; i++) {
      for (int j = 0; j < cells[i].length; j++) {
        cells[i][j] = matrix.get(i, j);
      }
    }
    return cells;
  }

  @Test
  void aFactorOfFewTermsIsNotPacked() {
    try (Scratch scratch = new Scratch(allocator)) {
      DenseMatrix a = matrix(scratch, Precision.FP32, 4, 2);
      DenseMatrix b = matrix(scratch, Precision.FP32, 2, 16);
      assertThat(RepeatedFactor.pack(a, b, false, scratch, parallel, context)).isNull();
    }
  }
}
