package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Products: {@code matmul} and {@code tsmm}, against sums in the order of the inner index. */
public abstract class ProductContract extends DeviceContract {
  /** Sums of k products of normal numbers differ by k times the rounding error, amply. */
  private static final double TOLERANCE = 1e-11;

  private static final long[][] SHAPES = {
    {1, 1, 1},
    {2, 3, 4},
    {4, 4, 4},
    {5, 4, 4},
    {7, 1, 9},
    {1, 300, 1},
    {3, 300, 1},
    {1, 300, 5},
    {9, 40, 33},
    {257, 3, 129},
    {16, 5000, 3},
    {2, 70001, 1},
    {1, 70001, 2},
    {300, 17, 260},
    {40, 30, 2500},
    {500, 40, 700},
    {1, 1, 500},
    {500, 1, 1},
    {3000, 2, 2},
    {2, 9000, 2},
    {64, 8200, 65},
    {4000, 70, 2},
    {70, 4000, 5},
    {300, 1100, 8},
    {8, 500, 264},
    {16, 72, 129},
    {600, 24, 40},
    {31, 90, 200},
    {1, 5, 3000}
  };

  @Test
  void productsOfAnyShapeEqualTheSumsOfProducts() {
    SplittableRandom random = random(1);
    for (long[] shape : SHAPES) {
      for (int transposed = 0; transposed < 4; transposed++) {
        boolean ta = (transposed & 1) != 0;
        boolean tb = (transposed & 2) != 0;
        DenseMatrix a =
            ta
                ? randomMatrix(random, shape[1], shape[0])
                : randomMatrix(random, shape[0], shape[1]);
        DenseMatrix b =
            tb
                ? randomMatrix(random, shape[2], shape[1])
                : randomMatrix(random, shape[1], shape[2]);
        Attributes attributes = attributes(ta, tb);
        assertClose(run("matmul", attributes, a, b), product(a, ta, b, tb), TOLERANCE);
        assertSameBitsWithAnyThreads("matmul", attributes, a, b);
      }
    }
  }

  @Test
  void selfProductsEqualTheGeneralProductAndAreExactlySymmetric() {
    SplittableRandom random = random(2);
    for (long[] shape :
        new long[][] {
          {1, 1}, {3, 2}, {2, 5}, {9000, 1}, {5000, 33}, {70, 513}, {3, 1100}, {40000, 3}
        }) {
      for (boolean right : new boolean[] {false, true}) {
        DenseMatrix x =
            right
                ? randomMatrix(random, shape[1], shape[0])
                : randomMatrix(random, shape[0], shape[1]);
        Attributes attributes = right ? Attributes.of("right", "true") : Attributes.none();
        DenseMatrix c = run("tsmm", attributes, x);
        assertClose(c, product(x, !right, x, right), TOLERANCE);
        for (long i = 0; i < c.rows(); i++) {
          for (long j = 0; j < i; j++) {
            assertThat(c.get(i, j)).isEqualTo(c.get(j, i));
          }
        }
        assertSameBitsWithAnyThreads("tsmm", attributes, x);
      }
    }
  }

  @Test
  void chainsEqualTheirTwoProducts() {
    SplittableRandom random = random(4);
    for (long[] shape :
        new long[][] {{1, 1}, {3, 2}, {2, 5}, {9000, 1}, {5000, 33}, {70, 513}, {3, 1100}}) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      DenseMatrix v = randomMatrix(random, shape[1], 1);
      DenseMatrix w = randomMatrix(random, shape[0], 1);
      DenseMatrix middle = run("matmul", x, v);
      assertClose(run("mmchain", x, v), product(x, true, middle, false), TOLERANCE);
      assertSameBitsWithAnyThreads("mmchain", Attributes.none(), x, v);
      for (String with : new String[] {"*", "-"}) {
        Attributes attributes = Attributes.of("with", with);
        DenseMatrix combined = with.equals("*") ? run("*", w, middle) : run("-", middle, w);
        assertClose(
            run("mmchain", attributes, x, v, w), product(x, true, combined, false), TOLERANCE);
        assertSameBitsWithAnyThreads("mmchain", attributes, x, v, w);
      }
    }
    assertClose(
        run("mmchain", emptyMatrix(0, 3), matrix(new double[][] {{1}, {2}, {3}})),
        new double[3][1],
        0);
    assertThatThrownBy(() -> run("mmchain", emptyMatrix(2, 3), emptyMatrix(2, 1)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3");
  }

  /** About one cell of ten is not zero; rows 1, 4, 7, ... are all zeros. */
  private DenseMatrix mostlyZeros(SplittableRandom random, long rows, long cols) {
    DenseMatrix matrix = randomMatrix(random, rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        if (i % 3 == 1 || random.nextInt(10) != 0) {
          matrix.set(i, j, 0);
        }
      }
    }
    return matrix;
  }

