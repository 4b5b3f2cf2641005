package dev.reprise.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies values to disk before memory is full, so that room is made without waiting for the disk.
 *
 * <pre>
 *   used |=====================|--- mark at 90 % ---|         budget
 *        a large buffer is granted beyond the mark --> a pass, if none is running
 *   pass: what would leave next, up to 1/16 of the budget --> one write after the other
 *         each is an entry of its own in the writer's queue: who needs room now goes in between
 * </pre>
 *
 * <p>A written value stays in memory as it is; only its copy exists already when memory is short.
 * Nothing else on the disk makes room for such a copy. The next pass begins when as much has been
 * granted as a pass writes, so a program that stays just above the mark writes little in vain.
 *
 * <p><b>Threads.</b> {@link #granted} by any thread; a pass runs on the writer's thread, which owns
 * the queue of the pass. {@code running} is set by who begins a pass and cleared at its end, on
 * every path. A pass holds no references: a matrix that dies is passed over.
 */
final class WriteAhead {
  private static final double MARK = 0.9;
  private static final long BATCH_SHARE = 16;

  private final DiskTier disk;
  private final Choice choice;
  private final long markBytes;
  private final long batchBytes;
  // Granted beyond the mark since the last pass.
  private final AtomicLong granted;
  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();
  private final Deque<ManagedMatrix> pass = new ArrayDeque<>();
  // Publishes the end to whoever would begin a pass, and to the one that is running.
  private volatile boolean ended;

  /** Chooses what to write: matrices of so many bytes, if there are so many. */
  @FunctionalInterface
  interface Choice {
    List<ManagedMatrix> of(long bytes);
  }

  WriteAhead(DiskTier disk, long budgetBytes, Choice choice) {
    this.disk = disk;
    this.choice = choice;
    this.markBytes = (long) (MARK * budgetBytes);
    this.batchBytes = Math.max(budgetBytes / BATCH_SHARE, 1);
    this.granted = new AtomicLong(batchBytes);
  }

  /** Hears of a large buffer. */
  void granted(long usedBytes, long bytes) {
    if (usedBytes > markBytes
        && !ended
        && granted.addAndGet(bytes) >= batchBytes
        && running.compareAndSet(false, true)) {
      granted.set(0);
      next(this::choose);
    }
  }

  private void next(Runnable step) {
    boolean queued =
        !ended
            && disk.onWriter(() -> {
              guarded(step);
              return null;
            })
                != null;
    if (!queued) {
      running.set(false);
    }
  }

  /** Whatever goes wrong, the pass ends; it was not needed. */
  private void guarded(Runnable step) {
    boolean done = false;
    try {
      step.run();
      done = true;
    } finally {
      if (!done) {
        ended = true;
        pass.clear();
        running.set(false);
      }
    }
  }

  private void choose() {
    pass.clear();
    pass.addAll(choice.of(batchBytes));
    next(this::write);
  }

  private void write() {
    ManagedMatrix matrix = pass.poll();
    if (matrix == null) {
      running.set(false);
      return;
    }
    if (matrix.writeAhead() > 0) {
      written.incrementAndGet();
    }
    next(this::write);
  }

  /** Waits for the write that is going on; false when there is none. */
  boolean awaitWrite() {
    if (!running.get()) {
      return false;
    }
    disk.awaitWrites();
    return true;
  }

  /** Begins no pass from now on, and waits for the one that is running. */
  void end() {
    ended = true;
    while (running.get()) {
      disk.awaitWrites();
    }
  }

  /** Values written so far. */
  long written() {
    return written.get();
  }
}
