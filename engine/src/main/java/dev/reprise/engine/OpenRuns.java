package dev.reprise.engine;

import java.util.HashSet;
import java.util.Set;

/**
 * The runs of a session that are under way. Closing the session cancels them and waits for their
 * end, so that none of them meets memory that is gone; none begins afterwards.
 *
 * <p>Thread-safe; everything is guarded by this object's monitor, which waiting gives up. A run
 * ends at its next safe point and waits for nobody who closes the session, so closing comes to its
 * end; a run that closes its own session is refused.
 */
final class OpenRuns {
  private final Set<Entry> open = new HashSet<>();
  private boolean closed;

  /** A run and the thread that it is on; identity counts, not content. */
  static final class Entry {
    private final Run run;
    private final Thread thread;

    private Entry(Run run, Thread thread) {
      this.run = run;
      this.thread = thread;
    }

    /** Tells the run to stop at its next safe point, and ends a long write at once. */
    void cancel() {
      run.cancellation().cancel();
      thread.interrupt();
    }
  }

  /**
   * A run that the thread is about to begin.
   *
   * @throws IllegalStateException when the session is closed
   */
  synchronized Entry begin(Run run, Thread thread) {
    requireOpen();
    Entry entry = new Entry(run, thread);
    open.add(entry);
    return entry;
  }

  synchronized void end(Entry entry) {
    open.remove(entry);
    notifyAll();
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /** Lets no run begin any more, cancels those that have begun, and waits for them. */
  synchronized void close() {
    if (open.stream().anyMatch(entry -> entry.thread == Thread.currentThread())) {
      throw new IllegalStateException("a run cannot close its own session");
    }
    closed = true;
    open.forEach(Entry::cancel);
    boolean interrupted = false;
    while (!open.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
