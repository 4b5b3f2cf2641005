package dev.reprise.bench;

import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.lineage.RunLoop;
import dev.reprise.lineage.RunScope;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the trace of one iteration of a loop costs, keys not forced. Target: once the path's patch
 * exists, 20 ns and a byte per iteration of any size. With {@code -prof gc}, {@code
 * gc.alloc.rate.norm} is bytes per iteration, garbage included.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DedupBenchmark {
  // So many that the first three of a run, which are always made as items, do not count: 100
  // instructions would be two bytes for each of 10,000.
  private static final int ITERATIONS = 100_000;

  // Variables: a matrix from outside, the loop's counter, and one that every iteration overwrites.
  private static final int OUTER = 0;
  private static final int COUNTER = 1;
  private static final int STATE = 2;

  /** Instructions of the body; every other one reads the counter. */
  @Param({"6", "100"})
  private int body;

  private Operation plus;
  private Operation times;
  private RunLoop loop;
  private LineageItem outer;

  /** The loop outlives its executions, as in a program; so do its patches. */
  @Setup
  public void makeLoop() {
    plus = new Operation(OperationTable.standard().get("+"));
    times = new Operation(OperationTable.standard().get("*"));
    outer = LineageItem.literal(new DoubleScalar(7));
    loop = new RunLoop(3, new int[] {COUNTER, STATE});
  }

  /** Items made and dropped: what a loop costs that stores nothing. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS)
  public LineageItem itemsAlone() {
    LineageItem[] items = start();
    for (int i = 0; i < ITERATIONS; i++) {
      trace(items, i);
      items[STATE] = outer;
    }
    return items[STATE];
  }

  /** Items made, found to match the patch, stored as one more iteration. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS)
  public LineageItem storedIteration() {
    LineageItem[] items = start();
    RunBuilder builder = new RunBuilder(loop, new RunScope(), 0, items);
    for (int i = 0; i < ITERATIONS; i++) {
      trace(items, i);
      builder.end(items, 0);
    }
    builder.finish(items);
    return items[STATE];
  }

  /** No items made: an interpreter that knows the path tells only the counter. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS)
  public LineageItem repeatedIteration() {
    LineageItem[] items = start();
    RunBuilder builder = new RunBuilder(loop, new RunScope(), 0, items);
    for (int i = 0; i < 3; i++) {
      trace(items, i);
      builder.end(items, 0);
    }
    long[] numbers = new long[1];
    for (int i = 3; i < ITERATIONS; i++) {
      numbers[0] = i;
      builder.repeat(numbers);
    }
    builder.renew(items);
    builder.finish(items);
    return items[STATE];
  }

  private LineageItem[] start() {
    return new LineageItem[] {outer, null, outer};
  }

  private void trace(LineageItem[] items, int iteration) {
    items[COUNTER] = LineageItem.literal(new IntegerScalar(iteration));
    LineageItem state = items[STATE];
    for (int i = 0; i < body; i += 2) {
      state = LineageItem.of(times, state, outer);
      state = LineageItem.of(plus, state, items[COUNTER]);
    }
    items[STATE] = state;
  }
}
