package dev.reprise.runtime.cpu.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.DeviceContract;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DistributionTest extends DeviceContract {
  private final CpuDevice device = TestDevices.withoutOpenBlas();

  @Override
  protected Device device() {
    return device;
  }

  @AfterAll
  void close() {
    device.close();
  }

  private void assertValue(double expected, String opcode, double... arguments) {
    Scalar[] inputs = new Scalar[arguments.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = Scalar.of(arguments[i]);
    }
    assertThat(runScalar(opcode, inputs).asDouble())
        .as(opcode)
        .isCloseTo(expected, Offset.offset(1e-12 * Math.max(1e-3, Math.abs(expected))));
  }

  /** The expected numbers are those of SciPy 1.17. */
  @Test
  void probabilitiesAndQuantilesAgreeWithTheTables() {
    assertValue(0.5987063256829237, "pnorm", 1.5, 1.0, 2.0);
    assertValue(6.22096057427174e-16, "pnorm", -8.0, 0.0, 1.0);
    assertValue(0.9999999990134123, "pnorm", 3.0, 0.0, 0.5);
    assertValue(-0.04880102541608178, "qnorm", 0.3, 1.0, 2.0);
    assertValue(-6.361340902404056, "qnorm", 1e-10, 0.0, 1.0);
    assertValue(5.3090232306167815, "qnorm", 0.999, 5.0, 0.1);
    assertValue(0.042809664281488025, "pt", -2.0, 7.0);
    assertValue(0.896, "pt", 1.5, 4.0);
    assertValue(0.9998544676454213, "pt", 30.0, 2.5);
    assertValue(1.637744353696209, "qt", 0.9, 3.0);
    assertValue(-4.785289628638334, "qt", 0.001, 7.0);
    assertValue(-0.25402218245822766, "qt", 0.4, 100.0);
    assertValue(0.8153926815910113, "pf", 2.0, 3.0, 9.0);
    assertValue(0.001600000000000001, "pf", 0.1, 10.0, 4.0);
    assertValue(3.8625483576247643, "qf", 0.95, 3.0, 9.0);
    assertValue(0.16682407458910284, "qf", 0.01, 10.0, 4.0);
    assertValue(0.7768698398515702, "pchisq", 3.0, 2.0);
    assertValue(0.935429631078867, "pchisq", 100.0, 80.0);
    assertValue(5.991464547107979, "qchisq", 0.95, 2.0);
    assertValue(53.540077291078724, "qchisq", 0.01, 80.0);
    assertValue(0.6321205588285577, "pexp", 2.0, 0.5);
    assertValue(0.08916873598468311, "qexp", 0.3, 4.0);
  }

  @Test
  void theUpperTailKeepsItsDigits() {
    assertThat(
            runScalar("pnorm", Scalar.of(9.0), Scalar.of(0.0), Scalar.of(1.0), Scalar.of(false))
                .asDouble())
        .isCloseTo(1.1285884059538324e-19, Offset.offset(1e-30));
  }

  @Test
  void theGeneralFormsNameTheDistribution() {
    assertThat(runScalar("cdf", Scalar.of(1.5), Scalar.of("normal")).asDouble())
        .isCloseTo(0.9331927987311419, Offset.offset(1e-14));
    assertThat(runScalar("invcdf", Scalar.of(0.5), Scalar.of("normal")).asDouble()).isZero();
    assertClose(
        run("pexp", matrix(new double[] {-1, 0, Double.NaN, Double.POSITIVE_INFINITY})),
        new double[][] {{0, 0, Double.NaN, 1}},
        0);
    assertThat(runScalar("qnorm", Scalar.of(0.0)).asDouble()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void wrongParametersAreRefused() {
    assertRefused("cauchy", "cdf", Scalar.of(1.0), Scalar.of("cauchy"));
    assertRefused("'df'", "cdf", Scalar.of(1.0), Scalar.of("t"));
    assertRefused("probability from 0 to 1, not 1.5", "qnorm", Scalar.of(1.5));
    assertRefused("pnorm", "pnorm", Scalar.of(1.5), Scalar.of(0.0), Scalar.of(-1.0));
  }

  private void assertRefused(String word, String opcode, Scalar... inputs) {
    assertThatThrownBy(() -> runScalar(opcode, inputs))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(word);
  }
}
