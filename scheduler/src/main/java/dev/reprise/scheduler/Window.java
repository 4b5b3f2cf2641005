package dev.reprise.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How far one control thread may run ahead of its tasks: so many tasks, and so many bytes of
 * results that they are expected to make.
 *
 * <p>The control thread asks for room <em>before</em> it probes the cache, when it holds no claim,
 * so nobody can be waiting for what it would do next. Every task in the window depends on earlier
 * tasks and on claims of others that have been handed to tasks already, so the window empties by
 * itself.
 *
 * <p><b>Threads.</b> {@link #acquire} by one thread at a time, {@link #release} by any. The counts
 * rise by the acquiring thread alone, so its check and its rise need not be one step. It announces
 * itself in {@code blocked} before it looks again and parks; a release lowers the counts before it
 * looks there: one of them sees the other.
 */
public final class Window {
  private final int maxTasks;
  private final long maxBytes;
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  // Publishes who to wake; null while nobody is blocked.
  private volatile Thread blocked;

  public Window(int maxTasks, long maxBytes) {
    if (maxTasks < 1 || maxBytes < 0) {
      throw new IllegalArgumentException(
          "a window of " + maxTasks + " tasks, " + maxBytes + " bytes");
    }
    this.maxTasks = maxTasks;
    this.maxBytes = maxBytes;
  }

  /**
   * Waits for room and takes it. A task larger than the whole window gets in when the window is
   * empty.
   *
   * @param taskBytes bytes that the task's results are estimated to take
   */
  public void acquire(long taskBytes) throws InterruptedException {
    if (!hasRoom(taskBytes)) {
      waitForRoom(taskBytes);
    }
    tasks.incrementAndGet();
    bytes.addAndGet(taskBytes);
  }

  private boolean hasRoom(long taskBytes) {
    int running = tasks.get();
    return running == 0 || running < maxTasks && bytes.get() <= maxBytes - taskBytes;
  }

  private void waitForRoom(long taskBytes) throws InterruptedException {
    blocked = Thread.currentThread();
    try {
      while (!hasRoom(taskBytes)) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } finally {
      blocked = null;
    }
  }

  /** Gives the room of one ended task back; with the same bytes as it was taken. */
  public void release(long taskBytes) {
    bytes.addAndGet(-taskBytes);
    tasks.decrementAndGet();
    Thread waiter = blocked;
    if (waiter != null) {
      LockSupport.unpark(waiter);
    }
  }

  /** Tasks that are in the window now. */
  public int tasks() {
    return tasks.get();
  }
}
