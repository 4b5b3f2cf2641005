package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packed products, against their definition. */
class PackedProductTest {
  private final Parallel parallel = new Parallel(4);
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261128);

  @BeforeEach
  void find() {
    for (Precision precision : Precision.values()) {
      assumeTrue(PanelPacking.find(precision) != null, "a processor with AVX2 and FMA, on Linux");
    }
  }

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** C = op(A) op(B), before and after it is computed. */
  private final class Case implements AutoCloseable {
    final Precision precision;
    final long m;
    final long n;
    final long k;
    final boolean ta;
    final boolean tb;
    final DenseMatrix a;
    final DenseMatrix b;

    Case(
        Precision precision, long m, long n, long k, boolean ta, boolean tb, DoubleSupplier cells) {
      this.precision = precision;
      this.m = m;
      this.n = n;
      this.k = k;
      this.ta = ta;
      this.tb = tb;
      a = ta ? matrix(precision, k, m, cells) : matrix(precision, m, k, cells);
      b = tb ? matrix(precision, n, k, cells) : matrix(precision, k, n, cells);
    }

    double a(long i, long t) {
      return ta ? a.get(t, i) : a.get(i, t);
    }

    double b(long t, long j) {
      return tb ? b.get(j, t) : b.get(t, j);
    }

    void setA(long i, long t, double value) {
      a.set(ta ? t : i, ta ? i : t, value);
    }

    void setB(long t, long j, double value) {
      b.set(tb ? j : t, tb ? t : j, value);
    }

    DenseMatrix multiply(int threads) {
      DenseMatrix c = matrix(precision, m, n, () -> Double.NaN);
      multiply(c, new ExecutionContext(allocator, threads));
      return c;
    }

    void multiply(DenseMatrix c, ExecutionContext context) {
      new PackedProduct(parallel, precision).multiply(new Factors(a, ta, b, tb), c, context);
    }

    @Override
    public void close() {
      a.buffer().release();
      b.buffer().release();
    }

    @Override
    public String toString() {
      return precision + " " + m + "x" + k + " by " + k + "x" + n + ", ta " + ta + ", tb " + tb;
    }
  }

  private DenseMatrix matrix(Precision precision, long rows, long cols, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  private double wholeNumber() {
    return random.nextInt(-8, 9);
  }

  private void checkWholeNumbers(Precision precision, long m, long n, long k) {
    for (int transposed = 0; transposed < 4; transposed++) {
      boolean ta = (transposed & 1) != 0;
      boolean tb = (transposed & 2) != 0;
      try (Case each = new Case(precision, m, n, k, ta, tb, this::wholeNumber)) {
        DenseMatrix c = each.multiply(3);
        for (long i = 0; i < m; i++) {
          for (long j = 0; j < n; j++) {
            double sum = 0;
            for (long t = 0; t < k; t++) {
              sum += each.a(i, t) * each.b(t, j);
            }
            if (c.get(i, j) != sum) {
              assertThat(c.get(i, j)).as("%s, cell %s, %s", each, i, j).isEqualTo(sum);
            }
          }
        }
        c.buffer().release();
      }
    }
  }

  /** All remainders of groups of rows, panels and squares. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void smallProductsOfWholeNumbersAreExact(Precision precision) {
    for (long m = 1; m <= 20; m++) {
      for (long n = 1; n <= 20; n++) {
        checkWholeNumbers(precision, m, n, 8 + (m * n) % 17);
      }
    }
  }

  /** Both sides of where terms are cut. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void anyNumberOfTermsIsAddedUp(Precision precision) {
    for (long k : new long[] {8, 15, 16, 255, 256, 257, 263, 264, 511, 512, 513, 769, 1031}) {
      checkWholeNumbers(precision, 7, 19, k);
    }
  }

  /** Both sides of where rows and panels are cut into tasks, and panels to stay near. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void anyNumberOfTasksWritesAllCells(Precision precision) {
    long[][] shapes = {
      {47, 250, 130},
      {49, 256, 130},
      {200, 272, 64},
      {130, 17, 600},
      {400, 33, 260},
      {13, 530, 300},
      {9000, 17, 33},
      {30, 200, 500}
    };
    for (long[] shape : shapes) {
      checkWholeNumbers(precision, shape[0], shape[1], shape[2]);
    }
  }

  /** B takes 17 MB or more in panels, of which few are there at once. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void largeOperandsArePackedInParts(Precision precision) {
    long n = 1040;
    long k = 4096;
    for (boolean ta : new boolean[] {false, true}) {
      try (Case each = new Case(precision, 2, n, k, ta, true, this::wholeNumber)) {
        DenseMatrix c = each.multiply(2);
        for (long j = 0; j < n; j++) {
          double sum = 0;
          for (long t = 0; t < k; t++) {
            sum += each.a(1, t) * each.b(t, j);
          }
          assertThat(c.get(1, j)).isEqualTo(sum);
        }
        c.buffer().release();
      }
    }
  }

  /**
   * The usual bound of a sum's error: k u sum |a| |b|, u half a unit in the last place of 1. The
   * sum that it is compared with is one of doubles, too, in another order.
   */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsAreSummedWithinTheBoundOfTheirRounding(Precision precision) {
    double unit = precision == Precision.FP64 ? 2 * 0x1p-53 : 0x1p-24;
    try (Case each = new Case(precision, 61, 77, 900, true, true, random::nextGaussian)) {
      DenseMatrix c = each.multiply(2);
      for (long i = 0; i < each.m; i++) {
        for (long j = 0; j < each.n; j++) {
          double sum = 0;
          double sizes = 0;
          for (long t = 0; t < each.k; t++) {
            sum += each.a(i, t) * each.b(t, j);
            sizes += Math.abs(each.a(i, t) * each.b(t, j));
          }
          assertThat(Math.abs(c.get(i, j) - sum)).isLessThan(each.k * unit * sizes);
        }
      }
      c.buffer().release();
    }
  }

  /** None is taken for zero. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void multiplesOfTheSmallestNumberAreSummedExactly(Precision precision) {
    double smallest = precision == Precision.FP64 ? Double.MIN_VALUE : Float.MIN_VALUE;
    for (boolean ta : new boolean[] {false, true}) {
      try (Case each = new Case(precision, 20, 30, 300, ta, !ta, this::wholeNumber)) {
        for (long i = 0; i < each.m; i++) {
          for (long t = 0; t < each.k; t++) {
            each.setA(i, t, each.a(i, t) * smallest);
          }
        }
        DenseMatrix c = each.multiply(2);
        for (long i = 0; i < each.m; i++) {
          for (long j = 0; j < each.n; j++) {
            double sum = 0;
            for (long t = 0; t < each.k; t++) {
              sum += each.a(i, t) / smallest * each.b(t, j);
            }
            assertThat(c.get(i, j)).isEqualTo(sum * smallest);
          }
        }
        c.buffer().release();
      }
    }
  }

  /** Cells that fill up panels, and sums beside, must not catch infinities. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void infinitiesStayInTheirRowsAndColumns(Precision precision) {
    long m = 23;
    long n = 37;
    for (int transposed = 0; transposed < 4; transposed++) {
      boolean ta = (transposed & 1) != 0;
      boolean tb = (transposed & 2) != 0;
      try (Case each = new Case(precision, m, n, 300, ta, tb, () -> 1)) {
        each.setA(22, 299, Double.POSITIVE_INFINITY);
        each.setA(3, 8, Double.NEGATIVE_INFINITY);
        each.setB(8, 36, 0);
        each.setB(7, 2, Double.NaN);
        DenseMatrix c = each.multiply(2);
        for (long i = 0; i < m; i++) {
          for (long j = 0; j < n; j++) {
            double wanted = j == 36 ? 299 : 300;
            if (i == 22) {
              wanted = Double.POSITIVE_INFINITY;
            } else if (i == 3) {
              wanted = j == 36 ? Double.NaN : Double.NEGATIVE_INFINITY;
            }
            wanted = j == 2 ? Double.NaN : wanted;
            assertThat(Double.compare(c.get(i, j), wanted))
                .as("%s, cell %s, %s is %s", each, i, j, c.get(i, j))
                .isZero();
          }
        }
        c.buffer().release();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void anyNumberOfThreadsGivesTheSameBits(Precision precision) {
    long[][] shapes = {
      {512, 100, 200}, {100, 200, 512}, {33, 700, 333}, {300, 290, 530}, {40, 1100, 1000}
    };
    for (int transposed = 0; transposed < 4; transposed++) {
      for (long[] shape : shapes) {
        boolean ta = (transposed & 1) != 0;
        boolean tb = (transposed & 2) != 0;
        try (Case each =
            new Case(precision, shape[0], shape[1], shape[2], ta, tb, random::nextGaussian)) {
          DenseMatrix one = each.multiply(1);
          for (int threads = 2; threads <= 4; threads++) {
            DenseMatrix many = each.multiply(threads);
            assertThat(one.segment().mismatch(many.segment())).isEqualTo(-1);
            many.buffer().release();
          }
          one.buffer().release();
        }
      }
    }
  }

  /** The bits of a cell follow from its row, its column and the number of terms. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void partsOfAProductHaveTheSameBits(Precision precision) {
    try (Case whole = new Case(precision, 200, 300, 500, false, false, random::nextGaussian)) {
      DenseMatrix c = whole.multiply(2);
      try (Case part = new Case(precision, 31, 21, 500, true, true, () -> 0)) {
        for (long t = 0; t < 500; t++) {
          for (long i = 0; i < 31; i++) {
            part.setA(i, t, whole.a(150 + i, t));
          }
          for (long j = 0; j < 21; j++) {
            part.setB(t, j, whole.b(t, 270 + j));
          }
        }
        DenseMatrix d = part.multiply(2);
        for (long i = 0; i < 31; i++) {
          for (long j = 0; j < 21; j++) {
            assertThat(d.get(i, j)).isEqualTo(c.get(150 + i, 270 + j));
          }
        }
        d.buffer().release();
      }
      c.buffer().release();
    }
  }

  /** Operands that begin and end within other memory, at no round address. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void operandsMayLieInLargerBuffers(Precision precision) {
    try (Case each = new Case(precision, 29, 35, 300, false, false, this::wholeNumber)) {
      DenseMatrix wanted = each.multiply(2);
      for (long shift = 4; shift <= 64; shift += 12) {
        Buffer around = allocator.allocate(each.a.bytes() + each.b.bytes() + wanted.bytes() + 1000);
        DenseMatrix a = within(around, shift, each.a);
        DenseMatrix b = within(around, shift + each.a.bytes() + 12, each.b);
        DenseMatrix c = within(around, shift + each.a.bytes() + each.b.bytes() + 40, wanted);
        c.segment().fill((byte) -1);
        new PackedProduct(parallel, precision)
            .multiply(new Factors(a, false, b, false), c, new ExecutionContext(allocator, 2));
        assertThat(c.segment().mismatch(wanted.segment())).isEqualTo(-1);
        around.release();
      }
      wanted.buffer().release();
    }
  }

  /** A copy of a matrix in part of a buffer, which stays its owner. */
  private static DenseMatrix within(Buffer buffer, long at, DenseMatrix matrix) {
    MemorySegment part = buffer.segment().asSlice(at, matrix.bytes()).copyFrom(matrix.segment());
    Buffer view =
        new Buffer() {
          @Override
          public MemorySegment segment() {
            return part;
          }

          @Override
          public void release() {
            throw new AssertionError("given back by somebody else");
          }
        };
    return new DenseMatrix(matrix.rows(), matrix.cols(), matrix.precision(), view);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void memoryIsGivenBackWhenThereIsNotEnough(Precision precision) {
    try (Case each = new Case(precision, 100, 200, 512, true, false, () -> 1)) {
      DenseMatrix c = matrix(precision, 100, 200, () -> 0);
      int lanes = PanelPacking.lanes(precision);
      long panels = Tiling.pieces(200, lanes) * PanelSums.PANEL_BYTES * 512;
      // Not for the panels; for these alone; besides for the arguments of a task, not its strips.
      for (long budget : new long[] {1000, panels, panels + 20_000}) {
        CountingAllocator little = new CountingAllocator(budget);
        assertThatThrownBy(() -> each.multiply(c, new ExecutionContext(little, 4)))
            .isInstanceOf(ResourceException.class);
        assertThat(little.liveBuffers()).isZero();
      }
      c.buffer().release();
    }
  }

  @Test
  void tinyProductsAreLeftToOthers() {
    PackedProduct floats = new PackedProduct(parallel, Precision.FP32);
    PackedProduct doubles = new PackedProduct(parallel, Precision.FP64);
    assertThat(floats.fits(512, 256, 784, false)).isTrue();
    assertThat(floats.fits(512, 10, 200, false)).isTrue();
    assertThat(floats.fits(512, 512, 7, false)).isFalse();
    assertThat(doubles.fits(512, 512, 4, false)).isTrue();
    assertThat(doubles.fits(512, 512, 3, false)).isFalse();
    assertThat(floats.fits(32, 32, 32, false)).isTrue();
    assertThat(floats.fits(31, 32, 32, false)).isFalse();
    assertThat(floats.fits(2, 1L << 40, 1L << 40, false)).isFalse();
  }

  @Test
  void largeOperandsOfDoublesAreLeftToOthers() {
    PackedProduct floats = new PackedProduct(parallel, Precision.FP32);
    PackedProduct doubles = new PackedProduct(parallel, Precision.FP64);
    assertThat(doubles.fits(1448, 1448, 1448, false)).isTrue();
    assertThat(doubles.fits(1449, 1449, 1449, false)).isFalse();
    assertThat(floats.fits(1449, 1449, 1449, false)).isTrue();
    assertThat(doubles.fits(127, 1000, 1000, true)).isFalse();
    assertThat(doubles.fits(128, 1000, 1000, true)).isTrue();
    assertThat(doubles.fits(127, 1000, 1000, false)).isTrue();
    assertThat(doubles.fits(127, 500, 1000, true)).isTrue();
  }
}
