package dev.reprise.engine;

import static dev.reprise.engine.FakeDevices.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.testkit.FakeAccelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Devices that disappear with values: what they held is computed again from its lineage. */
@Timeout(300)
class LostDeviceTest {
  /** Loops, a function, left indexing, appends, products, a while loop whose trace is a run. */
  private static final String SCRIPT =
      """
      step = function(matrix[double] A, double f) return (matrix[double] B, double s) {
        B = A * f + 1
        s = sum(B)
      }
      X = rand(rows=100, cols=90, seed=1)
      Y = rand(rows=90, cols=60, seed=2)
      W = X %*% Y
      s = 0
      for (i in 1:4) {
        [B, b] = step(W, i)
        Z = cbind(B, X[, 1:3])
        A = t(Z) %*% Z
        A[2, ] = A[1, ] * 2
        s = s + b + sum(A) / 1000
      }
      V = W
      k = 0
      while (k < 5) {
        V = V / 2 + W
        k = k + 1
      }
      print(s)
      print(sum(V))
      print(sum(X))
      print(toString(W[1:2, 1:2]))
      """;

  private static final String WORKERS =
      """
      X = rand(rows=100, cols=90, seed=1)
      Y = rand(rows=90, cols=60, seed=2)
      W = X %*% Y
      R = matrix(0, 8, 1)
      parfor (i in 1:8, par=4) {
        P = W * 2 + 1
        Q = t(P) %*% P
        R[i, 1] = sum(Q * i) + sum(W)
      }
      print(toString(R))
      print(sum(W) + sum(X))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  /** The devices of the next run. */
  private final List<FakeAccelerator> fakes = new ArrayList<>();

  private FakeAccelerator fake(int number) {
    FakeAccelerator fake = devices.device("fake:" + number);
    fakes.add(fake);
    return fake;
  }

  private static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return FakeDevices.config(devices, reuse).withHostBytes(64L << 20);
  }

  private Outcome run(SessionConfig config, String script) {
    return run(config, services -> FakeDevices.compile(services, script).run(Map::of));
  }

  private Outcome run(SessionConfig config, FakeDevices.Use use) {
    return FakeDevices.run(config, CacheEvents.NONE, use, fakes.toArray(FakeAccelerator[]::new));
  }

  private interface Points {
    long of(FakeAccelerator fake);
  }

  /** The device disappears at every launch, copy or wait in turn. */
  private long atEachPoint(
      ReuseMode reuse, Points points, BiConsumer<FakeAccelerator, Integer> lose) {
    String expected = FakeDevices.expected(SCRIPT);
    FakeAccelerator counted = fake(0);
    assertThat(run(config(on("fake:0"), reuse), SCRIPT).output()).isEqualTo(expected);
    long most = points.of(counted);
    assertThat(most).isPositive();
    long restored = 0;
    for (int point = 1; point <= most; point++) {
      fakes.clear();
      lose.accept(fake(0), point);
      Outcome outcome = run(config(on("fake:0"), reuse), SCRIPT);
      assertThat(outcome.output()).as("point %d of %d", point, most).isEqualTo(expected);
      restored += outcome.restored();
    }
    return restored;
  }

  @ParameterizedTest
  @EnumSource(names = {"TRACE", "FULL", "HYBRID"})
  void aDeviceThatDisappearsAtAnyLaunchEndsNoScript(ReuseMode reuse) {
    long restored = atEachPoint(reuse, FakeAccelerator::launches, FakeAccelerator::loseAtLaunch);
    assertThat(restored).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"TRACE", "HYBRID"})
  void aDeviceThatDisappearsDuringAnyCopyEndsNoScript(ReuseMode reuse) {
    long restored = atEachPoint(reuse, FakeAccelerator::copies, FakeAccelerator::loseAtCopy);
    assertThat(restored).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"TRACE", "HYBRID"})
  void aDeviceThatDisappearsAtAnyWaitEndsNoScript(ReuseMode reuse) {
    long restored = atEachPoint(reuse, FakeAccelerator::marks, FakeAccelerator::loseAtMark);
    assertThat(restored).isPositive();
  }

  /** The same operations again and again, whose values are given out at their launch. */
  private static final String CHAIN =
      """
      X = rand(rows=100, cols=100, seed=1)
      Y = X
      for (i in 1:6) {
        X = (X %*% Y) / 100
        Y = t(X) + i
      }
      print(sum(X) + " " + sum(Y))
      """;

  @ParameterizedTest
  @EnumSource(names = {"TRACE", "HYBRID"})
  void aKernelThatFailsAfterItsValueWasGivenOutEndsNoScript(ReuseMode reuse) {
    for (String script : List.of(SCRIPT, CHAIN)) {
      String expected = FakeDevices.expected(script);
      fakes.clear();
      FakeAccelerator counted = fake(0);
      assertThat(run(config(on("fake:0"), reuse), script).output()).isEqualTo(expected);
      long restored = 0;
      for (int point = 1; point <= counted.marks(); point++) {
        fakes.clear();
        fake(0).failMark(point);
        Outcome outcome = run(config(on("fake:0"), reuse), script);
        assertThat(outcome.output()).as("wait %d", point).isEqualTo(expected);
        restored += outcome.restored();
      }
      assertThat(restored).as("values made anew").isPositive();
    }
  }

  @Test
  void withoutLineageAKernelThatFailsLateEndsTheScriptWithOneErrorOrNotAtAll() {
    String expected = FakeDevices.expected(CHAIN);
    FakeAccelerator counted = fake(0);
    run(config(on("fake:0"), ReuseMode.NONE), CHAIN);
    int errors = 0;
    for (int point = 1; point <= counted.marks(); point++) {
      fakes.clear();
      fake(0).failMark(point);
      try {
        assertThat(run(config(on("fake:0"), ReuseMode.NONE), CHAIN).output()).isEqualTo(expected);
      } catch (ScriptException e) {
        errors++;
        assertThat(e).hasMessageContaining("its lineage is not known");
      }
    }
    assertThat(errors).isPositive();
  }

  @RepeatedTest(20)
  void workersWhoseDevicesDisappearOneAfterTheOtherFinishWithTheSameAnswers() {
    String expected = FakeDevices.expected(WORKERS);
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    fake(0).loseAtLaunch(random.nextInt(1, 30));
    fake(1).loseAtLaunch(random.nextInt(1, 30));
    ReuseMode reuse = random.nextBoolean() ? ReuseMode.HYBRID : ReuseMode.TRACE;
    SessionConfig config = config(on("round-robin", "fake:0", "fake:1"), reuse);
    assertThat(run(config, WORKERS).output()).as("seed %d, %s", seed, reuse).isEqualTo(expected);
  }

  @Test
  void aValueThatSeveralWorkersNeedIsMadeAnewOnce() {
    String expected = FakeDevices.expected(WORKERS);
    // rand, rand and the product; then the device goes with all three.
    fake(0).loseAtLaunch(4);
    Outcome outcome = run(config(on("fake:0"), ReuseMode.TRACE), WORKERS);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.restored()).isBetween(1L, 3L);
  }

  @Test
  void whatWasComputedFromABoundMatrixIsComputedFromItAgain() {
    double[][] rows = new double[100][80];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = i * 7 % 11 + j;
      }
    }
    FakeDevices.Use script =
        services -> {
          Binding.Bound kept = Binding.matrix(services, rows, null);
          ScriptRunner.Outcome outcome =
              ScriptCompiler.compile(
                      services,
                      "A = G * 2\nB = A + 1\nprint(sum(cumsum(B)) + sum(A))",
                      CompileOptions.inputs("G"))
                  .run(() -> Map.of("G", Binding.borrowed(kept.value(), kept.item())));
          kept.value().release();
          return outcome;
        };
    String expected = run(config(DeviceConfig.CPU, ReuseMode.NONE), script).output();
    fake(0).loseAtCopy(2);
    Outcome outcome = run(config(on("fake:0"), ReuseMode.TRACE), script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.restored()).isPositive();
  }

  @Test
  void withoutLineageTheScriptEndsWithOneErrorThatSaysWhy() {
    fake(0).loseAtLaunch(8);
    assertThatThrownBy(() -> run(config(on("fake:0"), ReuseMode.NONE), SCRIPT))
        .hasMessageContaining("fake:0 is lost")
        .hasMessageContaining("its lineage is not known");
  }

  @Test
  void underExactNumericsNothingIsComputedElsewhere() {
    fake(0).loseAtLaunch(8);
    SessionConfig exact = config(on("fake:0"), ReuseMode.HYBRID).withNumerics(Numerics.EXACT);
    assertThatThrownBy(() -> run(exact, SCRIPT)).hasMessageContaining("fake:0 is lost");
  }
}
