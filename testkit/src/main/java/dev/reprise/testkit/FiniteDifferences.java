package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.ValueLayout;
import java.util.function.DoubleSupplier;

/** Gradients against the slope of the function itself. */
final class FiniteDifferences {
  /**
   * Where central differences of smooth functions of order 1 are most exact: the cube root of
   * 2^-52.
   */
  private static final double STEP = 6e-6;

  /** What is left of their accuracy: STEP squared, times higher derivatives of order 10. */
  private static final double TOLERANCE = 2e-8;

  private FiniteDifferences() {}

  /**
   * Asserts that {@code gradient} is the derivative of {@code loss} with respect to the cells of
   * {@code parameter}, which the loss reads anew at each call.
   */
  static void assertGradient(
      String name, DenseMatrix parameter, DenseMatrix gradient, DoubleSupplier loss) {
    assertThat(gradient.shape()).as(name).isEqualTo(parameter.shape());
    for (long i = 0; i < parameter.cells(); i++) {
      double value = parameter.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      parameter.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, value + STEP);
      double above = loss.getAsDouble();
      parameter.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, value - STEP);
      double below = loss.getAsDouble();
      parameter.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      double slope = (above - below) / (2 * STEP);
      double found = gradient.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      assertThat(Math.abs(found - slope))
          .as("%s, cell %d: %s, slope %s", name, i, found, slope)
          .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.max(Math.abs(slope), 10)));
    }
  }
}