  @Test
  void aCompressedOperandGivesTheProductOfItsCells() {
    SplittableRandom random = random(5);
    for (long[] shape :
        new long[][] {
          {1, 1, 1}, {1, 90, 4}, {90, 1, 4}, {70, 40, 1}, {30, 200, 9}, {200, 30, 33}
        }) {
      for (int mode = 0; mode < 8; mode++) {
        boolean ta = (mode & 1) != 0;
        boolean tb = (mode & 2) != 0;
        boolean right = (mode & 4) != 0;
        long[] left = ta ? new long[] {shape[1], shape[0]} : new long[] {shape[0], shape[1]};
        long[] other = tb ? new long[] {shape[2], shape[1]} : new long[] {shape[1], shape[2]};
        DenseMatrix a =
            right ? randomMatrix(random, left[0], left[1]) : mostlyZeros(random, left[0], left[1]);
        DenseMatrix b =
            right
                ? mostlyZeros(random, other[0], other[1])
                : randomMatrix(random, other[0], other[1]);
        Attributes attributes = attributes(ta, tb);
        MatrixOperand x = right ? a : compressed(a);
        MatrixOperand y = right ? compressed(b) : b;
        assertClose(run("matmul", attributes, x, y), product(a, ta, b, tb), TOLERANCE);
        assertSameBitsWithAnyThreads("matmul", attributes, x, y);
      }
    }
  }

  @Test
  void aZeroThatIsNotStoredMakesNanOfAnInfinityOrNan() {
    DenseMatrix cells = matrix(new double[][] {{0, 2, 0}, {0, 0, 0}, {3, 0, 0}});
    double infinity = Double.POSITIVE_INFINITY;
    DenseMatrix y = matrix(new double[][] {{1, infinity}, {4, 5}, {6, 7}});
    SparseMatrix x = compressed(cells);
    double[][] expected = {{8, Double.NaN}, {0, Double.NaN}, {3, infinity}};
    assertClose(run("matmul", x, y), expected, 0);
    double[][] transposed = {{18, Double.NaN}, {2, infinity}, {0, Double.NaN}};
    assertClose(run("matmul", Attributes.of("ta", "true"), x, y), transposed, 0);
    SparseMatrix infinite = compressed(matrix(new double[][] {{-infinity, 0}, {0, 1}}));
    DenseMatrix z = matrix(new double[][] {{0, 1}, {2, 0}});
    double[][] behind = {{Double.NaN, 1}, {-infinity, 0}};
    assertClose(run("matmul", z, infinite), behind, 0);
  }

