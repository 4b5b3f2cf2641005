package dev.reprise.bench;

import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.Probe;
import dev.reprise.cache.Waiter;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What reuse costs an instruction whose inputs have their keys: its item made, the key computed,
 * the cache asked. Run with {@code -t 1}, 2, 4 and 8 to see whether threads get in each other's
 * way. Targets: hit 300 ns, miss 150 ns, claim and admit 400 ns more.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProbeBenchmark {
  private static final int LEAVES = 65_536;

  /** Values that are kept at a time: millions would time the garbage collector that copies them. */
  private static final int ADMITTED = 50_000;

  private static final Supplier<Waiter> NEVER_ASKED =
      () -> {
        throw new IllegalStateException("nobody else claims this key");
      };

  private final Operation plus = new Operation(OperationTable.standard().get("+"));
  private final LineageItem[] leaves = new LineageItem[LEAVES];
  private LineageCache cache;

  /** Leaves with known keys. */
  @Setup
  public void makeLeaves() {
    for (int i = 0; i < LEAVES; i++) {
      leaves[i] = LineageItem.literal(new DoubleScalar(i));
      leaves[i].keyLow();
    }
    plus.fingerprintLow();
  }

  /** A cache that holds the sums of leaf 0 and each other one. */
  @Setup(Level.Iteration)
  public void fill() {
    cache = emptyCache();
    for (LineageItem leaf : leaves) {
      LineageItem sum = LineageItem.of(plus, leaves[0], leaf);
      cache.putIfAbsent(sum.key(), new DoubleScalar(1), 1_000_000L, 1);
    }
  }

  private static LineageCache emptyCache() {
    return new LineageCache(new CacheConfig(Policy.COSTNSIZE, 1L << 40), CacheEvents.NONE);
  }

  /** A cache for {@link #ADMITTED} values of each thread. */
  @State(Scope.Benchmark)
  public static class Empty {
    private LineageCache cache;

    @Setup(Level.Invocation)
    public void make() {
      cache = emptyCache();
    }
  }

  /** Pairs of leaves, other ones on every thread and in every iteration. */
  @State(Scope.Thread)
  public static class Pairs {
    private final Value value = new DoubleScalar(1);
    private int thread;
    private int threads;
    private long position;

    /** Starts behind the pairs that the cache holds. */
    @Setup
    public void start(ThreadParams params) {
      thread = params.getThreadIndex();
      threads = params.getThreadCount();
      position = LEAVES;
    }

    private long next() {
      return thread + threads * position++;
    }
  }

  /** The value is there. */
  @Benchmark
  public Probe hit(Pairs pairs) {
    LineageItem item = LineageItem.of(plus, leaves[0], leaf(pairs.next()));
    Probe probe = cache.probe(item.key(), NEVER_ASKED);
    if (!(probe instanceof Hit)) {
      throw new IllegalStateException("expected a hit, found " + probe);
    }
    return probe;
  }

  /** It is not; the claim is given up at once. */
  @Benchmark
  public void missAndAbandon(Pairs pairs) {
    claim(cache, pairs).abandon();
  }

  /** It is not, and is put there. */
  @Benchmark
  @OperationsPerInvocation(ADMITTED)
  public void missAndAdmit(Pairs pairs, Empty empty) {
    for (int i = 0; i < ADMITTED; i++) {
      claim(empty.cache, pairs).complete(pairs.value, 1_000, true);
    }
  }

  private Claim claim(LineageCache cache, Pairs pairs) {
    long pair = pairs.next();
    LineageItem item = LineageItem.of(plus, leaf(pair / LEAVES), leaf(pair));
    return (Claim) cache.probe(item.key(), NEVER_ASKED);
  }

  private LineageItem leaf(long number) {
    return leaves[(int) (number & (LEAVES - 1))];
  }
}
