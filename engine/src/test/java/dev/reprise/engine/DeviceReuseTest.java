package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.testkit.FakeAccelerator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values made on one device are found from another, by event, and computed once. */
class DeviceReuseTest {
  private static final String DATA =
      """
      X = rand(rows=200, cols=40, seed=1)
      Y = rand(rows=40, cols=50, seed=2)
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();
  private final FakeAccelerator first = devices.device("fake:0");
  private final FakeAccelerator second = devices.device("fake:1");
  private final Counts counts = new Counts();

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

  /** The outcome with reuse, which has printed what the processor prints without. */
  private Outcome compared(DeviceConfig devices, String script) {
    Outcome outcome =
        FakeDevices.run(
            FakeDevices.config(devices, ReuseMode.HYBRID), counts, DATA + script, first, second);
    assertThat(outcome.output()).isEqualTo(FakeDevices.expected(DATA + script));
    assertThat(counts.claims.values()).allMatch(times -> times == 1);
    return outcome;
  }

  /** What a core computes in 0.2 ms a GPU does in microseconds, which is not worth asking for. */
  @Test
  void aTrainingLoopOnADeviceIsAskedForAFewOfItsValues() {
    String loop =
        """
        Z = rand(rows=5000, cols=40, seed=3)
        W = rand(rows=40, cols=5, seed=4)
        for (i in 1:300) {
          G = t(Z) %*% (Z %*% W)
          W = W - 1e-5 * G
        }
        print(sum(W))
        """;
    Outcome there =
        FakeDevices.runKeepingWhatPays(
            FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.HYBRID), counts, loop, first);
    int asked = counts.claims.size();
    counts.claims.clear();
    Outcome here =
        FakeDevices.runKeepingWhatPays(
            FakeDevices.config(DeviceConfig.CPU, ReuseMode.HYBRID), counts, loop);
    assertThat(there.output()).isEqualTo(here.output());
    assertThat(asked).isLessThan(100);
    assertThat(counts.claims).hasSizeGreaterThan(300);
  }

  @Test
  void aValueMadeOnADeviceIsFoundByTheProcessorAndMovedOnce() {
    Outcome outcome =
        compared(
            FakeDevices.on("fake:0"),
            """
            for (i in 1:3) {
              A = X %*% Y
              print(sum(cumsum(A) * i))
            }
            """);
    assertThat(first.log()).containsOnlyOnce("matmul");
    assertThat(counts.hits.get()).isPositive();
    assertThat(outcome.device(0).downloads()).isOne();
  }

  @Test
  void aValueMadeOnTheProcessorIsFoundAndCopiedToTheDeviceOnce() {
    Outcome outcome =
        compared(
            FakeDevices.on("fake:0"),
            """
            for (i in 1:3) {
              A = cumsum(X)
              print(sum(A * i))
            }
            """);
    assertThat(outcome.executed("cumsum")).isOne();
    assertThat(counts.hits.get()).isPositive();
    assertThat(first.log()).contains("*", "sum");
    assertThat(outcome.device(0).uploads()).isOne();
  }

  @Test
  void aValueThatIsFoundWhereItIsNeededDoesNotMove() {
    Outcome outcome =
        compared(
            FakeDevices.on("fake:0"),
            """
            for (i in 1:3) {
              A = X %*% Y
              print(sum(A * i))
            }
            """);
    assertThat(first.log()).containsOnlyOnce("matmul");
    assertThat(outcome.device(0).uploads()).isZero();
    assertThat(outcome.device(0).downloads()).isZero();
  }

  @RepeatedTest(20)
  void workersOnTwoDevicesComputeWhatAllNeedOnce() {
    Outcome outcome =
        compared(
            FakeDevices.on("round-robin", "fake:0", "fake:1"),
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
  void aHitOnAnotherDeviceTakesTheCopyFromThere() {
    first.withPeers(20);
    second.withPeers(20);
    Outcome outcome =
        compared(
            FakeDevices.on("round-robin", "fake:0", "fake:1"),
            """
            R = matrix(0, 12, 1)
            parfor (i in 1:12, par=4) {
              A = X %*% Y
              R[i, 1] = sum(A * i)
            }
            print(toString(R))
            """);
    assertThat(outcome.executed("matmul")).isOne();
    assertThat(counts.hits.get()).isPositive();
    assertThat(first.peerCopies() + second.peerCopies()).isPositive();
  }

  @Test
  void aProductIsPutTogetherFromOneOnTheDevice() {
    Outcome outcome =
        compared(
            FakeDevices.on("fake:0"),
            """
            X = rand(rows=1000, cols=300, min=1, max=1)
            Y = rand(rows=300, cols=50, min=2, max=2)
            D = rand(rows=300, cols=2, min=3, max=3)
            A = X %*% Y
            print(sum(A * 2))
            B = X %*% cbind(Y, D)
            print(sum(B * 3))
            """);
    assertThat(counts.partialHits.get()).isPositive();
    assertThat(outcome.statistics().partialHits()).isPositive();
    assertThat(first.log()).filteredOn("matmul"::equals).hasSize(2);
    assertThat(outcome.device(0).uploads()).isZero();
  }
}
