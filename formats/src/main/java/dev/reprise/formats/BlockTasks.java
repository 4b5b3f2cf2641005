package dev.reprise.formats;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Runs independent numbered tasks on a few threads, the caller's included.
 *
 * <p>Tasks are taken in order from one counter. After a failure no further task starts; every task
 * with a lower number has started by then, so the failure that is thrown is the one with the lowest
 * number, whatever the timing.
 */
final class BlockTasks {
  private final IntConsumer task;
  private final int count;
  // Next task to take; a worker that fails moves it past the end.
  private final AtomicInteger next = new AtomicInteger();
  private final Throwable[] failures;

  private BlockTasks(int count, IntConsumer task) {
    this.task = task;
    this.count = count;
    this.failures = new Throwable[count];
  }

  /** Runs tasks 0 to {@code count - 1} and returns when all have ended. */
  static void run(int count, int threads, IntConsumer task) {
    new BlockTasks(count, task).runAll(Math.min(threads, count));
  }

  private void runAll(int threads) {
    Thread[] others = new Thread[Math.max(0, threads - 1)];
    for (int i = 0; i < others.length; i++) {
      others[i] = Thread.ofPlatform().daemon().name("read-" + i).start(this::work);
    }
    work();
    for (Thread other : others) {
      join(other);
    }
    for (Throwable failure : failures) {
      if (failure instanceof RuntimeException problem) {
        throw problem;
      }
      if (failure instanceof Error error) {
        throw error;
      }
    }
  }

  private void work() {
    int taken;
    while ((taken = next.getAndIncrement()) < count) {
      try {
        task.accept(taken);
      } catch (RuntimeException | Error failure) {
        failures[taken] = failure;
        next.set(count);
      }
    }
  }

  /** Waits for a worker; an interrupt is kept for the caller, since workers always end. */
  private static void join(Thread worker) {
    boolean interrupted = false;
    while (true) {
      try {
        worker.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
