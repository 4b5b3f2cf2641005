package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WindowTest {

  @Test
  void theNumberOfTasksIsBounded() throws Exception {
    Window window = new Window(2, 1000);
    window.acquire(1);
    window.acquire(1);
    assertBlocksUntil(window, 1, () -> window.release(1));
  }

  @Test
  void theBytesAreBounded() throws Exception {
    Window window = new Window(10, 1000);
    window.acquire(600);
    assertBlocksUntil(window, 500, () -> window.release(600));
  }

  @Test
  void aTaskLargerThanTheWindowRunsAlone() throws Exception {
    Window window = new Window(10, 1000);
    window.acquire(5000);
    assertBlocksUntil(window, 1, () -> window.release(5000));
    window.acquire(1);
    assertThat(window.tasks()).isEqualTo(2);
  }

  @Test
  void anInterruptedThreadLeavesTheWindowAsItWas() throws Exception {
    Window window = new Window(1, 1000);
    window.acquire(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread blocked =
        new Thread(() -> {
          try {
            window.acquire(1);
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
        });
    blocked.start();
    CpuPoolTest.awaitParked(blocked);
    blocked.interrupt();
    blocked.join();
    assertThat(interrupted).isTrue();
    assertThat(window.tasks()).isOne();
  }

  @Test
  void everyTaskOfALongRunGetsThroughAndTheBoundHolds() throws Exception {
    Window window = new Window(4, 100);
    ConcurrentLinkedQueue<Long> running = new ConcurrentLinkedQueue<>();
    AtomicInteger released = new AtomicInteger();
    int tasks = 50_000;
    Thread[] workers = new Thread[2];
    for (int w = 0; w < workers.length; w++) {
      workers[w] =
          new Thread(() -> {
            while (released.get() < tasks) {
              Long bytes = running.poll();
              if (bytes != null) {
                window.release(bytes);
                released.incrementAndGet();
              } else {
                Thread.onSpinWait();
              }
            }
          });
      workers[w].start();
    }
    for (int i = 0; i < tasks; i++) {
      long bytes = i % 37;
      window.acquire(bytes);
      assertThat(window.tasks()).isLessThanOrEqualTo(4);
      running.add(bytes);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    assertThat(window.tasks()).isZero();
  }

  /** Forces the interleaving: the acquiring thread parks, then something gives room. */
  private static void assertBlocksUntil(Window window, long bytes, Runnable giveRoom)
      throws InterruptedException {
    ArrayDeque<String> order = new ArrayDeque<>();
    Thread control =
        new Thread(() -> {
          try {
            window.acquire(bytes);
            order.add("acquired");
          } catch (InterruptedException e) {
            order.add("interrupted");
          }
        });
    control.start();
    CpuPoolTest.awaitParked(control);
    assertThat(order).isEmpty();
    giveRoom.run();
    control.join();
    assertThat(order).containsExactly("acquired");
  }
}
