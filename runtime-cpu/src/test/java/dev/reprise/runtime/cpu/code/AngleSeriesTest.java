package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AngleSeriesTest {
  private static final MathContext DIGITS = new MathContext(60);

  private static final BigDecimal PI =
      new BigDecimal(
          "3.14159265358979323846264338327950288419716939937510582097494459230781640629");

  @Test
  void endsAreThoseOfMath() {
    for (double x : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300, -900_000, 1e6}) {
      assertThat((Double) AngleSeries.sin(x)).isEqualTo((Double) Math.sin(x));
      assertThat((Double) AngleSeries.cos(x)).isEqualTo((Double) Math.cos(x));
    }
    assertThat((Double) AngleSeries.sin(0.0)).isEqualTo(0.0);
    assertThat((Double) AngleSeries.sin(-0.0)).isEqualTo((Double) (-0.0));
    assertThat((Double) AngleSeries.cos(-0.0)).isEqualTo(1.0);
    assertThat((Double) AngleSeries.sin(Double.MIN_VALUE)).isEqualTo(Double.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.7, 3, 100, 10_000, AngleSeries.LARGEST})
  void anglesOfAllSizesAreWithinOneUnit(double most) {
    Random random = new Random(20261201);
    for (int i = 0; i < 200_000; i++) {
      double x = (2 * random.nextDouble() - 1) * most;
      assertNear(AngleSeries.sin(x), StrictMath.sin(x), x);
      assertNear(AngleSeries.cos(x), StrictMath.cos(x), x);
    }
  }

  private static void assertNear(double found, double wanted, double x) {
    if (Math.abs(found - wanted) > Math.ulp(wanted)) {
      assertThat(found).as("of %s", x).isEqualTo(wanted);
    }
  }

  /** Where nearly all of the angle is taken away. */
  @Test
  void multiplesOfRightAnglesAreWithinOneUnitOfTheTrueValue() {
    Random random = new Random(20261202);
    for (int i = 0; i < 4000; i++) {
      int n = i < 1000 ? i : random.nextInt((int) (AngleSeries.LARGEST / 1.6));
      double near = n * (Math.PI / 2);
      for (double x : new double[] {Math.nextDown(near), near, Math.nextUp(near)}) {
        BigDecimal rest =
            new BigDecimal(x)
                .subtract(PI.multiply(BigDecimal.valueOf(n)).divide(BigDecimal.valueOf(2)), DIGITS);
        // Of so small an angle: it, less a sixth of its cube.
        BigDecimal cube = rest.pow(3, DIGITS).divide(BigDecimal.valueOf(6), DIGITS);
        double sine = rest.subtract(cube).doubleValue();
        double found = n % 2 == 0 ? AngleSeries.sin(x) : AngleSeries.cos(x);
        // The sine of n right angles and a rest, or the cosine.
        boolean isTurned = n % 4 == 2 || n % 4 == 1;
        assertNear(found, isTurned ? -sine : sine, x);
      }
    }
  }
}
