package dev.reprise.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Turns Ctrl-C (and a polite kill) into the cancellation of what runs, so that no half-written file
 * stays behind; the JVM then ends with 128 + signal.
 *
 * <p>The shutdown thread calls {@link #interrupt}, the main thread everything else. The shutdown
 * thread waits a while for the main thread, which never waits for it.
 */
final class Interruption {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final PrintStream err;
  private final Duration patience;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicReference<Runnable> cancellation = new AtomicReference<>(() -> {});

  // Written by the shutdown thread; publishes that the work is to end, and that nobody waits for an
  // exit code any more.
  private volatile boolean interrupted;

  Interruption(PrintStream err) {
    this(err, PATIENCE);
  }

  /**
   * @param patience with the main thread, until the process ends in any case
   */
  Interruption(PrintStream err, Duration patience) {
    this.err = err;
    this.patience = patience;
  }

  /** Listens until {@link #finished}. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "reprise-interrupt"));
  }

  /**
   * Names what has to be called to end the work early, any number of times; replaces what was named
   * before. It is called at once when the interruption has come already, while there was nothing to
   * cancel: one of the two threads sees what the other has written first.
   */
  void onInterrupt(Runnable cancel) {
    cancellation.set(cancel);
    if (interrupted) {
      cancel.run();
    }
  }

  /** The command is done: a shutdown from now on is an ordinary one. */
  void finished() {
    finished.countDown();
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /** Cancels the work, if there still is some, and gives it a moment to tidy up. */
  void interrupt() {
    if (finished.getCount() == 0) {
      return;
    }
    interrupted = true;
    err.println("reprise: interrupted");
    cancellation.get().run();
    try {
      finished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
