package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sums over tall matrices, whatever their last rows and columns are. */
class LongSumsTest {
  private final Parallel parallel = new Parallel(3);
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261130);
  private final LongSums sums = new LongSums(parallel);

  @BeforeAll
  static void haveCode() {
    assumeTrue(PanelSums.find(Precision.FP64) != null, "a processor with AVX2 and FMA, on Linux");
  }

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private DenseMatrix matrix(long rows, long cols, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (long i = 0; i < rows * cols; i++) {
      matrix.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, cells.getAsDouble());
    }
    return matrix;
  }

  private DenseMatrix product(DenseMatrix a, DenseMatrix b, int threads) {
    ExecutionContext context = new ExecutionContext(allocator, threads);
    try (Scratch scratch = new Scratch(allocator)) {
      DenseMatrix c = scratch.matrix(a.cols(), b.cols());
      sums.multiply(a, b, c, scratch, context);
      return scratch.keep(c);
    }
  }

  private DenseMatrix selfProduct(DenseMatrix a, int threads) {
    ExecutionContext context = new ExecutionContext(allocator, threads);
    try (Scratch scratch = new Scratch(allocator)) {
      DenseMatrix c = scratch.matrix(a.cols(), a.cols());
      sums.multiplySelf(a, c, scratch, context);
      Layout.mirrorUpper(c, parallel, context);
      return scratch.keep(c);
    }
  }

  /** Added one after the other. */
  private static void check(DenseMatrix a, DenseMatrix b, DenseMatrix c) {
    int n = (int) b.cols();
    for (int i = 0; i < a.cols(); i++) {
      double[] wanted = new double[n];
      for (long row = 0; row < a.rows(); row++) {
        for (int j = 0; j < n; j++) {
          wanted[j] += a.get(row, i) * b.get(row, j);
        }
      }
      for (int j = 0; j < n; j++) {
        // Boxed, so that one NaN is the other.
        Double sum = wanted[j];
        assertThat(c.get(i, j))
            .as("%s by %s, row %d, column %d", a.shape(), b.shape(), i, j)
            .isEqualTo(sum);
      }
    }
  }

  /** The same bits, but for which NaN it is: of two that are added it may be either. */
  private static void checkSame(DenseMatrix found, DenseMatrix wanted) {
    for (int i = 0; i < wanted.rows(); i++) {
      for (int j = 0; j < wanted.cols(); j++) {
        Double cell = wanted.get(i, j);
        assertThat(found.get(i, j)).isEqualTo(cell);
      }
    }
  }

  private void checkShape(long rows, int m, int n, DoubleSupplier cells) {
    DenseMatrix a = matrix(rows, m, cells);
    DenseMatrix b = matrix(rows, n, cells);
    DenseMatrix c = product(a, b, 1);
    check(a, b, c);
    DenseMatrix again = product(a, b, 3);
    checkSame(again, c);
    DenseMatrix self = selfProduct(a, 3);
    check(a, a, self);
    for (DenseMatrix each : new DenseMatrix[] {a, b, c, again, self}) {
      each.buffer().release();
    }
  }

  @Test
  void everyNumberOfColumns() {
    for (int n = 2; n <= 32; n++) {
      checkShape(4096 + n, 2 + n % 7, n, () -> random.nextInt(-8, 9));
      checkShape(4096, n, 3, () -> random.nextInt(-8, 9));
    }
    checkShape(4099, 100, 10, () -> random.nextInt(-8, 9));
    checkShape(4100, 1001, 3, () -> random.nextInt(-8, 9));
  }

  @Test
  void everyNumberOfLastRows() {
    for (long rows = 4096; rows <= 4096 + 17; rows++) {
      checkShape(rows, 3, 5, () -> random.nextInt(-8, 9));
    }
    for (long rows = 65_536; rows <= 65_536 + 9; rows++) {
      checkShape(rows, 2, 2, () -> random.nextInt(-8, 9));
    }
  }

  @Test
  void infinitiesAndWhatIsNoNumber() {
    for (int i = 0; i < 20; i++) {
      checkShape(
          4100 + i,
          4,
          9,
          () ->
              switch (random.nextInt(20_000)) {
                case 0 -> Double.NaN;
                case 1 -> Double.POSITIVE_INFINITY;
                case 2 -> Double.NEGATIVE_INFINITY;
                case 3, 4, 5 -> -0.0;
                default -> random.nextInt(-8, 9);
              });
    }
  }

  /** Of any cells, and a product with itself is the one of two equal matrices. */
  @Test
  void bitsDoNotDependOnThreads() {
    DenseMatrix a = matrix(100_003, 21, random::nextGaussian);
    DenseMatrix one = selfProduct(a, 1);
    DenseMatrix three = selfProduct(a, 3);
    assertThat(three.segment().mismatch(one.segment())).isEqualTo(-1);
    DenseMatrix whole = product(a, a, 3);
    assertThat(whole.segment().mismatch(one.segment())).isEqualTo(-1);
    for (DenseMatrix each : new DenseMatrix[] {a, one, three, whole}) {
      each.buffer().release();
    }
  }
}
