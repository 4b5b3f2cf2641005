package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.testkit.FakeAccelerator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains of element-wise operations on accelerators: one launch, the answers and keys of many. */
class DeviceFusionTest {
  /** Claims of the products that come before the first chain of a loop. */
  private static final int CLAIMS_AHEAD = 3;

  /** The chain has four operations and an aggregate, and its inputs are still being computed. */
  private static final String LOOP =
      """
      X = rand(rows=60, cols=40, seed=1)
      Y = rand(rows=60, cols=40, seed=2)
      s = 0
      for (i in 1:20) {
        P = X %*% (t(X) %*% Y) / i
        E = (P - Y) * 2
        s = s + sum(abs(E) + i)
        X = X * 0.5 + Y * 0.25 - 0.1
      }
      print(s)
      print(sum(X))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  /** The accelerator of the last run. */
  private FakeAccelerator fake;

  private static SessionConfig config(String placement, ReuseMode reuse) {
    List<String> among =
        placement.equals("cpu") || placement.startsWith("fake") ? List.of() : List.of("fake:0");
    return FakeDevices.config(new DeviceConfig(placement, among, Map.of()), reuse).withThreads(2);
  }

  private Outcome run(SessionConfig config, String script) {
    fake = devices.device("fake:0");
    return FakeDevices.run(config, script, fake);
  }

  private Outcome onDevice(ReuseMode reuse, String script) {
    return run(config("fake:0", reuse), script);
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void aChainThatComesOftenBecomesOneLaunch(ReuseMode reuse) {
    String expected = FakeDevices.expected(LOOP);
    Outcome outcome = onDevice(reuse, LOOP);
    assertThat(outcome.output()).isEqualTo(expected);
    // The update of X and the sum, from the ninth time on.
    long fused = fake.log().stream().filter("fused"::equals).count();
    assertThat(fused).isEqualTo(2 * 12);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(fused);
    assertThat(outcome.executed("fused")).isZero();
    assertThat(outcome.device(0).executed()).isEqualTo(fake.launches());
    assertThat(outcome.device(0).fallbacks()).isZero();
  }

  @Test
  void fusedAndUnfusedChainsHaveTheSameTraces() {
    String script = LOOP + "print(lineage(X))\nprint(lineage(E))\n";
    for (ReuseMode reuse : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.HYBRID}) {
      String unfused = run(config("fake:0", reuse).withFusion(false), script).output();
      assertThat(fake.log()).doesNotContain("fused");
      assertThat(run(config("fake:0", reuse), script).output()).isEqualTo(unfused);
      assertThat(fake.log()).contains("fused");
    }
  }

  @Test
  void aValueThatAFusedChainComputedIsFoundByTheSameChain() {
    String script =
        """
        X = rand(rows=300, cols=40, seed=1)
        s = 0
        for (k in 1:2) {
          for (i in 1:20) {
            Z = exp(X / i) * 3 - X
            s = s + sum(Z %*% t(Z))
          }
        }
        print(s)
        """;
    String expected = FakeDevices.expected(script);
    Outcome outcome = onDevice(ReuseMode.HYBRID, script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(12);
    RunStatistics.OpcodeStatistics chains = outcome.statistics().of("-");
    assertThat(chains.hits() + chains.waits()).isEqualTo(20);
  }

  /**
   * The program comes to the chain's first operation before X is there, and to its last one after
   * it has waited for X: the chain has the expression of those that come later all the same.
   */
  @Test
  void aValueThatComesWhileItsChainIsPutOffIsOneLeaf() {
    String script =
        """
        X = rand(rows=300, cols=40, seed=1)
        for (i in 1:20) {
          A = X / i
          n = sum(t(X)) * 0 + 3
          V = matrix(i, rows=n, cols=1)
          Z = A * 3 - X
          print(sum(Z %*% t(Z)) + sum(t(V)))
        }
        """;
    String expected = FakeDevices.expected(script);
    TakenClaims claims = new TakenClaims();
    AtomicBoolean wentOn = new AtomicBoolean();
    fake = devices.device("fake:0");
    fake.beforeLaunch(() -> {
      if (fake.launches() == 0) {
        // Of X, and of t(X), to which the program comes after the division.
        wentOn.set(claims.come(2));
      }
    });
    Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.FULL), claims, script, fake);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(wentOn).isTrue();
    // From the ninth time on.
    assertThat(outcome.executed("fused (devices)")).isEqualTo(12);
  }

  @Test
  void theSecondRunOfASessionFindsWhatTheFirstComputed() {
    String expected = FakeDevices.expected(LOOP);
    Outcome both =
        FakeDevices.run(
            config("fake:0", ReuseMode.FULL),
            CacheEvents.NONE,
            services -> {
              ScriptRunner runner = FakeDevices.compile(services, LOOP);
              runner.run(Map::of).values().values().forEach(Value::release);
              return runner.run(Map::of);
            },
            devices.device("fake:0"));
    assertThat(both.output()).isEqualTo(expected + expected);
    assertThat(both.executed("fused (devices)")).isZero();
    assertThat(both.statistics().of("-").hits()).isPositive();
  }

  @Test
  void whatDoesNotFitOnTheDeviceIsComputedOnTheProcessorAndCounted() {
    String expected = FakeDevices.expected(LOOP);
    FakeAccelerator small = devices.device("fake:0", 50_000);
    Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.HYBRID), LOOP, small);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).fallbacks()).isPositive();
  }

  @Test
  void aFailedLaunchOfAChainIsDoneElsewhere() {
    // One operation after the other, so that launches have one order.
    String line =
        """
        X = rand(rows=60, cols=40, seed=1)
        for (i in 1:20) {
          X = X %*% (t(X) %*% X) * 0.01 + 0.5 - X
        }
        print(sum(X))
        """;
    String expected = onDevice(ReuseMode.NONE, line).output();
    long chain = fake.log().indexOf("fused") + 1;
    FakeAccelerator failing = devices.device("fake:0").failLaunch(chain);
    Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.NONE), line, failing);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).fallbacks()).isEqualTo(1);
    assertThat(outcome.executed("fused")).isEqualTo(1);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(12 - 1);
  }

  @Test
  void theControlThreadGoesOnWhileAChainIsComputed() {
    // The chain is fused from the ninth iteration on, and the product after it has a claim. Numbers
    // that follow from it are not waited for. Those of the iterations before are: what the device's
    // worker has not noticed to be done when it is held up would leave the program no room.
    String loop =
        """
        X = rand(rows=60, cols=40, seed=1)
        s = 0
        for (i in 1:20) {
          X = t(X %*% (t(X) %*% X) * 0.01 + 0.5 - X)
          X = t(X)
          s = s + sqrt(sum(X) / 2)
          if (i < 9) {
            if (s < 0) stop("a sum of roots is negative")
          }
        }
        print(s)
        """;
    TakenClaims before = new TakenClaims();
    fake = devices.device("fake:0");
    SessionConfig config = config("fake:0", ReuseMode.FULL);
    FakeDevices.run(config, before, loop.replace("1:20", "1:9"), fake);
    int chain = fake.log().indexOf("fused");
    TakenClaims claims = new TakenClaims();
    AtomicBoolean wentOn = new AtomicBoolean();
    FakeAccelerator slow = devices.device("fake:0");
    slow.beforeLaunch(() -> {
      if (slow.launches() == chain) {
        wentOn.set(claims.come(before.count() + 1));
      }
    });
    FakeDevices.run(config, claims, loop, slow);
    assertThat(slow.log()).contains("fused");
    assertThat(wentOn).as("the next iteration began while the first chain was held up").isTrue();
  }

  /** Where it was asked for the members in vain, it would find next that it had asked for them. */
  @Test
  void aChainThatItsWorkerPassesOnAsksForItsMembersOnce() {
    String script =
        """
        X = rand(rows=300, cols=40, seed=1)
        Y = rand(rows=300, cols=40, seed=2)
        s = 0
        for (i in 1:20) {
          P = X %*% (t(X) %*% (Y + i))
          s = s + sum(exp(P / i * 0.001) * 2 + Y)
        }
        print(s)
        """;
    String expected = FakeDevices.expected(script);
    AtomicInteger passedOn = new AtomicInteger();
    fake =
        devices
            .device("fake:0")
            .fuseIf(() -> {
              if (AcceleratorWorker.isCurrent()) {
                passedOn.incrementAndGet();
                return false;
              }
              return true;
            });
    TakenClaims claims = new TakenClaims();
    AtomicBoolean wentOn = new AtomicBoolean();
    fake.beforeLaunch(() -> {
      if (fake.launches() == 0) {
        // The program is ahead of the worker then.
        wentOn.set(claims.come(CLAIMS_AHEAD));
      }
    });
    Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.FULL), claims, script, fake);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(wentOn).isTrue();
    assertThat(passedOn.get()).isPositive();
    // From the ninth time on.
    assertThat(outcome.executed("fused (devices)") + outcome.executed("fused")).isEqualTo(12);
  }

  @Test
  void aFusedValueThatIsLostWithItsDeviceIsComputedAgain() {
    String expected = onDevice(ReuseMode.HYBRID, LOOP).output();
    int chain = fake.log().indexOf("fused") + 1;
    for (int launch = chain; launch < chain + 8; launch++) {
      FakeAccelerator lost = devices.device("fake:0").loseAtLaunch(launch);
      Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.HYBRID), LOOP, lost);
      assertThat(outcome.output()).as("lost at launch %d", launch).isEqualTo(expected);
    }
  }

  @Test
  void fp32ChainsAreFusedOnDevicesToo() {
    SessionConfig host = config("cpu", ReuseMode.NONE).withPrecision(Precision.FP32);
    String expected = run(host, LOOP).output();
    SessionConfig device = config("fake:0", ReuseMode.HYBRID).withPrecision(Precision.FP32);
    Outcome outcome = run(device, LOOP);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(2 * 12);
  }

  @Test
  void exactNumericsFuseOnTheOneDeviceToo() {
    SessionConfig exact = config("fake:0", ReuseMode.HYBRID).withNumerics(Numerics.EXACT);
    Outcome outcome = run(exact, LOOP);
    assertThat(outcome.output()).isEqualTo(FakeDevices.expected(LOOP));
    assertThat(outcome.executed("fused (devices)")).isEqualTo(2 * 12);
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void devicesInTurnGiveTheSameAnswers(ReuseMode reuse) {
    String expected = FakeDevices.expected(LOOP);
    Outcome outcome = run(config("round-robin", reuse), LOOP);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)") + outcome.executed("fused")).isZero();
  }

  @Test
  void workersOfAParforShareTheKernelsOfTheirChains() {
    String script =
        """
        X = rand(rows=60, cols=40, seed=1)
        R = matrix(0, 24, 1)
        parfor (i in 1:24, par=4) {
          R[i, 1] = sum(abs(X * i - 2) + X / i)
        }
        print(toString(R))
        """;
    String expected = FakeDevices.expected(script);
    for (ReuseMode reuse : ReuseMode.values()) {
      Outcome outcome = run(config("round-robin", reuse), script);
      assertThat(outcome.output()).as("%s", reuse).isEqualTo(expected);
    }
    Outcome outcome = run(config("fake:0", ReuseMode.HYBRID), script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isBetween(12L, 24L);
  }

  /** The device is as fast as the processor is taken to be, so copies decide. */
  @Test
  void chainsUnderAutoDoNotGoToAndFro() {
    String script =
        """
        X = rand(rows=1000, cols=1000, seed=1)
        for (i in 1:30) {
          X = sqrt(abs(X) + i) / 2
          X = exp(X * -0.01)
          if (i == 31) {
            print(sum(X))
          }
        }
        print(sum(X))
        """;
    String expected = FakeDevices.expected(script);
    for (boolean fusion : new boolean[] {true, false}) {
      SessionConfig auto = config("auto", ReuseMode.HYBRID).withFusion(fusion);
      FakeAccelerator device = devices.device("fake:0", 512 << 20);
      Outcome outcome = FakeDevices.run(auto, script, device);
      assertThat(outcome.output()).isEqualTo(expected);
      DeviceUse use = outcome.device(0);
      assertThat(use.executed()).as("fusion %s: %s", fusion, use).isGreaterThan(20);
      assertThat(use.uploads() + use.downloads()).as("fusion %s: %s", fusion, use).isLessThan(3);
      Map<String, Long> launches =
          device.log().stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
      assertThat(launches.getOrDefault("fused", 0L) > 0).as("%s", launches).isEqualTo(fusion);
    }
  }
}
