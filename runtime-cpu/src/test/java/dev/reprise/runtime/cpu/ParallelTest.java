package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ExecutionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ParallelTest {

  private static ExecutionContext threads(int threads) {
    return new ExecutionContext(null, threads);
  }

  @Test
  void everyIndexIsVisitedOnceInChunksThatDoNotDependOnTheThreads() {
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (Parallel parallel = new Parallel(threads)) {
        for (int n : new int[] {0, 1, 6, 7, 8, 700, 701}) {
          AtomicIntegerArray visits = new AtomicIntegerArray(n);
          parallel.forRange(
              threads(threads),
              n,
              7,
              (from, to) -> {
                assertThat(from % 7).isZero();
                assertThat(to).isEqualTo(Math.min(n, from + 7));
                for (long i = from; i < to; i++) {
                  visits.incrementAndGet((int) i);
                }
              });
          for (int i = 0; i < n; i++) {
            assertThat(visits.get(i)).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void twoThreadsWorkAtTheSameTime() {
    try (Parallel parallel = new Parallel(2)) {
      CyclicBarrier bothAreIn = new CyclicBarrier(2);
      parallel.forEach(threads(2), 2, _ -> meet(bothAreIn));
    }
  }

  @Test
  void oneThreadInTheContextKeepsAllWorkOnTheCaller() {
    try (Parallel parallel = new Parallel(4)) {
      Thread caller = Thread.currentThread();
      parallel.forEach(threads(1), 100, _ -> assertThat(Thread.currentThread()).isSameAs(caller));
    }
  }

  @Test
  void theExceptionOfTheLowestChunkReachesTheCallerAfterAllChunksEnded() {
    try (Parallel parallel = new Parallel(4)) {
      for (int round = 0; round < 300; round++) {
        AtomicInteger running = new AtomicInteger();
        CountDownLatch higherFailed = new CountDownLatch(1);
        assertThatThrownBy(() ->
                parallel.forEach(
                    threads(4),
                    1000,
                    i -> {
                      running.incrementAndGet();
                      try {
                        if (i == 3) {
                          await(higherFailed);
                          throw new IllegalArgumentException("chunk " + i);
                        }
                        if (i > 3) {
                          higherFailed.countDown();
                          throw new IllegalArgumentException("chunk " + i);
                        }
                      } finally {
                        running.decrementAndGet();
                      }
                    }))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("chunk 3");
        assertThat(running.get()).isZero();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyCallersWithNestedCallsFinish() throws Exception {
    try (Parallel parallel = new Parallel(3);
        ExecutorService callers = Executors.newFixedThreadPool(8)) {
      List<Future<Long>> sums = new ArrayList<>();
      for (int caller = 0; caller < 64; caller++) {
        sums.add(
            callers.submit(() -> {
              AtomicLong sum = new AtomicLong();
              parallel.forEach(
                  threads(3),
                  20,
                  i ->
                      parallel.forRange(
                          threads(3), 50, 5, (from, to) -> sum.addAndGet(to - from + i)));
              return sum.get();
            }));
      }
      for (Future<Long> sum : sums) {
        assertThat(sum.get()).isEqualTo(20 * 50 + 10 * 190);
      }
    }
  }

  @Test
  void workAfterCloseRunsOnTheCaller() {
    Parallel parallel = new Parallel(3);
    parallel.close();
    AtomicInteger count = new AtomicInteger();
    parallel.forEach(threads(3), 10, _ -> count.incrementAndGet());
    assertThat(count.get()).isEqualTo(10);
  }

  @Test
  void anInterruptedCallerFinishesAndStaysInterrupted() {
    try (Parallel parallel = new Parallel(2)) {
      AtomicInteger count = new AtomicInteger();
      Thread.currentThread().interrupt();
      parallel.forEach(threads(2), 10, _ -> count.incrementAndGet());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(count.get()).isEqualTo(10);
    }
  }

  @Test
  void aWorkerThatIsAwakeEndsWithThePool() throws Exception {
    for (int round = 0; round < 200; round++) {
      AtomicReference<Thread> worker = new AtomicReference<>();
      try (Parallel parallel = new Parallel(2)) {
        // Calls in quick succession, so that the worker stays awake after the last.
        for (int call = 0; call < 3; call++) {
          meetWorker(parallel, worker);
        }
      }
      worker.get().join();
    }
  }

  /** A call that ends when both threads are in it. */
  private static void meetWorker(Parallel parallel, AtomicReference<Thread> worker) {
    CyclicBarrier bothAreIn = new CyclicBarrier(2);
    Thread caller = Thread.currentThread();
    parallel.forEach(
        threads(2),
        2,
        _ -> {
          if (Thread.currentThread() != caller) {
            worker.set(Thread.currentThread());
          }
          meet(bothAreIn);
        });
  }

  @Test
  void shortCallsInQuickSuccessionAreEachDoneWhenTheyReturn() {
    try (Parallel parallel = new Parallel(3)) {
      for (int round = 0; round < 20_000; round++) {
        long[] seen = new long[5];
        int now = round + 1;
        parallel.forEach(threads(3), 5, i -> seen[(int) i] = now + i);
        for (int i = 0; i < 5; i++) {
          assertThat(seen[i]).isEqualTo(now + i);
        }
      }
    }
  }

  @Test
  void aCallerThatSleepsForItsHelperIsWoken() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (Parallel parallel = new Parallel(2);
          ExecutorService callers = Executors.newSingleThreadExecutor()) {
        CyclicBarrier bothAreIn = new CyclicBarrier(2);
        CountDownLatch callerSleeps = new CountDownLatch(1);
        AtomicReference<Thread> caller = new AtomicReference<>();
        Future<?> call =
            callers.submit(() -> {
              caller.set(Thread.currentThread());
              parallel.forEach(
                  threads(2),
                  2,
                  _ -> {
                    meet(bothAreIn);
                    if (Thread.currentThread() != caller.get()) {
                      await(callerSleeps);
                    }
                  });
            });
        while (caller.get() == null
            || !(LockSupport.getBlocker(caller.get()) instanceof RangeJob)) {
          Thread.onSpinWait();
        }
        callerSleeps.countDown();
        call.get();
      }
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
