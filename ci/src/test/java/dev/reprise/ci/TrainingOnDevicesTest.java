package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.DeviceReport;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The training loops of bench/training, small, on OpenCL: the numbers of the processor, and a
 * steady state without copies, fallbacks or more memory. Skipped, aloud, without OpenCL.
 */
@Timeout(300)
class TrainingOnDevicesTest {
  private static final String OPENCL = "opencl:0";

  @BeforeAll
  static void needsOpenCl() {
    try (Session session = Reprise.session(SessionConfig.defaults())) {
      DeviceReport report = session.accelerators();
      assumeTrue(
          report.found().stream().anyMatch(each -> each.name().equals(OPENCL)),
          () -> "no OpenCL device: " + report.absences());
    }
  }

  private static ScriptOutput.Outcome run(
      String network, int iterations, DeviceConfig devices, ReuseMode reuse) {
    Map<String, String> arguments = new TreeMap<>();
    arguments.putAll(Map.of("inputs", "20", "hidden", "16", "size", "8", "batch", "8"));
    arguments.putAll(Map.of("warming", "4", "iterations", String.valueOf(iterations)));
    SessionConfig config =
        ScriptOutput.config().withReuse(reuse).withPrecision(Precision.FP32).withDevices(devices);
    ScriptOutput.Outcome outcome =
        ScriptOutput.run(
            ScriptOutput.projectRoot().resolve("bench/training/" + network + ".dml"),
            arguments,
            config);
    assertThat(outcome.failureText()).isEmpty();
    return outcome;
  }

  private static List<Double> checks(ScriptOutput.Outcome outcome) {
    return outcome
        .output()
        .lines()
        .filter(line -> line.startsWith("check "))
        .map(line -> Double.parseDouble(line.substring("check ".length())))
        .toList();
  }

