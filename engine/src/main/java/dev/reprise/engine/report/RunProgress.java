package dev.reprise.engine.report;

import dev.reprise.ProgressListener;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a run is, for whoever listens: what the script says with {@code progress}, and as long as
 * it says nothing, how many iterations of a parfor are done. Thread-safe.
 */
public final class RunProgress {
  /** Null when nobody listens. */
  private final ProgressListener listener;

  // Written by the main control thread before it enters a parfor, read by the workers of that.
  private volatile boolean scriptTells;

  /**
   * @param listener null when nobody listens
   */
  public RunProgress(ProgressListener listener) {
    this.listener = listener;
  }

  /** The main control thread has come to a {@code progress}. */
  public void told(double done, double total, String text) {
    scriptTells = true;
    if (listener != null) {
      tell(done, total, text);
    }
  }

  private void tell(double done, double total, String text) {
    try {
      listener.progressed(done, total, text);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      throw new ListenerFailure("progress listener", e);
    }
  }

  /** Counts the iterations of one parfor outside of any other; told by its workers. */
  public Runnable iterations(long total) {
    if (listener == null || scriptTells) {
      return () -> {};
    }
    AtomicLong done = new AtomicLong();
    return () -> tell(done.incrementAndGet(), total, "parfor");
  }
}
