package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Products of the blocks of a head, bit by bit: of doubles against those of OpenBLAS, of floats
 * against sums in Java.
 */
class HeadProductsTest {
  private static final int[] SIZES = {
    1, 2, 3, 4, 5, 7, 8, 12, 14, 16, 17, 30, 32, 33, 64, 102, 128
  };
  private static final int CASES = 1500;

  /** Terms after which sums of floats are stored. */
  private static final int STORED_TERMS = 256;

  private final Random random = new Random(20261129);

  /** A product, of either kind. */
  @FunctionalInterface
  private interface Product {
    void run(Blas.Block a, Blas.Block b, Blas.Block c);
  }

  private int size() {
    return random.nextInt(9) == 0 ? 1 + random.nextInt(270) : SIZES[random.nextInt(SIZES.length)];
  }

  private double number(double scale) {
    return random.nextInt(40) == 0 ? -0.0 : random.nextGaussian() * scale;
  }

  @Test
  void productsOfDoublesHaveTheBitsOfOpenBlas() {
    compare(Precision.FP64, false);
  }

  @Test
  void productsOfFloatsAddTermsInTheirOrder() {
    assumeTrue(PanelSums.find(Precision.FP32) != null, "generated code");
    assumeTrue(PanelPacking.find(Precision.FP32) != null, "generated code");
    compare(Precision.FP32, true);
  }

  private void compare(Precision precision, boolean inJava) {
    CellProducts products = CellProducts.of(precision, new LazyBlas(TestDevices.natives()).get());
    assumeTrue(products != null, "OpenBLAS");
    for (int i = 0; i < CASES; i++) {
      int m = size();
      int n = size();
      int k = size();
      try (Arena arena = Arena.ofConfined()) {
        HeadProducts head =
            new HeadProducts(
                products, arena.allocate(HeadProducts.bytes(products, Math.max(m, k), n), 64));
        boolean ta = i % 3 == 2;
        boolean tb = i % 3 == 0;
        // Scores whose terms vanish may be zeros of another sign, which changes no weight.
        double scale = !tb && random.nextInt(5) == 0 ? 1e-162 : 1;
        Blas.Block a = block(arena, precision, ta ? k : m, ta ? m : k, scale);
        Blas.Block b = block(arena, precision, tb ? n : k, tb ? k : n, scale);
        Blas.Block c = block(arena, precision, m, n, 1);
        Blas.Block wanted = new Blas.Block(copy(arena, c.cells()), c.offset(), c.stride());
        // What OpenBLAS is left with.
        boolean few = tb && k < PanelPacking.leastColumns(precision);
        boolean many = (ta || tb) && k > STORED_TERMS;
        boolean summed = inJava && !few && !many;
        if (summed) {
          multiply(m, n, k, a, ta, b, tb, wanted);
        }
        if (ta) {
          head.addTurned(m, n, k, a, b, c);
        } else if (tb) {
          head.turned(m, n, k, a, b, c);
        } else {
          head.plain(m, n, k, a, b, c);
        }
        if (!summed && ta) {
          products.gemmAdd(true, false, m, n, k, a, b, wanted);
        } else if (!summed) {
          products.gemm(false, tb, m, n, k, a, b, wanted);
        }
        assertThat(c.cells().mismatch(wanted.cells()))
            .as("%s x %s x %s, %s, way %s", m, n, k, precision, i % 3)
            .isEqualTo(-1);
      }
    }
  }

  /** Of floats: C = A t(B), C = C + t(A) B, or C = A B, whose first terms are stored by parts. */
  private static void multiply(
      int m, int n, int k, Blas.Block a, boolean ta, Blas.Block b, boolean tb, Blas.Block c) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float total = ta ? cell(c, i, j) : 0;
        for (int first = 0; first < k; first += STORED_TERMS) {
          float sum = 0;
          for (int p = first; p < Math.min(k, first + STORED_TERMS); p++) {
            float left = ta ? cell(a, p, i) : cell(a, i, p);
            sum = Math.fma(left, tb ? cell(b, j, p) : cell(b, p, j), sum);
          }
          total = tb ? sum : total + sum;
        }
        long at = c.offset() + (long) i * c.stride() + j;
        c.cells().setAtIndex(ValueLayout.JAVA_FLOAT, at, total);
      }
    }
  }

  private static float cell(Blas.Block of, int row, int column) {
    long at = of.offset() + (long) row * of.stride() + column;
    return of.cells().getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  /** Some columns of a matrix, with cells around them. */
  private Blas.Block block(Arena arena, Precision precision, int rows, int cols, double scale) {
    int stride = cols + random.nextInt(5);
    int offset = random.nextInt(4);
    long bytes = precision.bytesPerCell();
    long count = (long) (rows - 1) * stride + cols + offset;
    MemorySegment cells = arena.allocate(count * bytes, 64);
    for (long i = 0; i < count; i++) {
      if (precision == Precision.FP64) {
        cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, number(scale));
      } else {
        cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) number(scale));
      }
    }
    return new Blas.Block(cells, offset, stride);
  }

  private static MemorySegment copy(Arena arena, MemorySegment of) {
    MemorySegment copy = arena.allocate(of.byteSize(), 64);
    copy.copyFrom(of);
    return copy;
  }
}
