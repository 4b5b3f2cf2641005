package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains of element-wise operations on accelerators: one launch, the answers and keys of many. */
class DeviceFusionTest {
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

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));

  /** The accelerator of the last run. */
  private FakeAccelerator fake;

  @AfterEach
  void nothingIsLeft() {
    kernels.close();
  }

  private static class Keys implements CacheEvents {
    final Set<Key> claimed = Collections.newSetFromMap(new ConcurrentHashMap<>());

    @Override
    public void claimed(Key key) {
      claimed.add(key);
    }
  }

  private record Outcome(String output, RunStatistics statistics, Set<Key> claimed) {
    DeviceUse device() {
      return statistics.devices().getFirst();
    }

    long executed(String opcode) {
      return statistics.of(opcode).executed();
    }
  }

  private static SessionConfig config(String placement, ReuseMode reuse) {
    List<String> among =
        placement.equals("cpu") || placement.startsWith("fake") ? List.of() : List.of("fake:0");
    return SessionConfig.defaults()
        .withThreads(2)
        .withSeed(7)
        .withReuse(reuse)
        .withHostBytes(256L << 20)
        .withDevices(new DeviceConfig(placement, among, Map.of()));
  }

  private Outcome run(SessionConfig config, String script, int runs) throws Exception {
    fake = new FakeAccelerator("fake:0", kernels, 64 << 20);
    return run(config, script, runs, fake, new Keys());
  }

  private static Outcome run(
      SessionConfig config, String script, int runs, FakeAccelerator device, Keys keys)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    RunStatistics statistics = null;
    SessionServices services =
        SessionServices.withAccelerators(
            config.withOutput(out, out), keys, List.of(FakeAccelerator.provider("fake", device)));
    try (services) {
      ScriptRunner runner = ScriptCompiler.compile(services, script, CompileOptions.none());
      for (int i = 0; i < runs; i++) {
        bytes.reset();
        ScriptRunner.Outcome outcome = runner.run(Map.of());
        outcome.values().values().forEach(Value::release);
        statistics = outcome.statistics();
        out.flush();
      }
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    assertThat(device.liveBuffers()).isZero();
    assertThat(device.liveScratch()).isZero();
    return new Outcome(bytes.toString(StandardCharsets.UTF_8), statistics, keys.claimed);
  }

  private Outcome onDevice(ReuseMode reuse, String script) throws Exception {
    return run(config("fake:0", reuse), script, 1);
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void aChainThatComesOftenBecomesOneLaunch(ReuseMode reuse) throws Exception {
    String expected = run(config("cpu", ReuseMode.NONE), LOOP, 1).output();
    Outcome outcome = onDevice(reuse, LOOP);
    assertThat(outcome.output()).isEqualTo(expected);
    // The update of X and the sum, from the ninth time on.
    long fused = fake.log().stream().filter("fused"::equals).count();
    assertThat(fused).isEqualTo(2 * 12);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(fused);
    assertThat(outcome.executed("fused")).isZero();
    assertThat(outcome.device().executed()).isEqualTo(fake.launches());
    assertThat(outcome.device().fallbacks()).isZero();
  }

  @Test
  void fusedAndUnfusedChainsHaveTheSameTraces() throws Exception {
    String script = LOOP + "print(lineage(X))\nprint(lineage(E))\n";
    for (ReuseMode reuse : new ReuseMode[] {ReuseMode.TRACE, ReuseMode.HYBRID}) {
      String unfused = run(config("fake:0", reuse).withFusion(false), script, 1).output();
      assertThat(fake.log()).doesNotContain("fused");
      assertThat(run(config("fake:0", reuse), script, 1).output()).isEqualTo(unfused);
      assertThat(fake.log()).contains("fused");
    }
  }

  @Test
  void aValueThatAFusedChainComputedIsFoundByTheSameChain() throws Exception {
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
    String expected = run(config("cpu", ReuseMode.NONE), script, 1).output();
    Outcome outcome = onDevice(ReuseMode.HYBRID, script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(12);
    RunStatistics.OpcodeStatistics chains = outcome.statistics().of("-");
    assertThat(chains.hits() + chains.waits()).isEqualTo(20);
  }

  @Test
  void theSecondRunOfASessionFindsWhatTheFirstComputed() throws Exception {
    String expected = run(config("cpu", ReuseMode.NONE), LOOP, 1).output();
    Outcome warm = run(config("fake:0", ReuseMode.FULL), LOOP, 2);
    assertThat(warm.output()).isEqualTo(expected);
    assertThat(warm.executed("fused (devices)")).isZero();
    assertThat(warm.statistics().of("-").hits()).isPositive();
  }

  @Test
  void whatDoesNotFitOnTheDeviceIsComputedOnTheProcessorAndCounted() throws Exception {
    String expected = run(config("cpu", ReuseMode.NONE), LOOP, 1).output();
    FakeAccelerator small = new FakeAccelerator("fake:0", kernels, 50_000);
    Outcome outcome = run(config("fake:0", ReuseMode.HYBRID), LOOP, 1, small, new Keys());
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device().fallbacks()).isPositive();
  }

  @Test
  void aFailedLaunchOfAChainIsDoneElsewhere() throws Exception {
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
    FakeAccelerator failing = new FakeAccelerator("fake:0", kernels, 64 << 20).failLaunch(chain);
    Outcome outcome = run(config("fake:0", ReuseMode.NONE), line, 1, failing, new Keys());
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device().fallbacks()).isEqualTo(1);
    assertThat(outcome.executed("fused")).isEqualTo(1);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(12 - 1);
  }

  @Test
  void theControlThreadGoesOnWhileAChainIsComputed() throws Exception {
    // The chain is fused from the ninth iteration on, and the product after it has a claim. Numbers
    // that follow from it are not waited for.
    String loop =
        """
        X = rand(rows=60, cols=40, seed=1)
        s = 0
        for (i in 1:20) {
          X = t(X %*% (t(X) %*% X) * 0.01 + 0.5 - X)
          X = t(X)
          s = s + sqrt(sum(X) / 2)
        }
        print(s)
        """;
    int before = onDevice(ReuseMode.FULL, loop.replace("1:20", "1:9")).claimed().size();
    int chain = fake.log().indexOf("fused");
    Semaphore claims = new Semaphore(0);
    AtomicBoolean wentOn = new AtomicBoolean();
    FakeAccelerator slow = new FakeAccelerator("fake:0", kernels, 64 << 20);
    slow.beforeLaunch(() -> {
      if (slow.launches() == chain) {
        wentOn.set(isAcquired(claims, before + 1));
      }
    });
    Keys keys =
        new Keys() {
          @Override
          public void claimed(Key key) {
            claims.release();
          }
        };
    run(config("fake:0", ReuseMode.FULL), loop, 1, slow, keys);
    assertThat(slow.log()).contains("fused");
    assertThat(wentOn).as("the next iteration began while the first chain was held up").isTrue();
  }

  private static boolean isAcquired(Semaphore claims, int count) {
    try {
      return claims.tryAcquire(count, 40, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void aFusedValueThatIsLostWithItsDeviceIsComputedAgain() throws Exception {
    String expected = onDevice(ReuseMode.HYBRID, LOOP).output();
    int chain = fake.log().indexOf("fused") + 1;
    for (int launch = chain; launch < chain + 8; launch++) {
      FakeAccelerator lost = new FakeAccelerator("fake:0", kernels, 64 << 20).loseAtLaunch(launch);
      Outcome outcome = run(config("fake:0", ReuseMode.HYBRID), LOOP, 1, lost, new Keys());
      assertThat(outcome.output()).as("lost at launch %d", launch).isEqualTo(expected);
    }
  }

  @Test
  void fp32ChainsAreFusedOnDevicesToo() throws Exception {
    SessionConfig host = config("cpu", ReuseMode.NONE).withPrecision(Precision.FP32);
    String expected = run(host, LOOP, 1).output();
    SessionConfig device = config("fake:0", ReuseMode.HYBRID).withPrecision(Precision.FP32);
    Outcome outcome = run(device, LOOP, 1);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isEqualTo(2 * 12);
  }

  @Test
  void exactNumericsFuseOnTheOneDeviceToo() throws Exception {
    SessionConfig exact = config("fake:0", ReuseMode.HYBRID).withNumerics(Numerics.EXACT);
    Outcome outcome = run(exact, LOOP, 1);
    assertThat(outcome.output()).isEqualTo(run(config("cpu", ReuseMode.NONE), LOOP, 1).output());
    assertThat(outcome.executed("fused (devices)")).isEqualTo(2 * 12);
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void devicesInTurnGiveTheSameAnswers(ReuseMode reuse) throws Exception {
    String expected = run(config("cpu", ReuseMode.NONE), LOOP, 1).output();
    Outcome outcome = run(config("round-robin", reuse), LOOP, 1);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)") + outcome.executed("fused")).isZero();
  }

  @Test
  void workersOfAParforShareTheKernelsOfTheirChains() throws Exception {
    String script =
        """
        X = rand(rows=60, cols=40, seed=1)
        R = matrix(0, 24, 1)
        parfor (i in 1:24, par=4) {
          R[i, 1] = sum(abs(X * i - 2) + X / i)
        }
        print(toString(R))
        """;
    String expected = run(config("cpu", ReuseMode.NONE), script, 1).output();
    for (ReuseMode reuse : ReuseMode.values()) {
      Outcome outcome = run(config("round-robin", reuse), script, 1);
      assertThat(outcome.output()).as("%s", reuse).isEqualTo(expected);
    }
    Outcome outcome = run(config("fake:0", ReuseMode.HYBRID), script, 1);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.executed("fused (devices)")).isBetween(12L, 24L);
  }

  /** The device is as fast as the processor is taken to be, so copies decide. */
  @Test
  void chainsUnderAutoDoNotGoToAndFro() throws Exception {
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
    String expected = run(config("cpu", ReuseMode.NONE), script, 1).output();
    for (boolean fusion : new boolean[] {true, false}) {
      SessionConfig auto = config("auto", ReuseMode.HYBRID).withFusion(fusion);
      FakeAccelerator device = new FakeAccelerator("fake:0", kernels, 512 << 20);
      Outcome outcome = run(auto, script, 1, device, new Keys());
      assertThat(outcome.output()).isEqualTo(expected);
      DeviceUse use = outcome.device();
      assertThat(use.executed()).as("fusion %s: %s", fusion, use).isGreaterThan(20);
      assertThat(use.uploads() + use.downloads()).as("fusion %s: %s", fusion, use).isLessThan(3);
      Map<String, Long> launches =
          device.log().stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
      assertThat(launches.getOrDefault("fused", 0L) > 0).as("%s", launches).isEqualTo(fusion);
    }
  }
}
