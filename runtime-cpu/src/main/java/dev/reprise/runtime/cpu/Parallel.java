package dev.reprise.runtime.cpu;

import dev.reprise.runtime.ExecutionContext;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Runs the chunks of a kernel's work on the device's worker threads and on the caller.
 *
 * <p>Kernels receive one instance when they are registered and keep it for life. Where the chunks
 * are cut depends on the arguments alone, never on how many threads there are, so a kernel whose
 * chunks write disjoint cells, or that adds one partial result per chunk in order of the chunks,
 * gives the same bits with any number of threads:
 *
 * <pre>
 *   long chunks = Parallel.chunks(n, CHUNK);
 *   double[] partial = new double[(int) chunks];
 *   parallel.forRange(context, n, CHUNK, (from, to) -> partial[(int) (from / CHUNK)] = sum(from, to));
 *   // add partial[0], partial[1], ... in this order
 * </pre>
 *
 * <p>Any number of callers may run at once, also from within a chunk. A caller takes chunks itself
 * and waits only for chunks that a worker has already begun, so it never waits for a free worker
 * and calls cannot wait for each other in a circle. Idle workers stay awake for a moment: {@link
 * RequestQueue}.
 */
public final class Parallel implements AutoCloseable {
  /**
   * Requests for help that may wait per worker. One that finds no room is dropped: its caller does
   * the work alone, and requests that came too late do not pile up behind a long chunk.
   */
  private static final int QUEUED_PER_WORKER = 4;

  private final ThreadPoolExecutor workers;

  /** Makes a pool for {@code threads} threads, callers included; the workers start when needed. */
  public Parallel(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    workers =
        threads == 1
            ? null
            : new ThreadPoolExecutor(
                threads - 1,
                threads - 1,
                0,
                TimeUnit.SECONDS,
                new RequestQueue(QUEUED_PER_WORKER * (threads - 1)),
                Parallel::daemon,
                new ThreadPoolExecutor.DiscardPolicy());
  }

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body, "reprise-cpu-worker");
    thread.setDaemon(true);
    return thread;
  }

  /** Work on the indices from {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface RangeBody {
    void run(long from, long to);
  }

  /** Chunks that we like to have, for as many cores. */
  private static final long WANTED_CHUNKS = 16;

  /** How many times as large chunks become to be so few. */
  private static final long LARGEST_CHUNK = 4;

  /**
   * Indices of a chunk for work whose results do not depend on where it is cut: few chunks, since
   * each is begun by some hundred bytecodes, which the JVM interprets in the first calls.
   *
   * @param least that are worth a hand-over, at least 1
   */
  public static long chunk(long n, long least) {
    return Math.clamp(n / WANTED_CHUNKS, least, LARGEST_CHUNK * least);
  }

  /** How many chunks of {@code chunk} indices cover {@code n} indices. */
  public static long chunks(long n, long chunk) {
    return n / chunk + (n % chunk == 0 ? 0 : 1);
  }

  /**
   * Calls the body once for each of the ranges [0, chunk), [chunk, 2 chunk), ... that cover [0, n),
   * in any order and on at most {@code context.threads()} threads, and returns when all are done. A
   * single chunk runs on the caller, as everything does with one thread.
   *
   * <p>When bodies throw, no further chunk is begun, those under way are waited for, and the
   * exception of the lowest chunk is thrown.
   *
   * @param chunk indices per chunk; must follow from shapes, not from the number of threads. Worth
   *     10 microseconds or more each, so that a hand-over to a worker pays: it takes one or two
   *     when the worker is awake, as it is while calls come in quick succession, else 5 to 15
   */
  public void forRange(ExecutionContext context, long n, long chunk, RangeBody body) {
    long chunks = chunks(n, chunk);
    int helpers = workers == null ? 0 : Math.min(context.threads(), workers.getCorePoolSize() + 1);
    helpers = (int) Math.min(helpers - 1L, chunks - 1);
    if (helpers <= 0) {
      for (long from = 0; from < n; from += chunk) {
        body.run(from, Math.min(n, from + chunk));
      }
      return;
    }
    RangeJob job = new RangeJob(n, chunk, body);
    for (int i = 0; i < helpers; i++) {
      workers.execute(job);
    }
    job.runAndAwait();
  }

  /** Calls the body for each index from 0 to {@code count - 1} as a chunk of its own. */
  public void forEach(ExecutionContext context, long count, LongConsumer body) {
    forRange(context, count, 1, (from, _) -> body.accept(from));
  }

  /** Ends the workers; running chunks finish. */
  @Override
  public void close() {
    if (workers != null) {
      workers.shutdownNow();
    }
  }
}
