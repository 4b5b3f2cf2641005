package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.language.CompileException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts on accelerators with memory of their own: the same answers, and nothing left behind. */
class DevicePlacementTest {
  private static final String MANY =
      """
      X = rand(rows=200, cols=20, seed=1)
      s = 0
      for (i in 1:6) {
        Y = X * i + 1
        Z = cbind(Y, X[, 2:4]) / 3
        A = t(Z) %*% Z
        A[2, ] = A[1, ] * 2
        s = s + sum(A) + sum(rowSums(Y) * 2)
        R = X * 2 + 1
        s = s + sum(R)
      }
      print(s)
      R = matrix(0, 8, 1)
      parfor (i in 1:8, par=4) {
        R[i, 1] = sum((t(X) %*% X) * i)
      }
      print(toString(R))
      """;

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));
  private final List<FakeAccelerator> fakes = new ArrayList<>();

  private FakeAccelerator fake(int number, long limit) {
    FakeAccelerator fake = new FakeAccelerator("fake:" + number, kernels, limit);
    fakes.add(fake);
    return fake;
  }

  @AfterEach
  void nothingIsLeft() {
    kernels.close();
    for (FakeAccelerator fake : fakes) {
      assertThat(fake.liveBuffers()).as(fake.name()).isZero();
      assertThat(fake.liveScratch()).as(fake.name()).isZero();
      assertThat(fake.isClosed() || fake.launches() == 0).as(fake.name()).isTrue();
    }
  }

  private record Outcome(String output, RunStatistics statistics) {
    DeviceUse device(int number) {
      return statistics.devices().get(number);
    }
  }

  private static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return SessionConfig.defaults()
        .withThreads(2)
        .withSeed(7)
        .withReuse(reuse)
        .withHostBytes(256L << 20)
        .withDevices(devices);
  }

  private Outcome run(SessionConfig config, String script) {
    return run(
        config,
        script,
        List.of(FakeAccelerator.provider("fake", fakes.toArray(FakeAccelerator[]::new))));
  }

  private static Outcome run(
      SessionConfig config, String script, List<AcceleratorProvider> providers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    RunStatistics statistics;
    SessionServices services =
        SessionServices.withAccelerators(config.withOutput(out, out), CacheEvents.NONE, providers);
    try (services) {
      ScriptRunner runner = ScriptCompiler.compile(services, script, CompileOptions.none());
      ScriptRunner.Outcome outcome = runner.run(Map.of());
      outcome.values().values().forEach(dev.reprise.runtime.Value::release);
      statistics = outcome.statistics();
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    out.flush();
    return new Outcome(bytes.toString(StandardCharsets.UTF_8), statistics);
  }

  private String expected() {
    return run(config(DeviceConfig.CPU, ReuseMode.NONE), MANY).output();
  }

  private static DeviceConfig on(String placement, String... among) {
    return new DeviceConfig(placement, List.of(among), Map.of());
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void everythingOnOneAcceleratorGivesTheSameAnswers(ReuseMode reuse) {
    String expected = expected();
    FakeAccelerator fake = fake(0, 64 << 20);
    Outcome outcome = run(config(on("fake:0"), reuse), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(fake.log()).contains("rand", "*", "rightIndex", "sum", "rowSums", "tsmm");
    assertThat(outcome.device(0).executed()).isEqualTo(fake.launches());
    assertThat(outcome.device(0).fallbacks()).isZero();
  }

  @Test
  void autoTakesAGpuThatIsThereUnderTwoInterfacesOnce() {
    FakeAccelerator under = new FakeAccelerator("opencl:0", kernels, 64 << 20);
    FakeAccelerator cuda = new FakeAccelerator("cuda:0", kernels, 64 << 20);
    List<AcceleratorProvider> both =
        List.of(FakeAccelerator.provider("opencl", under), FakeAccelerator.provider("cuda", cuda));
    fakes.addAll(List.of(under, cuda));
    String large = "X = rand(rows=2000, cols=1000, seed=1)\nprint(sum(t(X) %*% X) > 0)\n";
    Outcome outcome = run(config(on("auto"), ReuseMode.NONE), large, both);
    assertThat(outcome.statistics().devices())
        .extracting(DeviceUse::name)
        .containsExactly("cuda:0");
    assertThat(under.launches()).isZero();
    Outcome named = run(config(on("auto", "opencl:0", "cuda:0"), ReuseMode.NONE), large, both);
    assertThat(named.statistics().devices())
        .extracting(DeviceUse::name)
        .containsExactly("opencl:0", "cuda:0");
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void productsOfCompressedMatricesRunOnTheAcceleratorAndNothingElseDoes(ReuseMode reuse) {
    String script =
        """
        X = table(seq(1, 900), 1 + (seq(1, 900) * 7) %% 500, 900, 500)
        B = matrix(seq(1, 1000), rows=500, cols=2)
        P = X %*% B
        print(sum(P) + " " + as.scalar(P[900, 2]))
        Y = X * 3
        Q = t(Y) %*% P
        print(sum(Q) + " " + sum(Y))
        """;
    String expected = run(config(DeviceConfig.CPU, ReuseMode.NONE), script).output();
    FakeAccelerator fake = fake(0, 64 << 20);
    Outcome outcome = run(config(on("fake:0"), reuse), script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(fake.log().stream().filter("matmul"::equals)).hasSize(2);
    assertThat(outcome.device(0).fallbacks()).isZero();
    // Each of the two compressed matrices is copied there once, and the sequence that the fake
    // multiplies.
    assertThat(outcome.device(0).uploads()).isEqualTo(3);
    assertThat(outcome.device(0).uploadedBytes()).isEqualTo(2 * (8 * 901 + 12 * 900) + 8 * 900);
  }

  @Test
  void autoPlacesAProductByItsNonZerosNotByItsCells() {
    String product =
        "B = matrix(\"" + "7 ".repeat(5000) + "\", rows=500, cols=10)\nprint(sum(X %*% B))\n";
    String sparse = "X = table(seq(1, 900), 1 + (seq(1, 900) * 7) %% 500, 900, 500)\n" + product;
    String dense = "X = matrix(seq(1, 450000), rows=900, cols=500)\n" + product;
    FakeAccelerator first = fake(0, 64 << 20);
    run(config(on("auto", "fake:0"), ReuseMode.NONE), sparse);
    assertThat(first.log()).doesNotContain("matmul");
    fakes.clear();
    FakeAccelerator second = fake(0, 64 << 20);
    run(config(on("auto", "fake:0"), ReuseMode.NONE), dense);
    assertThat(second.log()).contains("matmul");
  }

  @ParameterizedTest
  @ValueSource(strings = {"round-robin", "auto"})
  void twoAcceleratorsShareTheWorkOfOneScript(String policy) {
    String expected = expected();
    fake(0, 64 << 20);
    fake(1, 64 << 20);
    Outcome outcome = run(config(on(policy, "fake:0", "fake:1"), ReuseMode.HYBRID), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    if (policy.equals("round-robin")) {
      assertThat(outcome.device(0).executed()).isPositive();
      assertThat(outcome.device(1).executed()).isPositive();
      assertThat(outcome.statistics().executed())
          .isGreaterThan(outcome.device(0).executed() + outcome.device(1).executed());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "HYBRID"})
  void aSmallBudgetMovesCopiesToTheHostAndBack(ReuseMode reuse) {
    String expected = expected();
    FakeAccelerator fake = fake(0, 64 << 20);
    // Room for three matrices of the script's size.
    DeviceConfig small = new DeviceConfig("fake:0", List.of(), Map.of("fake:0", 110_000L));
    Outcome outcome = run(config(small, reuse), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    DeviceUse use = outcome.device(0);
    assertThat(use.demotions() + use.dropped()).isPositive();
    assertThat(use.uploads()).isPositive();
    assertThat(use.peakBytes()).isLessThanOrEqualTo(110_000L);
    assertThat(fake.launches()).isPositive();
  }

  @Test
  void whatAnAcceleratorHasNoRoomForRunsOnTheProcessorAndIsCounted() {
    String expected = expected();
    fake(0, 64 << 20);
    DeviceConfig tiny = new DeviceConfig("fake:0", List.of(), Map.of("fake:0", 20_000L));
    Outcome outcome = run(config(tiny, ReuseMode.HYBRID), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).fallbacks()).isPositive();
  }

  @Test
  void aFailureOfAnyAllocationOrLaunchChangesNoAnswer() {
    String expected = expected();
    FakeAccelerator counted = fake(0, 64 << 20);
    run(config(on("fake:0"), ReuseMode.HYBRID), MANY);
    long allocations = counted.allocations();
    long launches = counted.launches();
    for (long number = 1; number <= allocations; number += 7) {
      fakes.clear();
      fake(0, 64 << 20).failAllocation(number);
      assertThat(run(config(on("fake:0"), ReuseMode.HYBRID), MANY).output())
          .as("allocation %d", number)
          .isEqualTo(expected);
    }
    for (long number = 1; number <= launches; number += 7) {
      fakes.clear();
      FakeAccelerator failing = fake(0, 64 << 20).failLaunch(number);
      Outcome outcome = run(config(on("fake:0"), ReuseMode.HYBRID), MANY);
      assertThat(outcome.output()).as("launch %d", number).isEqualTo(expected);
      // Workers of a parfor loop may find more in one run than in another.
      assertThat(outcome.device(0).fallbacks()).isEqualTo(failing.launches() < number ? 0 : 1);
    }
  }

  @Test
  void anAcceleratorThatDisappearsAtOnceLeavesTheWorkToTheProcessor() {
    String expected = expected();
    fake(0, 64 << 20).loseAtLaunch(1);
    Outcome outcome = run(config(on("fake:0"), ReuseMode.HYBRID), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).executed()).isZero();
  }

  @Test
  void exactNumericsKeepToOneDeviceOrFail() {
    SessionConfig exact = config(on("fake:0"), ReuseMode.HYBRID).withNumerics(Numerics.EXACT);
    FakeAccelerator fake = fake(0, 64 << 20);
    String expected = run(exact, MANY).output();
    assertThat(fake.launches()).isPositive();
    fakes.clear();
    FakeAccelerator unused = fake(0, 64 << 20);
    run(config(on("round-robin"), ReuseMode.HYBRID).withNumerics(Numerics.EXACT), MANY);
    assertThat(unused.launches()).isZero();
    fakes.clear();
    fake(0, 64 << 20).failLaunch(5);
    assertThatThrownBy(() -> run(exact, MANY)).hasMessageContaining("launch 5 was ordered to fail");
    fakes.clear();
    fake(0, 64 << 20);
    assertThat(run(exact, MANY).output()).isEqualTo(expected);
  }

  @Test
  void operationsThatDependOnEachOtherRunInOrderWithoutReuse() {
    FakeAccelerator fake = fake(0, 64 << 20);
    String output =
        run(
                config(on("fake:0"), ReuseMode.NONE),
                """
                X = rand(rows=50, cols=50, seed=1)
                A = X %*% X
                B = X * 2
                C = A + B
                print(sum(C) > 0)
                """)
            .output();
    assertThat(output).isEqualTo("TRUE\n");
    assertThat(fake.log()).containsExactly("rand", "matmul", "*", "+", "sum");
  }

  @Test
  void inRoundRobinEachOperationTakesOneTurn() {
    FakeAccelerator fake = fake(0, 64 << 20);
    Outcome outcome =
        run(
            config(on("round-robin", "fake:0"), ReuseMode.NONE),
            """
            X = rand(rows=50, cols=50, seed=1)
            A = X %*% X
            B = A %*% X
            C = B %*% X
            print(sum(C) > 0)
            """);
    assertThat(outcome.output()).isEqualTo("TRUE\n");
    assertThat(fake.log()).containsExactly("rand", "matmul", "sum");
  }

  @Test
  void anErrorOfValuesIsTheScriptsErrorWithItsLine() {
    fake(0, 64 << 20);
    assertThatThrownBy(() ->
            run(
                config(on("fake:0"), ReuseMode.HYBRID),
                "A = matrix(1, 3, 3)\nb = matrix(1, 3, 1)\nx = solve(A, b)\nprint(sum(x))"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("singular");
  }

  @Test
  void everyNamedDeviceMustBeThere() {
    fake(0, 64 << 20);
    assertThatThrownBy(
            () -> run(config(on("auto", "fake:0", "fake:7"), ReuseMode.NONE), "print(1)"))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("there is no device fake:7");
    assertThat(fakes.getFirst().isClosed()).isTrue();
  }

  @Test
  void aDeviceThatIsNotThereIsNamedWithTheReason() {
    assertThatThrownBy(() -> run(config(on("fake:3"), ReuseMode.NONE), "print(1)"))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("there is no device fake:3");
  }
}
