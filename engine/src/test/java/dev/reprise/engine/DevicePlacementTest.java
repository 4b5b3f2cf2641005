package dev.reprise.engine;

import static dev.reprise.engine.FakeDevices.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.runtime.ResourceException;
import dev.reprise.testkit.FakeAccelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  /** The devices of the next run. */
  private final List<FakeAccelerator> fakes = new ArrayList<>();

  private FakeAccelerator fake(int number, long limit) {
    FakeAccelerator fake = devices.device("fake:" + number, limit);
    fakes.add(fake);
    return fake;
  }

  private static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return FakeDevices.config(devices, reuse).withThreads(2);
  }

  private Outcome run(SessionConfig config, String script) {
    return FakeDevices.run(config, script, fakes.toArray(FakeAccelerator[]::new));
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void everythingOnOneAcceleratorGivesTheSameAnswers(ReuseMode reuse) {
    String expected = FakeDevices.expected(MANY);
    FakeAccelerator fake = fake(0, 64 << 20);
    Outcome outcome = run(config(on("fake:0"), reuse), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(fake.log()).contains("rand", "*", "rightIndex", "sum", "rowSums", "tsmm");
    assertThat(outcome.device(0).executed()).isEqualTo(fake.launches());
    assertThat(outcome.device(0).fallbacks()).isZero();
  }

  @Test
  void autoTakesAGpuThatIsThereUnderTwoInterfacesOnce() {
    FakeAccelerator under = devices.device("opencl:0");
    FakeAccelerator cuda = devices.device("cuda:0");
    fakes.addAll(List.of(under, cuda));
    String large = "X = rand(rows=2000, cols=1000, seed=1)\nprint(sum(t(X) %*% X) > 0)\n";
    Outcome outcome = run(config(on("auto"), ReuseMode.NONE), large);
    assertThat(outcome.statistics().devices())
        .extracting(DeviceUse::name)
        .containsExactly("cuda:0");
    assertThat(under.launches()).isZero();
    Outcome named = run(config(on("auto", "opencl:0", "cuda:0"), ReuseMode.NONE), large);
    assertThat(named.statistics().devices())
        .extracting(DeviceUse::name)
        .containsExactly("opencl:0", "cuda:0");
  }

  /** No operation but the last is worth a look, and the work rule knows no element of a list. */
  @Test
  void autoLooksForAnAcceleratorWhenTheElementsOfAListAreMuchWork() {
    String script =
        """
        A = matrix(2, 200, 200)
        L = list()
        for (i in 1:%d) {
          L = append(L, A)
        }
        R = rbind(L)
        print(nrow(R) + " " + as.scalar(R[nrow(R), 200]))
        """;
    fakes.add(devices.device("cuda:0"));
    Outcome few = run(config(on("auto"), ReuseMode.NONE), script.formatted(20));
    assertThat(few.output()).isEqualTo("4000 2.0\n");
    assertThat(few.statistics().devices()).isEmpty();
    Outcome many = run(config(on("auto"), ReuseMode.NONE), script.formatted(60));
    assertThat(many.output()).isEqualTo("12000 2.0\n");
    assertThat(many.statistics().devices()).extracting(DeviceUse::name).containsExactly("cuda:0");
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
    String expected = FakeDevices.expected(script);
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
    String expected = FakeDevices.expected(MANY);
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
    String expected = FakeDevices.expected(MANY);
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
    String expected = FakeDevices.expected(MANY);
    fake(0, 64 << 20);
    DeviceConfig tiny = new DeviceConfig("fake:0", List.of(), Map.of("fake:0", 20_000L));
    Outcome outcome = run(config(tiny, ReuseMode.HYBRID), MANY);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).fallbacks()).isPositive();
    assertThat(outcome.device(0).firstFallback()).startsWith("'").contains("': ", "memory");
  }

  @Test
  void aFailureOfAnyAllocationOrLaunchChangesNoAnswer() {
    String expected = FakeDevices.expected(MANY);
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
      assertThat(outcome.device(0).firstFallback().isEmpty())
          .isEqualTo(failing.launches() < number);
    }
  }

  @Test
  void anAcceleratorThatDisappearsAtOnceLeavesTheWorkToTheProcessor() {
    String expected = FakeDevices.expected(MANY);
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
  void anErrorSaysTheValuesThatWereWaitedFor() {
    fake(0, 64 << 20);
    assertThatThrownBy(() ->
            run(
                config(on("fake:0"), ReuseMode.NONE),
                "A = rand(rows=20, cols=20, seed=1)\nassert(sum(A %*% A) < 0)"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("assertion failed [assert(boolean FALSE)]");
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

  @ParameterizedTest
  @ValueSource(strings = {"round-robin", "fake:0"})
  void aBudgetForADeviceThatIsNotThereNamesThoseThatAre(String placement) {
    fake(0, 64 << 20);
    fake(1, 64 << 20);
    DeviceConfig devices =
        new DeviceConfig(placement, List.of(), Map.of("fake:0", 1L << 20, "fake:7", 1L << 20));
    assertThatThrownBy(() -> run(config(devices, ReuseMode.NONE), "print(1)"))
        .isInstanceOf(ResourceException.class)
        .hasMessage(
            "a budget of memory is given for fake:7, but there is no such device;"
                + " there are the processor and fake:0, fake:1");
  }

  @Test
  void aBudgetMayBeForADeviceThatThePlacementLeavesOut() {
    fake(0, 64 << 20);
    fake(1, 64 << 20);
    DeviceConfig other = new DeviceConfig("fake:0", List.of(), Map.of("fake:1", 1L << 20));
    assertThat(run(config(other, ReuseMode.NONE), "print(1)").statistics().devices())
        .extracting(DeviceUse::name)
        .containsExactly("fake:0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "auto"})
  void whereNobodyAsksForDevicesNobodyLooksForThem(String placement) {
    DeviceConfig devices = new DeviceConfig(placement, List.of(), Map.of("fake:7", 1L << 20));
    assertThat(run(config(devices, ReuseMode.NONE), "print(1)").output()).isEqualTo("1\n");
  }
}
