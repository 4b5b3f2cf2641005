package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The numbers that quick functions are computed with; the functions are in MachineCellsTest. */
class QuickFormulasTest {
  /** What the class says that the polynomial is wrong by, and what Math and sums add. */
  private static final double BOUND = 4.574e-12 + 1e-15;

  @Test
  void thePolynomialIsAsNearAsTheBoundsNeed() {
    int steps = 100_000;
    double most = 0;
    for (int i = -steps; i <= steps; i++) {
      double r = QuickFormulas.LARGEST_REST * i / steps;
      double sum = 0;
      for (int j = QuickFormulas.TERMS.length - 1; j >= 0; j--) {
        sum = sum * r + QuickFormulas.TERMS[j];
      }
      double wanted = r == 0 ? 1 : Math.expm1(r) / r;
      most = Math.max(most, Math.abs(sum - wanted));
    }
    assertThat(most).isLessThan(BOUND);
    assertThat(most)
        .as("near to it, so that the bound is that of these terms")
        .isGreaterThan(4e-12);
  }

  @Test
  void restsAreWithinTheInterval() {
    assertThat(QuickFormulas.LARGEST_REST).isGreaterThan(Math.log(2) / 2);
  }

  /** 1.68 B, the most of all, and what rounding adds. */
  @Test
  void doubtBeginsBeforeErrorsEnd() {
    double most = 2 * Math.log(2) / 2 / (Math.sqrt(2) - 1) * BOUND;
    assertThat(most * 0x1p53 + 100).isLessThan(QuickFormulas.MOST_UNITS);
  }
}
