package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Values made on one device are found from another, by event, and computed once. */
class DeviceReuseTest {
  private static final String DATA =
      """
      X = rand(rows=200, cols=40, seed=1)
      Y = rand(rows=40, cols=50, seed=2)
      """;

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));
  private final FakeAccelerator first = new FakeAccelerator("fake:0", kernels, 64 << 20);
  private final FakeAccelerator second = new FakeAccelerator("fake:1", kernels, 64 << 20);

  /** How often each key was claimed, and how often any was found. */
  private static final class Counts implements CacheEvents {
    final Map<Key, Integer> claims = new ConcurrentHashMap<>();
    final AtomicInteger hits = new AtomicInteger();
    final AtomicInteger partialHits = new AtomicInteger();

    @Override
    public void claimed(Key key) {
      claims.merge(key, 1, Integer::sum);
    }

    @Override
    public void hit(Key key, long costNanos) {
      hits.incrementAndGet();
    }

    @Override
    public void partialHit(Key key, String rewrite, long savedNanos) {
      partialHits.incrementAndGet();
    }
  }

  private record Outcome(String output, RunStatistics statistics, Counts counts) {
    long executed(String opcode) {
      return statistics.operations().stream()
          .filter(each -> each.opcode().equals(opcode))
          .mapToLong(RunStatistics.OpcodeStatistics::executed)
          .sum();
    }
  }

  @AfterEach
  void nothingIsLeft() {
    kernels.close();
    for (FakeAccelerator fake : List.of(first, second)) {
      assertThat(fake.liveBuffers()).as(fake.name()).isZero();
      assertThat(fake.liveScratch()).as(fake.name()).isZero();
    }
  }

  private Outcome run(DeviceConfig devices, ReuseMode reuse, String script) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(4)
            .withSeed(7)
            .withReuse(reuse)
            .withHostBytes(256L << 20)
            .withDevices(devices)
            .withOutput(out, out);
    Counts counts = new Counts();
    SessionServices services =
        SessionServices.withAccelerators(
            config, counts, List.of(FakeAccelerator.provider("fake", first, second)));
    RunStatistics statistics;
    try (services) {
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, DATA + script, CompileOptions.none()).run(Map.of());
      outcome.values().values().forEach(Value::release);
      statistics = outcome.statistics();
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    out.flush();
    return new Outcome(bytes.toString(StandardCharsets.UTF_8), statistics, counts);
  }

  /** As {@link #run} with reuse, having compared with the processor without. */
  private Outcome compared(DeviceConfig devices, String script) throws Exception {
    String expected = run(DeviceConfig.CPU, ReuseMode.NONE, script).output();
    Outcome outcome = run(devices, ReuseMode.HYBRID, script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.counts().claims.values()).allMatch(times -> times == 1);
    return outcome;
  }

  @Test
  void aValueMadeOnADeviceIsFoundByTheProcessorAndMovedOnce() throws Exception {
    Outcome outcome =
        compared(
            DeviceConfig.of("fake:0"),
            """
            for (i in 1:3) {
              A = X %*% Y
              print(sum(cumsum(A) * i))
            }
            """);
    assertThat(first.log()).containsOnlyOnce("matmul");
    assertThat(outcome.counts().hits.get()).isPositive();
    assertThat(outcome.statistics().devices().getFirst().downloads()).isOne();
  }

  @Test
  void aValueMadeOnTheProcessorIsFoundAndCopiedToTheDeviceOnce() throws Exception {
    Outcome outcome =
        compared(
            DeviceConfig.of("fake:0"),
            """
            for (i in 1:3) {
              A = cumsum(X)
              print(sum(A * i))
            }
            """);
    assertThat(outcome.executed("cumsum")).isOne();
    assertThat(outcome.counts().hits.get()).isPositive();
    assertThat(first.log()).contains("*", "sum");
    assertThat(outcome.statistics().devices().getFirst().uploads()).isOne();
  }

  @Test
  void aValueThatIsFoundWhereItIsNeededDoesNotMove() throws Exception {
    Outcome outcome =
        compared(
            DeviceConfig.of("fake:0"),
            """
            for (i in 1:3) {
              A = X %*% Y
              print(sum(A * i))
            }
            """);
    assertThat(first.log()).containsOnlyOnce("matmul");
    assertThat(outcome.statistics().devices().getFirst().uploads()).isZero();
    assertThat(outcome.statistics().devices().getFirst().downloads()).isZero();
  }

  @RepeatedTest(20)
  void workersOnTwoDevicesComputeWhatAllNeedOnce() throws Exception {
    Outcome outcome =
        compared(
            new DeviceConfig("round-robin", List.of("fake:0", "fake:1"), Map.of()),
            """
            R = matrix(0, 12, 1)
            parfor (i in 1:12, par=4) {
              A = X %*% Y
              R[i, 1] = sum(A * i)
            }
            print(toString(R))
            """);
    assertThat(outcome.executed("matmul")).isOne();
    assertThat(first.launches()).isPositive();
    assertThat(second.launches()).isPositive();
  }

  @RepeatedTest(10)
  void aHitOnAnotherDeviceTakesTheCopyFromThere() throws Exception {
    first.withPeers(20);
    second.withPeers(20);
    Outcome outcome =
        compared(
            new DeviceConfig("round-robin", List.of("fake:0", "fake:1"), Map.of()),
            """
            R = matrix(0, 12, 1)
            parfor (i in 1:12, par=4) {
              A = X %*% Y
              R[i, 1] = sum(A * i)
            }
            print(toString(R))
            """);
    assertThat(outcome.executed("matmul")).isOne();
    assertThat(outcome.counts().hits.get()).isPositive();
    assertThat(first.peerCopies() + second.peerCopies()).isPositive();
  }

  @Test
  void aProductIsPutTogetherFromOneOnTheDevice() throws Exception {
    Outcome outcome =
        compared(
            DeviceConfig.of("fake:0"),
            """
            X = rand(rows=1000, cols=300, min=1, max=1)
            Y = rand(rows=300, cols=50, min=2, max=2)
            D = rand(rows=300, cols=2, min=3, max=3)
            A = X %*% Y
            print(sum(A * 2))
            B = X %*% cbind(Y, D)
            print(sum(B * 3))
            """);
    assertThat(outcome.counts().partialHits.get()).isPositive();
    assertThat(outcome.statistics().partialHits()).isPositive();
    assertThat(first.log()).filteredOn("matmul"::equals).hasSize(2);
    assertThat(outcome.statistics().devices().getFirst().uploads()).isZero();
  }
}
