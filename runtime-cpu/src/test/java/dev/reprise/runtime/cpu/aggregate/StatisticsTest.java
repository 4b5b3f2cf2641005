package dev.reprise.runtime.cpu.aggregate;

import static dev.reprise.runtime.cpu.KernelCalls.column;
import static dev.reprise.runtime.cpu.KernelCalls.row;
import static dev.reprise.runtime.cpu.KernelCalls.same;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Expected values are what SystemDS 3.3.0 computes for the same data. */
class StatisticsTest {
  private static final Scalar NONE = Scalar.absent();
  private static final double[][] SQUARES = column(1, 4, 9, 16, 25, 36, 49);
  private static final double[][] RAMP = column(1, 2, 3, 4, 5, 6, 7);

  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  private static double[][] squares(int n) {
    double[] cells = new double[n];
    for (int i = 0; i < n; i++) {
      cells[i] = (i + 1.0) * (i + 1.0);
    }
    return column(cells);
  }

  private void is(double found, double wanted) {
    assertThat(found).isCloseTo(wanted, within(1e-12 * Math.max(1, Math.abs(wanted))));
  }

  @Test
  void momentsAreCentralAndMayBeWeighted() {
    is(kernels.number("moment", SQUARES, NONE, 2), 268);
    is(kernels.number("moment", SQUARES, NONE, 3), 2322.857142857141);
    is(kernels.number("moment", SQUARES, NONE, 4), 140599.42857142846);
    is(kernels.number("moment", SQUARES, NONE, 0), 20);
    is(kernels.number("moment", SQUARES, SQUARES, 2), 204.58285714285716);
    is(kernels.number("moment", SQUARES, SQUARES, 3), -1277.5062857142852);
    is(kernels.number("moment", SQUARES, SQUARES, 4), 84109.01348571428);
    is(kernels.number("moment", column(7), NONE, 2), 0);
    assertThatThrownBy(() -> kernels.call("moment", SQUARES, NONE, 5))
        .isInstanceOf(OperandException.class);
    assertThatThrownBy(() -> kernels.call("moment", new double[][] {row(1, 2), row(3, 4)}, NONE, 2))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x2");
  }

  @Test
  void theCentralMomentOfAGroupWithoutRowsIsNotANumber() {
    double[][] x = column(1, 2, 3);
    double[][] g = column(1, 1, 3);
    double[][] moments = kernels.cells("aggregate", x, g, "centralmoment", NONE, 4, 2);
    same(moments, column(0.25, Double.NaN, 0, Double.NaN));
    same(kernels.cells("aggregate", x, g, "mean", NONE, 4), column(1.5, 0, 3, 0));
  }

  @Test
  void aMatrixContainsAPatternAlsoWhenItIsNotANumber() {
    double[][] x = column(1, Double.NaN, Double.NEGATIVE_INFINITY);
    assertThat(kernels.call("contains", x, Double.NaN)).isEqualTo(Scalar.of(true));
    assertThat(kernels.call("contains", x, Double.NEGATIVE_INFINITY)).isEqualTo(Scalar.of(true));
    assertThat(kernels.call("contains", x, Double.POSITIVE_INFINITY)).isEqualTo(Scalar.of(false));
    assertThat(kernels.call("contains", column(1), Double.NaN)).isEqualTo(Scalar.of(false));
  }

  @Test
  void covariancesDivideByOneLessThanTheWeight() {
    is(kernels.number("cov", SQUARES, RAMP), 37.33333333333333);
    is(kernels.number("cov", SQUARES, RAMP, column(2, 3, 4, 5, 6, 7, 8)), 30.141176470588242);
    is(kernels.number("cov", column(7), column(7)), 0);
  }