  private static DeviceUse use(RunStatistics statistics) {
    return statistics.devices().getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, NONE", "mlp, TRACE", "mlp, FULL", "mlp, HYBRID",
    "autoencoder, NONE", "autoencoder, HYBRID", "lenet, NONE", "lenet, HYBRID"
  })
  void aLoopTrainsTheSameNetworkAsOnTheProcessor(String network, ReuseMode reuse) {
    List<Double> expected = checks(run(network, 6, DeviceConfig.CPU, ReuseMode.NONE));
    ScriptOutput.Outcome outcome = run(network, 6, DeviceConfig.of(OPENCL), reuse);
    List<Double> found = checks(outcome);
    assertThat(found).hasSize(expected.size()).hasSize(2);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).isCloseTo(expected.get(i), within(1e-4 * expected.get(i)));
    }
    assertThat(use(outcome.statistics()).fallbacks()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"mlp", "autoencoder", "lenet"})
  void theSteadyStateCopiesNothingAndTakesNoMoreMemory(String network) {
    RunStatistics shortRun = run(network, 20, DeviceConfig.of(OPENCL), ReuseMode.NONE).statistics();
    RunStatistics longRun = run(network, 60, DeviceConfig.of(OPENCL), ReuseMode.NONE).statistics();
    DeviceUse few = use(shortRun);
    DeviceUse many = use(longRun);
    assertThat(few.firstFallback()).isEmpty();
    assertThat(many.firstFallback()).isEmpty();
    assertThat(many.executed() - few.executed()).isPositive();
    assertThat((many.executed() - few.executed()) % 40)
        .as("%s%n%s", shortRun.operations(), longRun.operations())
        .isZero();
    assertThat(many.launches()).isGreaterThan(few.launches());
    assertThat(many.uploads()).isEqualTo(few.uploads());
    assertThat(many.downloads()).isEqualTo(few.downloads());
    // Run-ahead varies by a few values; 40 more iterations would hold many times as much.
    assertThat(many.peakBytes()).isLessThan(3 * few.peakBytes());
  }

  @ParameterizedTest
  @CsvSource({"mlp, NONE", "mlp, HYBRID", "autoencoder, NONE", "autoencoder, TRACE"})
  void iterationsThatComeAgainAreStartedAtOnceWithTheSameBits(String network, ReuseMode reuse) {
    DeviceConfig apart = new DeviceConfig(OPENCL, List.of(), Map.of(), false);
    ScriptOutput.Outcome expected = run(network, 40, apart, reuse);
    ScriptOutput.Outcome found = run(network, 40, DeviceConfig.of(OPENCL), reuse);
    assertThat(checks(found)).isEqualTo(checks(expected)).hasSize(2);
    assertThat(use(expected.statistics()).replays()).isZero();
    assertThat(use(found.statistics()).replays()).isPositive();
  }

  /**
   * A loop that sums its loss up reads a number of each iteration later. How many iterations are
   * started at once depends on how late the program's thread is; those of the first seconds may not
   * be.
   */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void mostIterationsOfALoopThatSumsItsLossUpAreStartedAtOnce(ReuseMode reuse) {
    ScriptOutput.Outcome expected =
        summingItsLoss(new DeviceConfig(OPENCL, List.of(), Map.of(), false), reuse);
    ScriptOutput.Outcome found = summingItsLoss(DeviceConfig.of(OPENCL), reuse);
    assertThat(losses(found)).isEqualTo(losses(expected)).hasSize(4);
    assertThat(use(found.statistics()).replays()).isGreaterThan(4 * 256 / 4);
  }

  /** Layers with several results, of which the program knows the sizes before they are there. */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void mostIterationsOfALoopOverSequencesAreStartedAtOnce(ReuseMode reuse) {
    ScriptOutput.Outcome expected =
        sequences(new DeviceConfig(OPENCL, List.of(), Map.of(), false), reuse);
    ScriptOutput.Outcome found = sequences(DeviceConfig.of(OPENCL), reuse);
    assertThat(losses(found)).isEqualTo(losses(expected)).hasSize(12);
    assertThat(use(found.statistics()).replays()).isGreaterThan(12 * 6 / 4);
  }

  /** The loop over layers launches too little to be held back, amid an iteration that is. */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void aNumberAmidAnIterationComesAlsoBehindASmallerLoop(ReuseMode reuse, @TempDir Path folder)
      throws IOException {
    Path script = folder.resolve("layers.dml");
    Files.writeString(
        script,
        """
        A = matrix(seq(1, 64), 8, 8) / 64
        V = matrix(0.25, 8, 8)
        losses = matrix(0, 40, 1)
        for (step in 1:40) {
          B = tanh(V %*% A) * 0.5 + V
          G = sigmoid(B %*% A) %*% A
          for (layer in 1:2) { G = G %*% A * 0.01 }
          losses[step, 1] = mean(G)
          V = V - 0.01 * (G %*% B)
          V = V + 0.001 * (V %*% A)
        }
        print("epoch " + round(sum(losses) * 1e9))
        """);
    SessionConfig config = ScriptOutput.config().withReuse(reuse);
    ScriptOutput.Outcome expected = ScriptOutput.run(script, Map.of(), config);
    ScriptOutput.Outcome found =
        ScriptOutput.run(script, Map.of(), config.withDevices(DeviceConfig.of(OPENCL)));
    assertThat(found.failureText()).isEmpty();
    assertThat(losses(found)).isEqualTo(losses(expected)).hasSize(1);
  }

  private static ScriptOutput.Outcome sequences(DeviceConfig devices, ReuseMode reuse) {
    ScriptOutput.Outcome outcome =
        ScriptOutput.run(
            ScriptOutput.projectRoot().resolve("examples/lstm.dml"),
            Map.of(
                "epochs", "12", "text", ScriptOutput.projectRoot().resolve("LICENSE").toString()),
            ScriptOutput.config().withReuse(reuse).withDevices(devices));
    assertThat(outcome.failureText()).isEmpty();
    return outcome;
  }

  private static ScriptOutput.Outcome summingItsLoss(DeviceConfig devices, ReuseMode reuse) {
    Map<String, String> arguments = new TreeMap<>();
    arguments.putAll(Map.of("rows", "2048", "batch", "8", "epochs", "4", "h1", "8", "h2", "8"));
    ScriptOutput.Outcome outcome =
        ScriptOutput.run(
            ScriptOutput.projectRoot().resolve("bench/workloads/train-mlp.dml"),
            arguments,
            ScriptOutput.config().withReuse(reuse).withDevices(devices));
    assertThat(outcome.failureText()).isEmpty();
    return outcome;
  }

  private static List<String> losses(ScriptOutput.Outcome outcome) {
    return outcome.output().lines().filter(line -> line.startsWith("epoch ")).toList();
  }

  /** Operands that were still to come used to be copied home, ahead of nobody. */
  @ParameterizedTest
  @CsvSource({"mlp", "autoencoder", "lenet"})
  void reuseCopiesNothingBack(String network) {
    DeviceUse use = use(run(network, 20, DeviceConfig.of(OPENCL), ReuseMode.HYBRID).statistics());
    assertThat(use.executed()).isPositive();
    assertThat(use.downloads()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void aSmallBudgetChangesNoNumber(ReuseMode reuse) {
    List<Double> expected = checks(run("mlp", 6, DeviceConfig.CPU, ReuseMode.NONE));
    // Less than the data and the weights.
    DeviceConfig small = new DeviceConfig(OPENCL, List.of(), Map.of(OPENCL, 16L << 10));
    List<Double> found = checks(run("mlp", 6, small, reuse));
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).isCloseTo(expected.get(i), within(1e-4 * expected.get(i)));
    }
  }
}
