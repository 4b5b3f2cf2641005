package dev.reprise.runtime.cpu.text;

import static dev.reprise.runtime.cpu.KernelCalls.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Expected texts are what SystemDS 3.3.0 prints. */
class MatrixTextTest {
  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  private String text(Object... arguments) {
    return ((Scalar) kernels.call("toString", arguments)).asString();
  }

  @Test
  void cellsHaveThreeDecimalsRoundedHalfEvenAndNoExponent() {
    double[] cells = {
      1e10,
      1e-10,
      123456.789,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      -0.0,
      -0.0004,
      0.0015,
      0.0025,
      2.5,
      1e20,
      1e15,
      1.005,
      1.0005,
      0.0625,
      0.1875
    };
    assertThat(text((Object) new double[][] {cells}))
        .isEqualTo(
            "10000000000.000 0.000 123456.789 NaN Infinity -Infinity 0.000 -0.000 0.002"
                + " 0.003 2.500 100000000000000000000.000 1000000000000000.000 1.005 1.000 0.062"
                + " 0.188\n");
  }

  @Test
  void decimalIsTheFewestDigitsAndThreeOrMoreAreTheMost() {
    double[][] x = {row(0.5, 1.5, 123456.789, 1e10, -0.0004)};
    assertThat(text(x, 100, 100, 0)).isEqualTo("0.5 1.5 123456.789 10000000000 -0\n");
    double[][] y = {row(0.1, 0.3333333333333333, 1e-20)};
    assertThat(text(y, 100, 100, 20))
        .isEqualTo("0.10000000000000000000 0.33333333333333330000 0.00000000000000000001\n");
    assertThat(text(new double[][] {row(1, 2)}, 100, 100, -1)).isEqualTo("1 2\n");
  }

  @Test
  void separatorsAndLimitsAreObeyed() {
    double[][] x = {row(1, 2, 3), row(4, 5, 6), row(7, 8, 9)};
    assertThat(text(x, 2, 2)).isEqualTo("1.000 2.000\n4.000 5.000\n");
    assertThat(text(x, 1, 100, 1, false, "|", ";")).isEqualTo("1.0|2.0|3.0;");
    assertThat(text(x, -1, 1)).isEqualTo("1.000\n4.000\n7.000\n");
    assertThat(text(kernels.empty(0, 3))).isEmpty();
    DenseMatrix large = (DenseMatrix) kernels.call("+", kernels.empty(150, 120), 1);
    assertThat(text(large).lines()).hasSize(100);
  }

  @Test
  void sparseTextListsCellsThatAreNotZero() {
    double[][] x = {row(0, 1), row(0, 2)};
    assertThat(text(x, 100, 100, 3, true)).isEqualTo("1 2 1.000\n2 2 2.000\n");
    assertThat(text(x, 1, 100, 1, true, ",")).isEqualTo("1,2,1.0\n");
  }

  @Test
  void scalarsLookAsPrintShowsThem() {
    assertThat(text(1e-5)).isEqualTo("1.0E-5");
    assertThat(text(7)).isEqualTo("7");
    assertThat(text(true)).isEqualTo("TRUE");
    assertThat(text("abc")).isEqualTo("abc");
  }
}
