package dev.reprise.scheduler;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread that owns an accelerator: takes tasks from a ring, copies what they need, launches
 * them, and completes them in the order of their launches.
 *
 * <pre>
 *   submit --> ring --> issue: pin or copy inputs, launch, mark --> issued --mark reached--> completed
 *         \--> overflow, when the ring is full --^                    |
 *                                                                     +-- at most so many at once
 * </pre>
 *
 * <p><b>Who waits.</b> The worker waits for tasks, for the device, and within {@link DeviceMemory}
 * for the disk's writer; never for a value, a claim or another worker. Submitting never waits: how
 * much is under way is bounded by those who submit. So two workers may feed each other with full
 * rings.
 *
 * <p><b>No task is overlooked.</b> Who finds the ring full puts his task into the overflow and then
 * tries to wake the worker through the ring. The worker gives the ring's slots back before it looks
 * at the overflow for the last time. So either the ring has room for the wake-up, or that look
 * comes after the task. Nothing that a task throws ends the worker or keeps it from the next task.
 *
 * <p><b>Overlap.</b> While earlier launches run, later tasks are issued: their inputs are copied
 * beside the kernels. The worker waits for the oldest launch only when no task is there to be
 * issued or enough are.
 */
public final class AcceleratorWorker implements AutoCloseable {
  private static final int RING_SIZE = 1024;

  /** Launches that may be under way; their inputs stay pinned. */
  private static final int MOST_ISSUED = 16;

  private static final int ENDED = Integer.MIN_VALUE;

  private static final class Slot {
    private DeviceTask task;
  }

  private final Accelerator accelerator;
  private final DeviceMemory memory;
  private final WorkerEvents events;
  private final Disruptor<Slot> disruptor;
  private final RingBuffer<Slot> ring;
  private final Queue<DeviceTask> overflow = new ConcurrentLinkedQueue<>();

  // Tasks that have not ended. Its fall to zero while closing lets the closing thread go on, who
  // makes it ENDED: from then on it is negative.
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicLong executed = new AtomicLong();
  private final AtomicLong busyNanos = new AtomicLong();

  // The worker's alone.
  private final Deque<IssuedTask> issued = new ArrayDeque<>();

  // Written by the worker, read by whoever places work.
  private volatile DeviceException lost;

  // Publishes the end: tasks that start after it are cancelled.
  private volatile boolean closing;

  /**
   * Starts the thread.
   *
   * @param memory the accelerator's; both are closed by their owner, after the worker
   */
  public AcceleratorWorker(DeviceMemory memory, WorkerEvents events) {
    this(memory, events, RING_SIZE);
  }

  /** For tests: with a ring of a size of their choice, a power of two. */
  AcceleratorWorker(DeviceMemory memory, WorkerEvents events, int ringSize) {
    this.memory = memory;
    this.accelerator = memory.accelerator();
    this.events = events;
    this.disruptor =
        new Disruptor<>(
            Slot::new,
            ringSize,
            work -> {
              Thread thread = new Thread(work, "reprise-" + accelerator.name());
              thread.setDaemon(true);
              return thread;
            },
            ProducerType.MULTI,
            new BlockingWaitStrategy());
    disruptor.handleEventsWith(new Handler());
    this.ring = disruptor.start();
  }

  public String name() {
    return accelerator.name();
  }

  public Accelerator accelerator() {
    return accelerator;
  }

  public DeviceMemory memory() {
    return memory;
  }

  /** Why the accelerator can do nothing more, or null. */
  public DeviceException lost() {
    return lost;
  }

  /** Tasks submitted that have not ended. */
  public int unfinished() {
    return Math.max(unfinished.get(), 0);
  }

  /**
   * Estimated time until what is queued now has ended: the tasks, at the average of those before.
   */
  public double backlogNanos() {
    long ended = executed.get();
    return ended == 0 ? 0 : unfinished() * ((double) busyNanos.get() / ended);
  }

  /** Operations that ended well. */
  public long executed() {
    return executed.get();
  }

  /** Time that the accelerator worked, by its own clock where it has one. */
  public long busyNanos() {
    return busyNanos.get();
  }

