package dev.reprise.bench;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a lineage item costs: to make, and to give its key. Target: an item made, its key computed
 * and the map updated in 100 ns, 64 bytes. With {@code -prof gc}, {@code gc.alloc.rate.norm} is
 * bytes per item.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LineageBenchmark {
  private static final int CHAIN = 10_000;

  private Operation plus;
  private LineageItem left;
  private LineageItem right;
  private LineageItem[] chain;
  private double next;

  /** Two literals with known keys. */
  @Setup
  public void makeLeaves() {
    plus = new Operation(OperationTable.standard().get("+"));
    left = LineageItem.literal(new DoubleScalar(1));
    right = LineageItem.literal(new DoubleScalar(2));
    left.keyLow();
    right.keyLow();
    plus.fingerprintLow();
    chain = new LineageItem[CHAIN];
  }

  /** An item over two inputs, key not asked for. */
  @Benchmark
  public LineageItem makeItem() {
    return LineageItem.of(plus, left, right);
  }

  /** An item over two inputs with known keys, and its key: what a probed instruction pays. */
  @Benchmark
  public LineageItem makeItemAndKey(Blackhole keys) {
    LineageItem item = LineageItem.of(plus, left, right);
    keys.consume(item.keyLow());
    return item;
  }

  /** A literal and its key. */
  @Benchmark
  public LineageItem makeLiteralAndKey(Blackhole keys) {
    LineageItem item = LineageItem.literal(new DoubleScalar(next++));
    keys.consume(item.keyLow());
    return item;
  }

  /** A loop-carried chain that stays live, as a long loop without deduplication makes it. */
  @Benchmark
  @OperationsPerInvocation(CHAIN)
  public LineageItem makeLiveChain() {
    LineageItem last = left;
    for (int i = 0; i < CHAIN; i++) {
      last = LineageItem.of(plus, last, right);
      chain[i] = last;
    }
    return last;
  }

  /** A chain whose keys nobody asked for until its end is probed: cost per item of the chain. */
  @State(Scope.Thread)
  public static class UnkeyedChain {
    private LineageItem end;

    /** Fresh items each time, since a key is computed once. */
    @Setup(Level.Invocation)
    public void make(LineageBenchmark leaves) {
      end = leaves.left;
      for (int i = 0; i < CHAIN; i++) {
        end = LineageItem.of(leaves.plus, end, leaves.right);
      }
    }
  }

  /** The key of the last item of a chain, computed with those of all others on the way. */
  @Benchmark
  @OperationsPerInvocation(CHAIN)
  public long keyOfDeepChain(UnkeyedChain chain) {
    return chain.end.keyLow();
  }
}
