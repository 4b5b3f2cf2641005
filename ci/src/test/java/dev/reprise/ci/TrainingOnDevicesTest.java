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
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

  private static final DeviceConfig ONE_BY_ONE =
      new DeviceConfig(OPENCL, List.of(), Map.of(), false);

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
    assertAreStartedAtOnce(devices -> run(network, 40, devices, reuse), 2, 0);
  }

  /**
   * A loop that sums its loss up reads a number of each iteration later. How many iterations are
   * started at once depends on how late the program's thread is; those of the first seconds may not
   * be.
   */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void mostIterationsOfALoopThatSumsItsLossUpAreStartedAtOnce(ReuseMode reuse) {
    Map<String, String> arguments = new TreeMap<>();
    arguments.putAll(Map.of("rows", "2048", "batch", "8", "epochs", "4", "h1", "8", "h2", "8"));
    assertAreStartedAtOnce(
        devices -> run("bench/workloads/train-mlp.dml", arguments, devices, reuse), 4, 4 * 256 / 4);
  }

  /** Layers with several results, of which the program knows the sizes before they are there. */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void mostIterationsOfALoopOverSequencesAreStartedAtOnce(ReuseMode reuse) {
    assertAreStartedAtOnce(
        devices -> run("examples/lstm.dml", text(12), devices, reuse), 12, 12 * 6 / 4);
  }

  /**
   * Weights in lists, numbers that matrices are multiplied by while the iteration goes on, and
   * matrices made of numbers: the worker waits for these in their turn, so each iteration launches
   * the same, in stretches.
   */
  @Test
  void iterationsWithNumbersInTheirMidstAreStartedInStretches() {
    assertAreStartedAtOnce(
        devices -> run("examples/transformer.dml", text(30), devices, ReuseMode.NONE), 30, 60);
  }

  /** With reuse some find values that others compute, so how many are alike is chance. */
  @Test
  void iterationsThatFindNumbersInTheirMidstGiveTheSameNumbers() {
    assertSameNumbers(
        run("examples/transformer.dml", text(30), DeviceConfig.of(OPENCL), ReuseMode.HYBRID),
        run("examples/transformer.dml", text(30), ONE_BY_ONE, ReuseMode.HYBRID),
        30);
  }

  /** Nobody waits for the norm: each iteration launches the same, whoever is faster. */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void iterationsThatScaleByANormLaunchTheSameAndAreStartedAtOnce(
      ReuseMode reuse, @TempDir Path folder) throws IOException {
    String script =
        """
        source("nn/optim/clip.dml") as clip
        X = rand(rows=512, cols=16, min=-1, max=1, seed=1); y = rowSums(X ^ 2)
        p = list(rand(rows=16, cols=12, min=-1, max=1, seed=2), rand(rows=12, cols=1, seed=3))
        for (e in 1:$epochs) {
          total = 0
          for (k in 1:32) {
            A = X[((k - 1) * 16 + 1):(k * 16), ]; b = y[((k - 1) * 16 + 1):(k * 16), ]
            H = tanh(A %*% as.matrix(p[1])); D = (H %*% as.matrix(p[2]) - b) / 16
            g = list(t(A) %*% ((D %*% t(as.matrix(p[2]))) * (1 - H ^ 2)), t(H) %*% D)
            [g, norm] = clip::by_norm(g, 0.1)
            for (i in 1:2) p[i] = as.matrix(p[i]) - 0.1 * as.matrix(g[i])
            total = total + sum(D ^ 2)
          }
          print("epoch " + e + " " + total)
        }
        """;
    String file = Files.writeString(folder.resolve("norm.dml"), script).toString();
    Function<DeviceConfig, ScriptOutput.Outcome> twelve =
        devices -> run(file, Map.of("epochs", "12"), devices, reuse);
    assertAreStartedAtOnce(twelve, 12, 12 * 32 / 4);
    if (reuse == ReuseMode.NONE) {
      long few = use(run(file, Map.of("epochs", "8"), ONE_BY_ONE, reuse).statistics()).launches();
      long many = use(twelve.apply(ONE_BY_ONE).statistics()).launches();
      assertThat((many - few) % (4 * 32)).isZero();
    }
  }

  /** The program waits in each iteration, among loops of one launch that are parts of it. */
  @ParameterizedTest
  @CsvSource({"NONE", "HYBRID"})
  void iterationsThatLookAtANumberAreStartedInStretches(ReuseMode reuse, @TempDir Path folder)
      throws IOException {
    String script =
        """
        X = rand(rows=512, cols=16, min=-1, max=1, seed=1); y = rowSums(X ^ 2)
        p = list(rand(rows=16, cols=12, min=-1, max=1, seed=2), rand(rows=12, cols=1, seed=3))
        for (e in 1:12) {
          total = 0
          for (k in 1:32) {
            A = X[((k - 1) * 16 + 1):(k * 16), ]; b = y[((k - 1) * 16 + 1):(k * 16), ]
            H = tanh(A %*% as.matrix(p[1])); D = (H %*% as.matrix(p[2]) - b) / 16
            g = list(t(A) %*% ((D %*% t(as.matrix(p[2]))) * (1 - H ^ 2)), t(H) %*% D)
            squares = 0.0
            for (i in 1:2) squares = squares + sum(as.matrix(g[i]) ^ 2)
            if (sqrt(squares) > 0.001)
              for (i in 1:2) g[i] = as.matrix(g[i]) * (0.1 / sqrt(squares))
            for (i in 1:2) p[i] = as.matrix(p[i]) - 0.1 * as.matrix(g[i])
            total = total + sum(D ^ 2)
          }
          print("epoch " + e + " " + total)
        }
        """;
    Path file = Files.writeString(folder.resolve("clipped.dml"), script);
    assertAreStartedAtOnce(
        devices -> run(file.toString(), Map.of(), devices, reuse), 12, 12 * 32 / 4);
  }

  private static Map<String, String> text(int epochs) {
    Path text = ScriptOutput.projectRoot().resolve("LICENSE");
    return Map.of("epochs", String.valueOf(epochs), "text", text.toString());
  }

  private static ScriptOutput.Outcome run(
      String script, Map<String, String> arguments, DeviceConfig devices, ReuseMode reuse) {
    ScriptOutput.Outcome outcome =
        ScriptOutput.run(
            ScriptOutput.projectRoot().resolve(script),
            arguments,
            ScriptOutput.config().withReuse(reuse).withDevices(devices));
    assertThat(outcome.failureText()).isEmpty();
    return outcome;
  }

  /** More than so many, with the numbers that launches one by one give. */
  private static void assertAreStartedAtOnce(
      Function<DeviceConfig, ScriptOutput.Outcome> run, int lines, long most) {
    ScriptOutput.Outcome found = run.apply(DeviceConfig.of(OPENCL));
    assertSameNumbers(found, run.apply(ONE_BY_ONE), lines);
    assertThat(use(found.statistics()).replays()).isGreaterThan(most);
  }

  private static void assertSameNumbers(
      ScriptOutput.Outcome found, ScriptOutput.Outcome oneByOne, int lines) {
    assertThat(numbers(found)).isEqualTo(numbers(oneByOne)).hasSize(lines);
    assertThat(use(oneByOne.statistics()).replays()).isZero();
  }

  private static List<String> numbers(ScriptOutput.Outcome outcome) {
    return outcome
        .output()
        .lines()
        .filter(line -> line.startsWith("epoch ") || line.startsWith("check "))
        .toList();
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
    assertThat(numbers(found)).isEqualTo(numbers(expected)).hasSize(1);
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