  @Test
  void quantilesAreValuesOfTheSample() {
    double[][] six = column(1, 2, 3, 4, 5, 6);
    is(kernels.number("quantile", column(1, 2, 3), NONE, 0.33), 1);
    is(kernels.number("quantile", column(3, 1, 2), NONE, 0.34), 2);
    is(kernels.number("quantile", six, NONE, 0.5), 3);
    is(kernels.number("quantile", six, NONE, 0.0), 1);
    is(kernels.number("quantile", squares(8), NONE, 0.125), 1);
    is(kernels.number("quantile", squares(8), NONE, 0.1251), 4);
    assertThat(kernels.cells("quantile", six, NONE, column(0.1, 0.25, 0.5, 0.75, 1)))
        .isEqualTo(column(1, 2, 3, 5, 6));
    double[][] w = column(1, 2, 3);
    assertThat(kernels.cells("quantile", w, w, column(0.1, 0.5, 0.9))).isEqualTo(column(1, 2, 3));
    assertThatThrownBy(() -> kernels.call("quantile", six, NONE, 1.5))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void mediansAverageTheTwoMiddleValues() {
    is(kernels.number("median", (Object) SQUARES), 16);
    is(kernels.number("median", (Object) squares(8)), 20.5);
    is(kernels.number("median", SQUARES, RAMP), 25);
    is(kernels.number("median", column(3, 10), column(1, 1)), 6.5);
    is(kernels.number("median", column(3, 10), column(2, 3)), 10);
    is(kernels.number("median", column(1, 2, 3), column(1, 2, 3)), 2.5);
    is(kernels.number("median", (Object) column(5)), 5);
    assertThat(kernels.number("median", (Object) column(4, 1, Double.NaN, 2))).isNaN();
    assertThatThrownBy(() -> kernels.call("median", column(3, 10), column(0.5, 0.5)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("whole");
  }

  @Test
  void interQuartileMeansCountValuesOnAQuartileInPart() {
    is(kernels.number("interQuartileMean", (Object) SQUARES), 17.142857142857142);
    double[] wanted = {5, 6.5, 4.333333333333333, 21.5, 9.6, 13.166666666666666, 26.77777777777778};
    is(kernels.number("interQuartileMean", (Object) column(5)), wanted[0]);
    is(kernels.number("interQuartileMean", (Object) column(3, 10)), wanted[1]);
    is(kernels.number("interQuartileMean", (Object) squares(3)), wanted[2]);
    is(kernels.number("interQuartileMean", (Object) squares(8)), wanted[3]);
    is(kernels.number("interQuartileMean", (Object) squares(5)), wanted[4]);
    is(kernels.number("interQuartileMean", (Object) squares(6)), wanted[5]);
    is(kernels.number("interQuartileMean", (Object) squares(9)), wanted[6]);
    is(kernels.number("interQuartileMean", SQUARES, RAMP), 27.785714285714285);
    is(kernels.number("interQuartileMean", column(3, 10), column(2, 3)), 7.9);
  }

  @Test
  void groupsAreRowsOfTheResultAndEmptyOnesAreZero() {
    double[][] x = column(1, 2, 3);
    double[][] g = column(1, 2, 1);
    assertThat(kernels.cells("aggregate", x, g, "sum")).isEqualTo(column(4, 2));
    assertThat(kernels.cells("aggregate", x, g, "mean")).isEqualTo(column(2, 2));
    assertThat(kernels.cells("aggregate", x, g, "count")).isEqualTo(column(2, 1));
    assertThat(kernels.cells("aggregate", x, g, "variance")).isEqualTo(column(2, 0));
    assertThat(kernels.cells("aggregate", x, g, "min")).isEqualTo(column(1, 2));
    assertThat(kernels.cells("aggregate", x, g, "max")).isEqualTo(column(3, 2));
    assertThat(kernels.cells("aggregate", x, g, "centralmoment", NONE, NONE, 2))
        .isEqualTo(column(1, 0));
    double[][] far = column(1, 4, 1);
    assertThat(kernels.cells("aggregate", x, far, "mean")).isEqualTo(column(2, 0, 0, 2));
    assertThat(kernels.cells("aggregate", x, far, "min", NONE, 5)).isEqualTo(column(1, 0, 0, 2, 0));
    assertThat(kernels.cells("aggregate", x, column(1, 7, 1), "sum", NONE, 2))
        .isEqualTo(column(4, 0));
    assertThat(kernels.cells("aggregate", x, column(1.5, 2, 1), "sum")).isEqualTo(column(4, 2));
  }

  @Test
  void groupedValuesMayBeWeightedOrHaveSeveralColumns() {
    double[][] x = column(1, 2, 3);
    double[][] g = column(1, 2, 1);
    assertThat(kernels.cells("aggregate", x, g, "sum", x)).isEqualTo(column(10, 4));
    assertThat(kernels.cells("aggregate", x, g, "mean", x)).isEqualTo(column(2.5, 2));
    assertThat(kernels.cells("aggregate", x, g, "count", x)).isEqualTo(column(4, 2));
    assertThat(kernels.cells("aggregate", x, g, "variance", x)).isEqualTo(column(1, 0));
    double[][] wide = {row(3, 2, 3), row(1, 5, 6), row(2, 8, 7)};
    assertThat(kernels.cells("aggregate", wide, g, "variance", NONE, 3))
        .isEqualTo(new double[][] {row(0.5, 18, 8), row(0, 0, 0), row(0, 0, 0)});
    assertThatThrownBy(() -> kernels.call("aggregate", wide, g, "sum"))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("ngroups");
    assertThatThrownBy(() -> kernels.call("aggregate", x, column(0, 2, 1), "sum"))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("group 0.0");
    assertThatThrownBy(() -> kernels.call("aggregate", x, column(1, 2), "sum"))
        .isInstanceOf(OperandException.class);
    assertThatThrownBy(() -> kernels.call("aggregate", x, g, "foo"))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void distinctValuesAreCountedAndListed() {
    double[][] x = {row(3, 1), row(3, 1), row(2, 2)};
    assertThat(kernels.call("countDistinct", (Object) x)).isEqualTo(Scalar.of(3));
    assertThat(kernels.cells("countDistinct", x, "r")).isEqualTo(column(2, 2, 1));
    assertThat(kernels.cells("countDistinct", x, "c")).isEqualTo(new double[][] {row(2, 2)});
    double nan = Double.NaN;
    assertThat(kernels.call("countDistinct", (Object) column(nan, nan, 0, -0.0)))
        .isEqualTo(Scalar.of(2));
    assertThat(kernels.cells("unique", (Object) x)).isEqualTo(column(1, 2, 3));
    assertThat(kernels.cells("unique", x, "r"))
        .isEqualTo(new double[][] {row(1, 3), row(1, 3), row(2, 0)});
    assertThat(kernels.cells("unique", x, "c")).isEqualTo(new double[][] {row(2, 1), row(3, 2)});
    assertThat(kernels.cells("unique", (Object) column(10, 20, 30, 40, 50, 60, 70, 80, 90, 100)))
        .isEqualTo(column(70, 10, 20, 40, 80, 90, 50, 100, 30, 60));
  }

  @Test
  void manyDistinctValuesAreAllCounted() {
    double[] cells = new double[100_000];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = i % 77_777 / 3.0;
    }
    assertThat(kernels.call("countDistinct", (Object) column(cells))).isEqualTo(Scalar.of(77_777));
  }

  @Test
  void runningAggregatesGoDownTheColumns() {
    double[][] x = {row(1, 2, 3), row(4, 5, 6), row(9, 8, 7)};
    assertThat(kernels.cells("cumsum", (Object) x))
        .isEqualTo(new double[][] {row(1, 2, 3), row(5, 7, 9), row(14, 15, 16)});
    assertThat(kernels.cells("cumprod", (Object) x))
        .isEqualTo(new double[][] {row(1, 2, 3), row(4, 10, 18), row(36, 80, 126)});
    assertThat(kernels.cells("cummin", (Object) x))
        .isEqualTo(new double[][] {row(1, 2, 3), row(1, 2, 3), row(1, 2, 3)});
    assertThat(kernels.cells("cummax", (Object) x)).isEqualTo(x);
    double nan = Double.NaN;
    double[][] broken = column(1, nan, 3, -2);
    for (String fn : new String[] {"cumsum", "cummax", "cummin", "cumprod"}) {
      same(kernels.cells(fn, (Object) broken), column(1, nan, nan, nan));
    }
    assertThat(
            kernels.cells(
                "cumsumprod", (Object) new double[][] {row(1, 0.5), row(2, 0.5), row(3, 0.5)}))
        .isEqualTo(column(1, 2.5, 4.25));
    assertThatThrownBy(() -> kernels.call("cumsumprod", (Object) x))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void infinityStaysInARunningSum() {
    double inf = Double.POSITIVE_INFINITY;
    assertThat(kernels.cells("cumsum", (Object) column(1, inf, 3))).isEqualTo(column(1, inf, inf));
  }
}
