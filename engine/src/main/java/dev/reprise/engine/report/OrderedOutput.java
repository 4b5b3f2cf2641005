package dev.reprise.engine.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes the printed text and the metrics of parfor iterations on in iteration order, each as soon
 * as all before it are there. Thread-safe.
 */
public final class OrderedOutput {
  private final Appendable target;

  /** The iteration after which nothing is passed on: the first that failed. */
  private final AtomicLong last;

  private record Effects(String text, Runnable metrics) {}

  private final Map<Long, Effects> waiting = new HashMap<>();
  private long next;

  /**
   * @param target of the text, in the order of the iterations
   * @param last the iteration after which nothing is passed on, which may become smaller
   */
  public OrderedOutput(Appendable target, AtomicLong last) {
    this.target = target;
    this.last = last;
  }

  /**
   * @param metrics passes the iteration's metrics on
   */
  public synchronized void complete(long iteration, String text, Runnable metrics) {
    waiting.put(iteration, new Effects(text, metrics));
    Effects ready;
    while (next <= last.get() && (ready = waiting.remove(next)) != null) {
      next++;
      append(target, ready.text);
      ready.metrics.run();
    }
  }

  /**
   * Appends a text; an output that fails is an {@link UncheckedIOException}, one of the caller's
   * that throws something else a {@link ListenerFailure}.
   */
  public static void append(Appendable target, String text) {
    try {
      target.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ListenerFailure("output", e);
    }
  }
}