  @Test
  void infinitiesAndNanMeetTheZerosOfACompressedOperand() {
    SplittableRandom random = random(7);
    for (long[] shape :
        new long[][] {{1, 1, 1}, {1, 90, 4}, {90, 1, 4}, {70, 40, 1}, {30, 200, 9}, {90, 30, 33}}) {
      for (int mode = 0; mode < 32; mode++) {
        boolean ta = (mode & 1) != 0;
        boolean tb = (mode & 2) != 0;
        boolean right = (mode & 4) != 0;
        long[] left = ta ? new long[] {shape[1], shape[0]} : new long[] {shape[0], shape[1]};
        long[] other = tb ? new long[] {shape[2], shape[1]} : new long[] {shape[1], shape[2]};
        long[] ofFew = right ? other : left;
        long[] ofMany = right ? left : other;
        DenseMatrix few = mostlyZeros(random, ofFew[0], ofFew[1]);
        DenseMatrix many = randomMatrix(random, ofMany[0], ofMany[1]);
        many.set(random.nextLong(many.rows()), random.nextLong(many.cols()), 0);
        makeWild(random, many, (mode & 8) != 0 ? 2 : 0);
        makeWild(random, few, (mode & 16) != 0 ? 2 : 0);
        DenseMatrix a = right ? many : few;
        DenseMatrix b = right ? few : many;
        MatrixOperand x = right ? a : compressed(a);
        MatrixOperand y = right ? compressed(b) : b;
        checkWithAnyThreads(product(a, ta, b, tb), "matmul", attributes(ta, tb), x, y);
      }
    }
  }

  /** With bits of NaN left open. */
  private void checkWithAnyThreads(
      double[][] expected, String opcode, Attributes attributes, Operand... inputs) {
    for (int threads : new int[] {1, 3}) {
      Operand result = runWith(threads, opcode, attributes, inputs)[0];
      if (result instanceof SparseMatrix sparse) {
        result = hold(hold(sparse).copyDense(memory));
      }
      assertClose((DenseMatrix) result, expected, TOLERANCE);
    }
  }

