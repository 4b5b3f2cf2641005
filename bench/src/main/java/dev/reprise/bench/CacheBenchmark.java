package dev.reprise.bench;

import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.Probe;
import dev.reprise.cache.Waiter;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Value;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What asking the cache costs, on one thread and on all. Targets: hit 300 ns, miss 150 ns with the
 * key, claim and admit 400 ns more. Values are scalars, so counting references costs nothing here.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CacheBenchmark {
  private static final int RESIDENTS = 65_536;

  // The benchmarks that call it never find a key claimed by another thread.
  private static final Supplier<Waiter> NEVER_ASKED =
      () -> {
        throw new IllegalStateException("nobody else claims this key");
      };

  /** Room for everything, or for about a thousand entries so that every admission evicts. */
  @Param({"ample", "full"})
  private String budget;

  private LineageCache cache;
  private Key[] residents;

  /** A new cache per iteration, since claims of new keys fill it. */
  @Setup(Level.Iteration)
  public void fill() {
    long budgetBytes = budget.equals("ample") ? 1L << 40 : 100_000;
    cache = new LineageCache(new CacheConfig(Policy.COSTNSIZE, budgetBytes), CacheEvents.NONE);
    residents = new Key[budget.equals("ample") ? RESIDENTS : 256];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < residents.length; i++) {
      residents[i] = new Key(random.nextLong(), random.nextLong());
      cache.putIfAbsent(residents[i], new DoubleScalar(i), 1_000_000_000L, 1);
    }
  }

  /** Keys that nobody has asked for, different on every thread. */
  @State(Scope.Thread)
  public static class FreshKeys {
    private final Value value = new DoubleScalar(1);
    private SplittableRandom random;
    private int position;

    /** Starts every thread at another place. */
    @Setup
    public void start() {
      random = new SplittableRandom(Thread.currentThread().threadId() * 0x9e3779b97f4a7c15L);
      position = random.nextInt();
    }

    Key next() {
      return new Key(random.nextLong(), random.nextLong());
    }
  }

  /** A probe of a resident value, another one each time. */
  @Benchmark
  public Probe hit(FreshKeys keys) {
    return probeResident(keys);
  }

  /** As {@link #hit}, on all threads. */
  @Benchmark
  @Threads(Threads.MAX)
  public Probe hitOnAllThreads(FreshKeys keys) {
    return probeResident(keys);
  }

  /** All threads probe the same resident value. */
  @Benchmark
  @Threads(Threads.MAX)
  public Probe hitOfOneKeyOnAllThreads() {
    return expectHit(cache.probe(residents[0], NEVER_ASKED));
  }

  /** A probe that misses, and gives its claim up at once. */
  @Benchmark
  public void missAndAbandon(FreshKeys keys) {
    ((Claim) cache.probe(keys.next(), NEVER_ASKED)).abandon();
  }

  /** A probe that misses, completes and has its value kept. */
  @Benchmark
  public void claimAndAdmit(FreshKeys keys) {
    ((Claim) cache.probe(keys.next(), NEVER_ASKED)).complete(keys.value, 1_000, true);
  }

  /** As {@link #claimAndAdmit}, on all threads. */
  @Benchmark
  @Threads(Threads.MAX)
  public void claimAndAdmitOnAllThreads(FreshKeys keys) {
    ((Claim) cache.probe(keys.next(), NEVER_ASKED)).complete(keys.value, 1_000, true);
  }

  private Probe probeResident(FreshKeys keys) {
    Key key = residents[keys.position++ & (residents.length - 1)];
    return expectHit(cache.probe(key, NEVER_ASKED));
  }

  private static Probe expectHit(Probe probe) {
    if (!(probe instanceof Hit)) {
      throw new IllegalStateException("expected a hit, found " + probe);
    }
    return probe;
  }
}
