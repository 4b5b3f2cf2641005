package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogarithmSeriesTest {
  private static final MathContext DIGITS = new MathContext(50);

  @ParameterizedTest
  @CsvSource({
    "1,0",
    "0,-Infinity",
    "-0.0,-Infinity",
    "-1,NaN",
    "-Infinity,NaN",
    "NaN,NaN",
    "Infinity,Infinity",
    "2,0.6931471805599453",
    "10,2.302585092994046",
    "2.718281828459045,1",
    "0x1p-1074,-744.4400719213812",
    "0x1p-1022,-708.3964185322641",
    "0x1.fffffffffffffp1023,709.782712893384"
  })
  void endsAndKnownPlaces(String x, Double wanted) {
    assertThat((Double) LogarithmSeries.log(Double.parseDouble(x))).isEqualTo(wanted);
  }

  @Test
  void numbersOfAllSizesAreWithinOneUnit() {
    Random random = new Random(20261201);
    for (int i = 0; i < 300_000; i++) {
      double x = Double.longBitsToDouble(random.nextLong() & Long.MAX_VALUE);
      if (x > 0 && x < Double.POSITIVE_INFINITY) {
        checkStrictly(x);
      }
    }
    for (int i = 0; i < 300_000; i++) {
      checkStrictly(1 + (random.nextDouble() - 0.5) * Math.pow(10, -random.nextInt(12)));
      checkStrictly(random.nextDouble() * 1000);
    }
  }

  /** Both are within one unit of the true value. */
  private static void checkStrictly(double x) {
    double wanted = StrictMath.log(x);
    double found = LogarithmSeries.log(x);
    if (Math.abs(found - wanted) > Math.ulp(wanted)) {
      assertThat(found).as("log %s", x).isEqualTo(wanted);
    }
  }

  /** About the places where the exponent changes, and where the result is near 0. */
  @Test
  void resultsAreWithinOneUnitOfTheTrueValue() {
    for (double place : new double[] {0x1.6a09ep-1, 0x1.6a09e667f3bcdp0, 1, 2, 0.5, 1e-3, 1e5}) {
      double x = place - 40 * Math.ulp(place);
      for (int i = 0; i < 80; i++, x = Math.nextUp(x)) {
        BigDecimal error = new BigDecimal(LogarithmSeries.log(x)).subtract(log(x)).abs();
        double unit = Math.ulp(StrictMath.log(x));
        assertThat(error.doubleValue()).as("log %s", x).isLessThan(unit);
      }
    }
  }

  /** By the series of 2 atanh((x - 1) / (x + 1)), once the number is near 1. */
  private static BigDecimal log(double x) {
    BigDecimal near = new BigDecimal(x);
    BigDecimal two = BigDecimal.valueOf(2);
    int k = Math.getExponent(x);
    near = k >= 0 ? near.divide(two.pow(k), DIGITS) : near.multiply(two.pow(-k));
    return atanh(near).add(BigDecimal.valueOf(k).multiply(atanh(two)), DIGITS);
  }

  private static BigDecimal atanh(BigDecimal x) {
    BigDecimal one = BigDecimal.ONE;
    BigDecimal s = x.subtract(one).divide(x.add(one), DIGITS);
    BigDecimal square = s.multiply(s, DIGITS);
    BigDecimal power = s;
    BigDecimal sum = BigDecimal.ZERO;
    for (int n = 1; n < 120; n += 2) {
      sum = sum.add(power.divide(BigDecimal.valueOf(n), DIGITS), DIGITS);
      power = power.multiply(square, DIGITS);
    }
    return sum.multiply(BigDecimal.valueOf(2));
  }
}
