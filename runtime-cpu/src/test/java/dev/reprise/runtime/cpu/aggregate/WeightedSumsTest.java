package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.code.CompensatedSums;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sums in place have the bits of those in Java, whatever the cells are. */
class WeightedSumsTest {
  private static final int[] LENGTHS = {0, 1, 2, 3, 5, 17, 1000, 65_536, 70_001};

  private final Random random = new Random(20261130);

  @ParameterizedTest
  @EnumSource(CompensatedSums.class)
  void sumsHaveTheSameBits(CompensatedSums terms) {
    try (KernelCalls kernels = new KernelCalls()) {
      for (int length : LENGTHS) {
        for (int oddity = 0; oddity < 4; oddity++) {
          DenseMatrix x = vector(kernels, length, oddity);
          DenseMatrix y = vector(kernels, length, oddity);
          check(new WeightedSums(null), terms, x, y);
          check(new WeightedSums(vector(kernels, length, oddity)), terms, x, y);
        }
      }
    }
  }

  /** Cells whose sums lose much; of few kinds; some that are infinite; some that are none. */
  private DenseMatrix vector(KernelCalls kernels, int length, int oddity) {
    DenseMatrix vector = kernels.empty(length, 1);
    for (int i = 0; i < length; i++) {
      vector.set(i, 0, cell(oddity));
    }
    return vector;
  }

  private double cell(int oddity) {
    return switch (oddity == 0 ? 9 : random.nextInt(oddity == 1 ? 4 : 12)) {
      case 0 -> 0.0;
      case 1 -> -0.0;
      case 2 -> 1;
      case 3 -> -1;
      case 4 -> random.nextInt(50) == 0 ? Double.POSITIVE_INFINITY : 1e308;
      case 5 -> oddity == 3 && random.nextInt(50) == 0 ? Double.NaN : -1e308;
      case 6 -> Double.MIN_VALUE;
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(-20, 20));
    };
  }

  private static void check(
      WeightedSums sums, CompensatedSums terms, DenseMatrix x, DenseMatrix y) {
    for (double center : new double[] {0, 0.3, -1e10, Double.NEGATIVE_INFINITY}) {
      double found =
          terms == CompensatedSums.PRODUCTS
              ? sums.products(x, center, y, 1 - center)
              : sums.sum(terms, x, center);
      double wanted = sums.inJava(terms, x, center, y, 1 - center);
      assertThat(Double.doubleToLongBits(found))
          .as("%s of %d, %s and %s", terms, x.cells(), found, wanted)
          .isEqualTo(Double.doubleToLongBits(wanted));
    }
  }
}