  /**
   * Takes a task over. Never waits and never runs any of it on the calling thread; but after the
   * end of {@link #close}, tells it there that it is cancelled.
   */
  public void submit(DeviceTask task) {
    if (unfinished.getAndUpdate(tasks -> tasks == ENDED ? ENDED : tasks + 1) == ENDED) {
      task.failed(cancellation());
      return;
    }
    if (!ring.tryPublishEvent((slot, sequence, submitted) -> slot.task = submitted, task)) {
      overflow.add(task);
      // The worker may have emptied the ring meanwhile and gone to sleep. When there is no room for
      // this either, it has yet to look at the overflow.
      ring.tryPublishEvent((slot, sequence) -> slot.task = null);
    }
  }

  private final class Handler implements EventHandler<Slot> {
    private Sequence consumed;

    @Override
    public void setSequenceCallback(Sequence sequence) {
      consumed = sequence;
    }

    @Override
    public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
      DeviceTask task = slot.task;
      slot.task = null;
      if (task != null) {
        issue(task);
      }
      if (endOfBatch) {
        // Volatile: the slots are free before the overflow is looked at.
        consumed.setVolatile(sequence);
        issueOverflow();
        while (!issued.isEmpty() && ring.getCursor() == sequence) {
          completeOldest();
          issueOverflow();
        }
      }
    }
  }

  private void issueOverflow() {
    for (DeviceTask more = overflow.poll(); more != null; more = overflow.poll()) {
      issue(more);
    }
  }

  private void issue(DeviceTask task) {
    while (issued.size() >= MOST_ISSUED) {
      completeOldest();
    }
    if (closing || !isWanted(task)) {
      end(() -> task.failed(cancellation()));
    } else if (lost != null) {
      DeviceException reason = lost;
      end(() -> task.failed(reason));
    } else {
      launch(task);
    }
  }

  private static CancellationException cancellation() {
    return new CancellationException("cancelled");
  }

  private static boolean isWanted(DeviceTask task) {
    try {
      return task.isWanted();
    } catch (RuntimeException | Error e) {
      report(e);
      return false;
    }
  }

  private void launch(DeviceTask task) {
    IssuedTask next = new IssuedTask(task, memory);
    try {
      next.launch();
      issued.add(next);
    } catch (Throwable e) {
      try {
        next.giveUp();
      } catch (RuntimeException | Error second) {
        e.addSuppressed(second);
      }
      failed(task, e);
    }
  }

  private void completeOldest() {
    IssuedTask oldest = issued.poll();
    DeviceTask task = oldest.task();
    IssuedTask.Outcome ended;
    try {
      ended = oldest.await();
    } catch (Throwable e) {
      failed(task, e);
      return;
    }
    IssuedTask.Outcome outcome = ended;
    executed.incrementAndGet();
    busyNanos.addAndGet(outcome.nanos());
    quietly(() -> events.executed(accelerator.name(), task, outcome.issuedAt(), outcome.nanos()));
    end(() -> task.completed(outcome.value(), outcome.nanos()));
  }

  private void failed(DeviceTask task, Throwable error) {
    if (error instanceof DeviceException failure && failure.isLost()) {
      lost = failure;
      memory.lose();
    }
    quietly(() -> events.failed(accelerator.name(), task, error));
    end(() -> task.failed(error));
  }

  private void end(Runnable told) {
    quietly(told);
    if (unfinished.decrementAndGet() == 0 && closing) {
      synchronized (unfinished) {
        unfinished.notifyAll();
      }
    }
  }

  /** Tells somebody something. What that throws is his own affair: the worker goes on. */
  private static void quietly(Runnable told) {
    try {
      told.run();
    } catch (RuntimeException | Error e) {
      report(e);
    }
  }

  private static void report(Throwable error) {
    Thread thread = Thread.currentThread();
    thread.getThreadGroup().uncaughtException(thread, error);
  }

  /** Cancels what has not started, waits for what runs, and ends the thread. */
  @Override
  public void close() {
    closing = true;
    boolean interrupted = false;
    synchronized (unfinished) {
      while (!unfinished.compareAndSet(0, ENDED) && unfinished.get() != ENDED) {
        try {
          unfinished.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    disruptor.shutdown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
