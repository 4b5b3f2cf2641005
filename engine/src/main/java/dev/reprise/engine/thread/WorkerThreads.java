package dev.reprise.engine.thread;

import dev.reprise.engine.timeline.Timeline;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads of a parfor's workers. They may start others, which are waited for, too. Thread-safe.
 */
public final class WorkerThreads {
  /** Deep enough for ordinary recursion; only touched pages cost memory. */
  private static final long STACK_BYTES = 128L << 20;

  private final Timeline timeline;
  private final OpenRuns.Entry open;
  private final Cancellation cancellation;
  private final List<Thread> threads = new ArrayList<>(); // guarded by this

  /**
   * @param timelineOrNull what the threads leave when they end
   * @param open the run that they work for
   * @param cancellation of the work, for when who waits is interrupted
   */
  public WorkerThreads(Timeline timelineOrNull, OpenRuns.Entry open, Cancellation cancellation) {
    this.timeline = timelineOrNull;
    this.open = open;
    this.cancellation = cancellation;
  }

  /** Starts a worker on a daemon thread of its own, which works for the run until it ends. */
  public synchronized void start(Runnable worker) {
    Runnable work = timeline == null ? worker : () -> runAndLeave(worker);
    Thread thread =
        new Thread(null, open.shared(work), "reprise-parfor-" + threads.size(), STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void runAndLeave(Runnable worker) {
    try {
      worker.run();
    } finally {
      timeline.leave();
    }
  }

  /** Returns when all have ended; an interrupt cancels the work and is kept. */
  public void join() {
    boolean interrupted = false;
    // A thread starts another one before it ends, so the last one is found here, too.
    for (int i = 0; i < started(); i++) {
      interrupted |= wasInterruptedWhileJoining(thread(i));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean wasInterruptedWhileJoining(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
        cancellation.cancel();
      }
    }
  }

  private synchronized int started() {
    return threads.size();
  }

  private synchronized Thread thread(int number) {
    return threads.get(number);
  }
}
