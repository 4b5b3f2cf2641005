package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Operations that are short of memory because of each other. */
class TurnsTest {
  private static final long SIZE = 100 * 100 * 8;

  @Test
  void twoOperationsThatFitOnlyOneByOneBothSucceed() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2);
        HostMemory memory = new HostMemory(4 * SIZE)) {
      CyclicBarrier bothHold = new CyclicBarrier(2);
      AtomicInteger attempts = new AtomicInteger();
      Callable<Boolean> operation =
          () ->
              memory.run(() -> {
                Buffer first = memory.allocate(2 * SIZE);
                try {
                  if (attempts.incrementAndGet() <= 2) {
                    await(bothHold);
                  }
                  memory.allocate(2 * SIZE).release();
                  return true;
                } finally {
                  first.release();
                }
              });
      for (Future<Boolean> each : threads.invokeAll(List.of(operation, operation))) {
        assertThat(each.get()).isTrue();
      }
      assertThat(attempts.get()).isBetween(3, 5);
      assertThat(memory.retries()).isBetween(1L, 3L);
      assertThat(memory.liveBuffers()).isZero();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anOperationWaitsForThePinsOfOthers() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(1);
        HostMemory memory = new HostMemory(2 * SIZE)) {
      ManagedMatrix pinned = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 200, 100));
      pinned.pinHost();
      CountDownLatch failedOnce = new CountDownLatch(1);
      Future<Long> waiting =
          threads.submit(() ->
              memory.run(() -> {
                try {
                  Buffer buffer = memory.allocate(SIZE);
                  long size = buffer.segment().byteSize();
                  buffer.release();
                  return size;
                } catch (ShortageException e) {
                  failedOnce.countDown();
                  throw e;
                }
              }));
      failedOnce.await();
      pinned.release();
      assertThat(waiting.isDone()).isFalse();
      pinned.unpin();
      assertThat(waiting.get()).isEqualTo(SIZE);
    }
  }

  @Test
  void anOperationThatIsTooMuchByItselfFails() {
    try (HostMemory memory = new HostMemory(2 * SIZE)) {
      AtomicInteger attempts = new AtomicInteger();
      assertThatThrownBy(() ->
              memory.run(() -> {
                attempts.incrementAndGet();
                Buffer half = memory.allocate(SIZE);
                try {
                  return memory.allocate(2 * SIZE);
                } finally {
                  half.release();
                }
              }))
          .isInstanceOf(ShortageException.class);
      assertThat(attempts).hasValue(9);
      assertThatThrownBy(() -> memory.run(() -> memory.allocate(3 * SIZE)))
          .isInstanceOf(ShortageException.class);
    }
  }

  @Test
  void whatIsShortForAWhileAloneIsTriedAgain() {
    try (HostMemory memory = new HostMemory(2 * SIZE)) {
      AtomicInteger attempts = new AtomicInteger();
      // As when another thread has chosen a value to leave and has yet to let go of it.
      memory.run(() -> {
        Buffer half = memory.allocate(SIZE);
        try {
          memory.allocate(attempts.incrementAndGet() < 8 ? 2 * SIZE : SIZE).release();
          return null;
        } finally {
          half.release();
        }
      });
      assertThat(attempts).hasValue(8);
    }
  }

  /**
   * Takes two thirds of the memory; from the second attempt on, another thread has the next turn.
   */
  private static boolean takeTwoThirds(HostMemory memory, AtomicInteger attempts, Thread other) {
    if (attempts.incrementAndGet() > 1) {
      // The other one has queued for the turn.
      while (other.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    memory.allocate(2 * SIZE).release();
    return true;
  }

  /** Without a disk, what another thread holds stays there until it has no use for it any more. */
  @Test
  void whatIsShortAloneWaitsForThoseWhoGoOn() throws Exception {
    int many = 16; // attempts; it would fail after 8 while nobody else gets anywhere
    try (ExecutorService threads = Executors.newFixedThreadPool(1);
        HostMemory memory = new HostMemory(3 * SIZE)) {
      ManagedMatrix held = filled(memory, 1);
      ManagedMatrix kept = filled(memory, 2);
      AtomicInteger attempts = new AtomicInteger();
      Thread other = Thread.currentThread();
      Future<Boolean> waiting =
          threads.submit(() -> memory.run(() -> takeTwoThirds(memory, attempts, other)));
      while (attempts.get() < many) {
        memory.run(() -> true);
      }
      held.release();
      assertThat(waiting.get()).isTrue();
      assertThat(memory.retries()).isGreaterThanOrEqualTo(many - 1);
      kept.release();
    }
  }

  @Test
  void theDisksThreadsDoNotWaitForThoseWhoGoOn() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(1);
        HostMemory memory = new HostMemory(3 * SIZE)) {
      ManagedMatrix held = filled(memory, 1);
      ManagedMatrix kept = filled(memory, 2);
      AtomicInteger attempts = new AtomicInteger();
      Thread other = Thread.currentThread();
      Future<Boolean> waiting =
          threads.submit(() -> memory.runAsItIs(() -> takeTwoThirds(memory, attempts, other)));
      while (!waiting.isDone()) {
        memory.run(() -> true);
      }
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(ShortageException.class);
      // One does not count if the other began before this one queued, and ended after.
      assertThat(attempts.get()).isBetween(9, 10);
      held.release();
      kept.release();
    }
  }

  /** Four threads share values of four times the memory: read, replace, write in place. */
  @Test
  void manyThreadsOnAQuarterOfTheMemoryLoseNothing() throws Exception {
    int threadCount = 4;
    int perThread = 6;
    StoreInMemory store = new StoreInMemory();
    try (ExecutorService threads = Executors.newFixedThreadPool(threadCount);
        DiskTier disk = new DiskTier(-1, store::open);
        HostMemory memory = new HostMemory(6 * SIZE, disk)) {
      ManagedMatrix[] shared = new ManagedMatrix[threadCount];
      for (int i = 0; i < threadCount; i++) {
        shared[i] = filled(memory, 1000 + i);
      }
      List<Callable<Void>> bodies = new ArrayList<>();
      for (int t = 0; t < threadCount; t++) {
        Random random = new Random(t);
        bodies.add(() -> {
          work(memory, shared, random, perThread);
          return null;
        });
      }
      for (int round = 0; round < 50; round++) {
        for (Future<Void> each : threads.invokeAll(bodies)) {
          each.get();
        }
      }
      for (ManagedMatrix each : shared) {
        each.release();
      }
      assertThat(memory.liveBuffers()).isZero();
      assertThat(disk.statistics().bytes()).isZero();
      assertThat(disk.statistics().spills()).isPositive();
      assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
    }
  }

  private static ManagedMatrix filled(HostMemory memory, double value) {
    return memory.run(() -> {
      DenseMatrix cells = DenseMatrix.allocate(memory, 100, 100);
      cells.set(0, 0, value);
      cells.set(99, 99, value);
      return ManagedMatrix.adopt(cells);
    });
  }

  private static void work(HostMemory memory, ManagedMatrix[] shared, Random random, int own) {
    ManagedMatrix[] mine = new ManagedMatrix[own];
    double[] expected = new double[own];
    for (int i = 0; i < own; i++) {
      expected[i] = random.nextInt();
      mine[i] = filled(memory, expected[i]);
    }
    for (int step = 0; step < 60; step++) {
      int i = random.nextInt(own);
      int s = random.nextInt(shared.length);
      switch (random.nextInt(3)) {
        case 0 -> {
          double sum = memory.run(() -> sumOf(mine[i], shared[s]));
          assertThat(sum).isEqualTo(expected[i] + 1000 + s);
        }
        case 1 -> {
          mine[i].release();
          expected[i] = random.nextInt();
          mine[i] = filled(memory, expected[i]);
        }
        default -> {
          expected[i]++;
          double value = expected[i];
          memory.run(() -> {
            DenseMatrix cells = mine[i].pinWritable(memory);
            cells.set(0, 0, value);
            cells.set(99, 99, value);
            mine[i].unpin();
            return null;
          });
        }
      }
    }
    for (ManagedMatrix each : mine) {
      each.release();
    }
  }

  /** Pins both or none, as a kernel does. */
  private static double sumOf(ManagedMatrix a, ManagedMatrix b) {
    double first = a.pinHost().get(0, 0);
    try {
      double second = b.pinHost().get(99, 99);
      b.unpin();
      return first + second;
    } finally {
      a.unpin();
    }
  }
}