  /** Puts up to so many infinities and NaN somewhere. */
  private static void makeWild(SplittableRandom random, DenseMatrix matrix, int most) {
    double[] wild = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};
    for (int i = 0; i < most; i++) {
      matrix.set(
          random.nextLong(matrix.rows()),
          random.nextLong(matrix.cols()),
          wild[random.nextInt(wild.length)]);
    }
  }

  @Test
  void infinitiesAndNanOfACompressedMatrixMeetItsOwnZeros() {
    SplittableRandom random = random(8);
    for (long[] shape : new long[][] {{1, 1}, {2, 50}, {900, 3}, {120, 70}}) {
      for (int wild = 0; wild < 4; wild++) {
        DenseMatrix x = mostlyZeros(random, shape[0], shape[1]);
        makeWild(random, x, wild);
        SparseMatrix compressed = compressed(x);
        for (boolean right : new boolean[] {false, true}) {
          Attributes attributes = right ? Attributes.of("right", "true") : Attributes.none();
          checkWithAnyThreads(product(x, !right, x, right), "tsmm", attributes, compressed);
        }
      }
    }
  }

  @Test
  void infinitiesAndNanInChainsMeetTheZerosOfACompressedMatrix() {
    SplittableRandom random = random(9);
    for (long[] shape : new long[][] {{1, 1}, {2, 50}, {900, 3}, {120, 70}}) {
      for (int mode = 0; mode < 8; mode++) {
        DenseMatrix x = mostlyZeros(random, shape[0], shape[1]);
        DenseMatrix v = randomMatrix(random, shape[1], 1);
        DenseMatrix w = randomMatrix(random, shape[0], 1);
        makeWild(random, x, mode & 1);
        makeWild(random, v, mode >> 1 & 1);
        makeWild(random, w, mode >> 2 & 1);
        checkChains(x, v, w);
      }
      // Finite cells whose product is not.
      DenseMatrix x = mostlyZeros(random, shape[0], shape[1]);
      DenseMatrix v = randomMatrix(random, shape[1], 1);
      DenseMatrix w = randomMatrix(random, shape[0], 1);
      x.set(shape[0] - 1, shape[1] - 1, 1e300);
      v.set(shape[1] - 1, 0, 1e300);
      checkChains(x, v, w);
    }
  }

  private void checkChains(DenseMatrix x, DenseMatrix v, DenseMatrix w) {
    DenseMatrix middle = matrix(product(x, false, v, false));
    SparseMatrix compressed = compressed(x);
    double[][] plain = product(x, true, middle, false);
    checkWithAnyThreads(plain, "mmchain", Attributes.none(), compressed, v);
    for (String with : new String[] {"*", "-"}) {
      DenseMatrix combined = with.equals("*") ? run("*", w, middle) : run("-", middle, w);
      double[][] expected = product(x, true, combined, false);
      checkWithAnyThreads(expected, "mmchain", Attributes.of("with", with), compressed, v, w);
    }
  }

  @Test
  void chainsOfACompressedMatrixEqualTheirTwoProducts() {
    SplittableRandom random = random(6);
    for (long[] shape : new long[][] {{1, 1}, {2, 50}, {900, 3}, {120, 70}}) {
      DenseMatrix x = mostlyZeros(random, shape[0], shape[1]);
      DenseMatrix v = randomMatrix(random, shape[1], 1);
      DenseMatrix w = randomMatrix(random, shape[0], 1);
      DenseMatrix middle = run("matmul", x, v);
      SparseMatrix compressed = compressed(x);
      assertClose(run("mmchain", compressed, v), product(x, true, middle, false), TOLERANCE);
      for (String with : new String[] {"*", "-"}) {
        DenseMatrix combined = with.equals("*") ? run("*", w, middle) : run("-", middle, w);
        assertClose(
            run("mmchain", Attributes.of("with", with), compressed, v, w),
            product(x, true, combined, false),
            TOLERANCE);
      }
    }
  }

  @Test
  void emptyOperandsGiveZerosOrNothing() {
    assertClose(run("matmul", emptyMatrix(2, 0), emptyMatrix(0, 3)), new double[2][3], 0);
    assertThat(run("matmul", emptyMatrix(0, 2), emptyMatrix(2, 3)).rows()).isZero();
    assertThat(run("matmul", emptyMatrix(3, 2), emptyMatrix(2, 0)).cols()).isZero();
    assertClose(run("tsmm", emptyMatrix(0, 3)), new double[3][3], 0);
    assertThat(run("tsmm", emptyMatrix(3, 0)).cells()).isZero();
  }

  @Test
  void notANumberAndInfinityReachExactlyTheCellsThatDependOnThem() {
    SplittableRandom random = random(3);
    for (long[] shape :
        new long[][] {{3, 4, 2}, {40, 50, 60}, {40, 50, 1}, {1, 50, 60}, {1, 9, 1}}) {
      DenseMatrix a = randomMatrix(random, shape[0], shape[1]);
      DenseMatrix b = emptyMatrix(shape[1], shape[2]);
      b.segment().fill((byte) 0);
      a.set(0, 1, Double.NaN);
      a.set(shape[0] - 1, 2, Double.POSITIVE_INFINITY);
      double[][] expected = product(a, false, b, false);
      assertThat(expected[0][0]).isNaN();
      assertClose(run("matmul", a, b), expected, TOLERANCE);
      assertClose(run("tsmm", a), product(a, true, a, false), TOLERANCE);
      Attributes right = Attributes.of("right", "true");
      assertClose(run("tsmm", right, a), product(a, false, a, true), TOLERANCE);
    }
  }

  @Test
  void operandsThatDoNotFitAreRefusedWithTheirShapes() {
    DenseMatrix a = emptyMatrix(2, 3);
    assertThatThrownBy(() -> run("matmul", a, a))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3");
  }

  private static Attributes attributes(boolean ta, boolean tb) {
    Attributes attributes = ta ? Attributes.of("ta", "true") : Attributes.none();
    return tb ? attributes.with("tb", "true") : attributes;
  }

  private static double[][] product(DenseMatrix a, boolean ta, DenseMatrix b, boolean tb) {
    int m = (int) (ta ? a.cols() : a.rows());
    int k = (int) (ta ? a.rows() : a.cols());
    int n = (int) (tb ? b.rows() : b.cols());
    double[][] c = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        double factor = ta ? a.get(l, i) : a.get(i, l);
        for (int j = 0; j < n; j++) {
          c[i][j] += factor * (tb ? b.get(j, l) : b.get(l, j));
        }
      }
    }
    return c;
  }
}
