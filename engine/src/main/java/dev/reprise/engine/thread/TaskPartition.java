package dev.reprise.engine.thread;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The iterations of a parfor, cut into tasks that workers take in ascending order. Which worker
 * takes a task changes no result. Thread-safe.
 *
 * <p>Factoring (Hummel, Schonberg, Flynn: CACM 35(8), 1992) hands out tasks in rounds, one for each
 * worker, each round half of what is left: large tasks first, small ones to even out the end.
 */
public final class TaskPartition {

  /** Iterations from {@code from} (inclusive) to {@code to} (exclusive). */
  public record Task(long from, long to) {}

  private final long count;

  /** Iterations per task, or 0 when {@link #bounds} has the tasks' borders. */
  private final long size;

  private final long[] bounds;
  private final AtomicLong next = new AtomicLong();

  private TaskPartition(long count, long size, long[] bounds) {
    this.count = count;
    this.size = size;
    this.bounds = bounds;
  }

  /** Tasks of one size. */
  static TaskPartition fixed(long count, long size) {
    return new TaskPartition(count, Math.max(1, size), null);
  }

  /** One task of equal size for each worker. */
  static TaskPartition even(long count, int workers) {
    return fixed(count, (count + workers - 1) / workers);
  }

  /**
   * Tasks that become smaller.
   *
   * @param least smallest size, but for the last task
   * @param most largest size
   */
  static TaskPartition factoring(long count, int workers, long least, long most) {
    long[] bounds = new long[64];
    int tasks = 0;
    long at = 0;
    while (at < count) {
      long half = (count - at + 2L * workers - 1) / (2L * workers);
      long size = Math.max(1, Math.min(most, Math.max(least, half)));
      for (int worker = 0; worker < workers && at < count; worker++) {
        if (tasks + 1 == bounds.length) {
          bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        at = Math.min(count, at + size);
        bounds[++tasks] = at;
      }
    }
    return new TaskPartition(count, 0, Arrays.copyOf(bounds, tasks + 1));
  }

  /** The next task, or null when all are taken. */
  public Task take() {
    if (size > 0) {
      long from = next.getAndAdd(size);
      return from >= count ? null : new Task(from, Math.min(count, from + size));
    }
    long task = next.getAndIncrement();
    return task + 1 >= bounds.length ? null : new Task(bounds[(int) task], bounds[(int) task + 1]);
  }
}
