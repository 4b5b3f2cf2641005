package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The numbers that quick functions are computed with; the functions are in MachineCellsTest and
 * RowsCodeTest.
 */
class QuickFormulasTest {
  /** What the class says that the polynomials are wrong by. */
  private static final double BOUND = 4.574e-12;

  private static final double SHARE_BOUND = 7.95e-14;

  @Test
  void thePolynomialsAreAsNearAsTheBoundsNeed() {
    // That they are nearly as far is how one knows that it is these that are looked at.
    assertThat(mostError(QuickFormulas.TERMS)).isBetween(0.9 * BOUND, BOUND);
    assertThat(mostError(QuickFormulas.SHARE_TERMS)).isBetween(0.9 * SHARE_BOUND, SHARE_BOUND);
  }

  private static double mostError(double[] terms) {
    int steps = 100_000;
    double most = 0;
    for (int i = -steps; i <= steps; i++) {
      double r = QuickFormulas.LARGEST_REST * i / steps;
      double sum = 0;
      for (int j = terms.length - 1; j >= 0; j--) {
        sum = sum * r + terms[j];
      }
      double wanted = r == 0 ? 1 : Math.expm1(r) / r;
      most = Math.max(most, Math.abs(sum - wanted));
    }
    return most;
  }

  @Test
  void restsAreWithinTheInterval() {
    assertThat(QuickFormulas.LARGEST_REST).isGreaterThan(Math.log(2) / 2);
  }

  /** 1.68 B, the most of all, and what rounding adds. */
  @Test
  void whatIsUnsureReachesBeyondErrors() {
    double most = 2 * Math.log(2) / 2 / (Math.sqrt(2) - 1) * BOUND;
    assertThat(most * 0x1p53 + 100).isLessThan(QuickFormulas.MOST_UNITS);
  }

  /** A power and a sum by both ways: e^x, adding up in eight lanes and the quotient. */
  @Test
  void whatIsUnsureOfSharesReachesBeyondErrors() {
    double rest = QuickFormulas.LARGEST_REST;
    double power = rest * Math.exp(rest) * SHARE_BOUND * 0x1p53 + 25 + 4;
    double adding = QuickFormulas.MOST_SHARES / 8.0 + 8;
    assertThat(2 * power + 2 * adding + 2).isLessThan(QuickFormulas.MOST_SHARE_UNITS);
  }
}
