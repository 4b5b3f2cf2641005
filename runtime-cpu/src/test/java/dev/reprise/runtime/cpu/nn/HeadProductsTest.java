package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of the blocks of a head, against those of OpenBLAS bit by bit. */
class HeadProductsTest {
  private static final int[] SIZES = {
    1, 2, 3, 4, 5, 7, 8, 12, 14, 16, 17, 30, 32, 33, 64, 102, 128
  };
  private static final int CASES = 1500;

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

  @ParameterizedTest
  @EnumSource(Precision.class)
  void productsHaveTheBitsOfOpenBlas(Precision precision) {
    CellProducts products = CellProducts.of(precision, new LazyBlas(TestDevices.natives()).get());
    assumeTrue(products != null, "OpenBLAS");
    for (int i = 0; i < CASES; i++) {
      int m = size();
      int n = size();
      int k = size();
      try (Arena arena = Arena.ofConfined()) {
        HeadProducts head =
            new HeadProducts(products, arena.allocate(HeadProducts.bytes(products) + 64, 64));
        boolean ta = i % 3 == 2;
        boolean tb = i % 3 == 0;
        // Scores whose terms vanish may be zeros of another sign, which changes no weight.
        double scale = !tb && random.nextInt(5) == 0 ? 1e-162 : 1;
        Blas.Block a = block(arena, precision, ta ? k : m, ta ? m : k, scale);
        Blas.Block b = block(arena, precision, tb ? n : k, tb ? k : n, scale);
        Blas.Block c = block(arena, precision, m, n, 1);
        Blas.Block wanted = new Blas.Block(copy(arena, c.cells()), c.offset(), c.stride());
        if (ta) {
          head.addTurned(m, n, k, a, b, c);
          products.gemmAdd(true, false, m, n, k, a, b, wanted);
        } else if (tb) {
          head.turned(m, n, k, a, b, c);
          products.gemm(false, true, m, n, k, a, b, wanted);
        } else {
          head.plain(m, n, k, a, b, c);
          products.gemm(false, false, m, n, k, a, b, wanted);
        }
        assertThat(c.cells().mismatch(wanted.cells()))
            .as("%s x %s x %s, %s, way %s", m, n, k, precision, i % 3)
            .isEqualTo(-1);
      }
    }
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
