package dev.reprise.engine.thread;

import java.util.HashSet;
import java.util.Set;

/**
 * The runs of a session that are under way, and what else uses its memory and files: a replay, a
 * value that is being bound. Closing the session cancels them and waits for their end, so that none
 * of them meets memory that is gone; none begins afterwards.
 *
 * <p>Thread-safe; everything is guarded by this object's monitor, which waiting gives up. A run
 * ends at its next safe point and waits for nobody who closes the session, so closing comes to its
 * end; a run that closes its own session is refused, whichever of its threads tries it: its end,
 * which closing waits for, would wait for that thread.
 */
public final class OpenRuns {
  private final Set<Entry> open = new HashSet<>();
  private boolean closed;

  /** One run, or another use of the session, until it is closed; identity counts, not content. */
  public final class Entry implements AutoCloseable {
    private final Cancellation cancellation = new Cancellation(null);

    /** Those that work for the run, which therefore cannot wait for its end. */
    private final Set<Thread> threads = new HashSet<>(); // guarded by OpenRuns.this

    /** Null until the script begins. */
    private Thread script; // guarded by OpenRuns.this

    private Entry(Thread thread) {
      threads.add(thread);
    }

    /** Seen at safe points by all that works for the run. */
    public Cancellation cancellation() {
      return cancellation;
    }

    /**
     * The script is about to begin, on a thread of its own.
     *
     * @throws IllegalStateException when the session has been closed meanwhile
     */
    public void begins(Thread thread) {
      synchronized (OpenRuns.this) {
        requireOpen("Script.run");
        script = thread;
        joined(thread);
      }
    }

    /** Work that another thread does for the run, such as that of a parfor's worker. */
    Runnable shared(Runnable work) {
      return () -> {
        joined(Thread.currentThread());
        try {
          work.run();
        } finally {
          left(Thread.currentThread());
        }
      };
    }

    private void joined(Thread thread) {
      synchronized (OpenRuns.this) {
        threads.add(thread);
      }
    }

    private void left(Thread thread) {
      synchronized (OpenRuns.this) {
        threads.remove(thread);
      }
    }

    /** True for a thread that works for the run, whose end it therefore cannot wait for. */
    public boolean isWorkOf(Thread thread) {
      synchronized (OpenRuns.this) {
        return threads.contains(thread);
      }
    }

    /** Tells the run to stop at its next safe point, and ends a long write at once. */
    public void cancel() {
      synchronized (OpenRuns.this) {
        cancellation.cancel();
        if (script != null) {
          script.interrupt();
        }
      }
    }

    /** The run is over. */
    @Override
    public void close() {
      end(this);
    }
  }

  /**
   * Begins a run, or another use of the session, on the calling thread.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  public synchronized Entry begin(String call) {
    requireOpen(call);
    Entry entry = new Entry(Thread.currentThread());
    open.add(entry);
    return entry;
  }

  private synchronized void end(Entry entry) {
    open.remove(entry);
    notifyAll();
  }

  /**
   * Makes sure that the session can be used, by any thread.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  public synchronized void requireOpen(String call) {
    if (closed) {
      throw new IllegalStateException(call + ": the session is closed");
    }
  }

  /** Lets no run begin any more, cancels those that have begun, and waits for them. */
  public synchronized void close() {
    if (open.stream().anyMatch(entry -> entry.threads.contains(Thread.currentThread()))) {
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
