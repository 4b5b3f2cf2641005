package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Cache, memory and scheduler together, driven as the engine drives them: many control threads ask
 * for values, tasks hold the claims. Whatever happens, every thread gets an answer, each value is
 * computed once, and references and pins balance.
 */
class ClaimsAndTasksTest {
  private static final int RUNS = 200;

  @Test
  void threadsThatNeedValuesInOppositeOrderGetThem() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      try (SmallEngine house = new SmallEngine(1 + run % 2, 1 << 20, key -> {})) {
        inParallel(
            2,
            control -> {
              SmallEngine.Control thread = house.new Control();
              Value first = thread.request(control, List.of());
              Value second = thread.request(1 - control, List.of());
              Value both = thread.request(2 + control, List.of(second, first));
              assertThat(thread.outcome(both)).isEqualTo("value");
              thread.releaseAll();
              return List.of();
            });
        house.assertBalanced();
        assertThat(house.executions).hasValue(4);
      }
    }
  }

  @Test
  void eightThreadsOverASharedGraphComputeEachValueOnce() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      int seed = run;
      try (SmallEngine house = new SmallEngine(2, 16 << 20, key -> {})) {
        assertThat(inParallel(8, control -> walk(house, seed)))
            .allSatisfy(outcomes -> assertThat(outcomes).containsOnly("value"));
        house.assertBalanced();
        assertThat(house.executions).hasValue(GRAPH);
      }
    }
  }

  @Test
  void errorsAndDyingWorkersReachEveryThreadThatNeedsTheValue() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      int seed = run;
      IntConsumer body =
          key -> {
            if (key % 13 == seed % 13) {
              throw new ArithmeticException("value-dependent");
            }
            if (key % 17 == seed % 17) {
              throw new StackOverflowError("a worker dies");
            }
          };
      List<List<String>> outcomes;
      try (SmallEngine house = new SmallEngine(2, 16 << 20, body)) {
        outcomes = inParallel(8, control -> walk(house, seed));
        house.assertBalanced();
      }
      assertThat(outcomes).allSatisfy(each -> assertThat(each).isEqualTo(outcomes.getFirst()));
      assertThat(outcomes.getFirst()).contains("failed");
    }
  }

  @Test
  void closingThePoolInTheMiddleLeavesNobodyWaiting() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      int seed = run;
      AtomicInteger countdown = new AtomicInteger(run % 20);
      SmallEngine house = new SmallEngine(2, 16 << 20, key -> countdown.decrementAndGet());
      inParallel(
          9,
          control -> {
            if (control < 8) {
              return walk(house, seed);
            }
            while (countdown.get() > 0) {
              Thread.onSpinWait();
            }
            house.pool.close();
            return List.of();
          });
      house.assertBalanced();
      house.close();
    }
  }

  @Test
  void aBudgetOfTwoOutputsIsEnoughForAChain() throws Exception {
    long bytes = 100 * 100 * 8;
    try (SmallEngine house = new SmallEngine(1, 2 * bytes, key -> {})) {
      SmallEngine.Control thread = house.new Control();
      Value last = thread.request(0, List.of());
      for (int key = 1; key < RUNS; key++) {
        Value next = thread.request(key, List.of(last));
        assertThat(thread.outcome(next)).isEqualTo("value");
        thread.release(last);
        last = next;
      }
      thread.releaseAll();
      assertThat(house.memory.peakBytes()).isEqualTo(2 * bytes);
      assertThat(house.cache.statistics().evictions()).isGreaterThanOrEqualTo(RUNS - 3);
      house.assertBalanced();
    }
  }

  private static final int GRAPH = 40;

  /** Asks for all values of a graph in an order of its own; returns the outcome by key. */
  private static List<String> walk(SmallEngine house, int seed) throws Exception {
    SmallEngine.Control thread = house.new Control();
    Random shape = new Random(seed);
    Value[] values = new Value[GRAPH];
    for (int key = 0; key < GRAPH; key++) {
      List<Value> inputs = new ArrayList<>();
      for (int i = 0; i < Math.min(key, 2); i++) {
        inputs.add(values[shape.nextInt(key)]);
      }
      values[key] = thread.request(key, inputs);
    }
    List<String> outcomes = new ArrayList<>();
    for (Value value : values) {
      outcomes.add(thread.outcome(value));
    }
    thread.releaseAll();
    return outcomes;
  }

  /** What one thread does, given its number. */
  private interface Body<T> {
    T run(int thread) throws Exception;
  }

  private static <T> List<T> inParallel(int threads, Body<T> body) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    List<FutureTask<T>> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      FutureTask<T> task =
          new FutureTask<>(() -> {
            start.await();
            return body.run(thread);
          });
      Thread worker = new Thread(task, "control-" + t);
      worker.setDaemon(true);
      worker.start();
      running.add(task);
    }
    List<T> results = new ArrayList<>();
    for (FutureTask<T> task : running) {
      results.add(task.get());
    }
    return results;
  }
}
