package dev.reprise.scheduler;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

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
 * <p><b>Early values.</b> A task may take its value when the launch has returned: what is launched
 * after it here comes after it anyway, so a chain of operations is issued without waiting for the
 * device once. Readers elsewhere wait for the mark ({@link dev.reprise.memory.Completion}); when a
 * launch fails later, its value and what was made of it are lost, and are computed again from their
 * lineage as after the loss of the device.
 *
 * <p><b>Repeated iterations.</b> The accelerator may hold the launches of an iteration back that it
 * has seen before, to issue them at once (see {@link Accelerator#repeats}). Their values are given
 * out as ever. When nothing more comes for a while, or somebody waits, they are issued as they are;
 * and before the worker waits for anything but a mark.
 *
 * <p><b>Overlap.</b> While earlier launches run, later tasks are issued: their inputs are copied
 * beside the kernels. The worker waits for the oldest launch only when enough are under way; with
 * no task to be issued it looks now and then whether a launch has ended or a task has come.
 */
public final class AcceleratorWorker implements AutoCloseable {
  private static final int RING_SIZE = 1024;

  /** Launches that may be under way; their inputs stay pinned. */
  private static final int MOST_ISSUED = 64;

  /** How often the worker asks whether a launch has ended before it naps between two questions. */
  private static final int LOOKS = 100;

  private static final long NAP_NANOS = 50_000;

  /** The same while an iteration is held back, which is bounded by itself. */
  private static final int MOST_HELD = 1024;

  /** How long an iteration is held back when nothing more comes. */
  private static final long HELD_NANOS = 1_000_000;

  /** What an operation takes at least on an accelerator whose speed is not known yet. */
  private static final double GUESSED_START = 5_000;

  private static final int ENDED = Integer.MIN_VALUE;

  /** A {@link DeviceTask}, a {@link Relay} or a {@link Repetition}. */
  private static final class Slot {
    private Object work;
  }

  /**
   * What makes a task once its inputs have been launched here: it comes to its turn after the tasks
   * and relays before it, so that their early values are there.
   */
  public interface Relay {
    /**
     * Runs on the worker's thread: may {@link #submit} tasks, which are issued at once, and must
     * wait for nothing.
     */
    void run();
  }

  /** A loop begins an iteration. */
  private record Repetition(Object loop, boolean ended) {}

  /** The worker's thread; says so to those who must not wait on it. */
  private static final class WorkerThread extends Thread {
    WorkerThread(Runnable work, String name) {
      super(work, name);
      setDaemon(true);
    }
  }

  private final Accelerator accelerator;
  private final DeviceMemory memory;
  private final WorkerEvents events;
  private final Disruptor<Slot> disruptor;
  private final RingBuffer<Slot> ring;
  private final Queue<Object> overflow = new ConcurrentLinkedQueue<>();

  // Tasks that have not ended. Its fall to zero while closing lets the closing thread go on, who
  // makes it ENDED: from then on it is negative.
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicLong executed = new AtomicLong();
  private final AtomicLong busyNanos = new AtomicLong();

  // How long such work took on the device, by the work of those tasks that take values early.
  private final CostModels times = new CostModels();

  // The worker's alone.
  private final Deque<IssuedTask> issued = new ArrayDeque<>();

  // When the last task was taken up while launches are held back.
  private long lastHeld;

  // Launches so far when the last iterations ended that were issued at once.
  private final Deque<Long> iterations = new ArrayDeque<>();

  // Of those that say where iterations begin: nothing came since they said so last.
  private volatile Object repeated;

  // The worker's thread while it naps.
  private volatile Thread sleeper;

  // None where the launches need the thread's processor.
  private final int mostLooks;

  // Written by the worker alone; tells those who settle what there is to wait for.
  private final AtomicLong launched = new AtomicLong();

  private final Object settling = new Object();

  // Launches that have ended and are counted; guarded by settling.
  private long settled;

  // Not null on the worker's thread while a relay runs.
  private volatile Thread relaying;

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
    this.mostLooks = accelerator.info().isProcessor() ? 0 : LOOKS;
    this.disruptor =
        new Disruptor<>(
            Slot::new,
            ringSize,
            work -> new WorkerThread(work, "reprise-" + accelerator.name()),
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
    if (!enter()) {
      task.failed(cancellation());
    } else if (relaying == Thread.currentThread()) {
      relaying = null;
      issue(task);
    } else {
      enqueue(task);
    }
  }

  /**
   * Lets something have its turn between the tasks, on the worker's thread.
   *
   * @return false after the end of {@link #close}: it will not run
   */
  public boolean relay(Relay relay) {
    if (!enter()) {
      return false;
    }
    enqueue(relay);
    return true;
  }

  /**
   * Says that a loop begins an iteration whose operations are submitted from now on, by the calling
   * thread alone. Never waits.
   *
   * @param loop compared by identity
   * @param ended whether an iteration of the same loop ends here
   */
  public void repeats(Object loop, boolean ended) {
    if (repeated != loop) {
      // What is submitted from now on, by whomever, takes this back.
      repeated = loop;
      enqueue(new Repetition(loop, ended));
    }
  }

  /** True on a worker's thread, which must not wait for values, claims or workers. */
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof WorkerThread;
  }

  private boolean enter() {
    if (repeated != null) {
      repeated = null;
    }
    return unfinished.getAndUpdate(tasks -> tasks == ENDED ? ENDED : tasks + 1) != ENDED;
  }

  private void enqueue(Object work) {
    if (!ring.tryPublishEvent((slot, sequence, submitted) -> slot.work = submitted, work)) {
      overflow.add(work);
      // The worker may have emptied the ring meanwhile and gone to sleep. When there is no room for
      // this either, it has yet to look at the overflow.
      ring.tryPublishEvent((slot, sequence) -> slot.work = null);
    }
    Thread napping = sleeper;
    if (napping != null) {
      LockSupport.unpark(napping);
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
      Object work = slot.work;
      slot.work = null;
      if (work != null) {
        begin(work);
      }
      if (endOfBatch) {
        // Volatile: the slots are free before the overflow is looked at.
        consumed.setVolatile(sequence);
        issueOverflow();
        completeUntilMoreComes(sequence);
      }
    }
  }

  /**
   * Completes launches as they end, and returns when there is more to be issued or nothing left:
   * waiting for a launch would hold up tasks that come meanwhile. By the worker.
   *
   * <p>Whoever submits reads {@code sleeper} after the ring's cursor has moved, and the worker
   * reads the cursor after it has set {@code sleeper}: one of the two sees the other.
   */
  private void completeUntilMoreComes(long sequence) {
    int looks = 0;
    while (!issued.isEmpty() && ring.getCursor() == sequence) {
      if (issued.peek().isReached()) {
        completeOldest();
        issueOverflow();
        looks = 0;
      } else if (looks < mostLooks) {
        looks++;
        Thread.onSpinWait();
      } else {
        sleeper = Thread.currentThread();
        if (ring.getCursor() == sequence) {
          LockSupport.parkNanos(NAP_NANOS);
        }
        sleeper = null;
        issueWhatIsHeld();
      }
    }
  }

  /** When somebody waits for it, or nothing more has come for a while. */
  private void issueWhatIsHeld() {
    if (!accelerator.isHolding()) {
      return;
    }
    if (accelerator.isDemanded()) {
      accelerator.issueHeld(true);
    } else if (System.nanoTime() - lastHeld > HELD_NANOS) {
      // Somebody may wait for a number, which is not given out before it is there.
      accelerator.issueHeld(!issued.peekLast().isPublished());
    }
  }

  private void issueOverflow() {
    for (Object more = overflow.poll(); more != null; more = overflow.poll()) {
      begin(more);
    }
  }

  private void begin(Object work) {
    if (work instanceof DeviceTask task) {
      issue(task);
      return;
    }
    if (work instanceof Repetition repetition) {
      quietly(() -> repeat(repetition));
      return;
    }
    relaying = Thread.currentThread();
    try {
      quietly(((Relay) work)::run);
    } finally {
      relaying = null;
      end(() -> {});
    }
  }

  /** At most two iterations are under way, so that memory is there for the next one. */
  private void repeat(Repetition repetition) {
    long before = accelerator.replays();
    accelerator.repeats(repetition.loop(), repetition.ended());
    if (accelerator.replays() == before) {
      iterations.clear();
      return;
    }
    iterations.add(launched.get());
    if (iterations.size() > 2) {
      long oldest = iterations.poll();
      while (launched.get() - issued.size() < oldest) {
        completeOldest();
      }
    }
  }

  private void issue(DeviceTask task) {
    while (issued.size() >= (accelerator.mayHold() ? MOST_HELD : MOST_ISSUED)) {
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
    try {
      launchOnce(task);
    } catch (ResourceException e) {
      if (e instanceof DeviceException || issued.isEmpty()) {
        failed(task, e);
      } else {
        launchAlone(task);
      }
    } catch (Throwable e) {
      failed(task, e);
    }
  }

  /** Tries again when memory was short: now nothing is pinned by what was issued before. */
  private void launchAlone(DeviceTask task) {
    while (!issued.isEmpty()) {
      completeOldest();
    }
    try {
      launchOnce(task);
    } catch (Throwable e) {
      failed(task, e);
    }
  }

  private void launchOnce(DeviceTask task) {
    IssuedTask next = new IssuedTask(task, memory);
    try {
      next.launch();
      issued.add(next);
      launched.incrementAndGet();
      if (accelerator.isHolding()) {
        lastHeld = System.nanoTime();
      }
      publish(next);
    } catch (Throwable e) {
      if (issued.remove(next)) {
        settled();
      }
      try {
        next.giveUp();
      } catch (RuntimeException | Error second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Gives the value out at once, if that is wanted. How long such work takes is guessed the first
   * times, as one core would: waiting for the answer would send what follows another way, out of
   * its order.
   */
  private void publish(IssuedTask next) {
    DeviceTask task = next.task();
    double work = task.launchedWork();
    if (Double.isNaN(work)) {
      return;
    }
    double known = times.nanos(name(), task.work().costClass(), work);
    double nanos = Double.isNaN(known) ? Math.max(work, GUESSED_START) : known;
    next.expect((long) nanos);
    Value value = next.publish();
    if (value != null) {
      quietly(() -> task.launched(value, (long) nanos));
    }
  }

  /**
   * Waits until all that was launched so far has ended, whatever became of it, and is counted. By
   * who holds nothing that the worker needs.
   */
  public void settle() throws InterruptedException {
    long target = launched.get();
    synchronized (settling) {
      while (settled < target) {
        settling.wait();
      }
    }
  }

  private void completeOldest() {
    try {
      endOldest();
    } finally {
      settled();
    }
  }

  private void settled() {
    synchronized (settling) {
      settled++;
      settling.notifyAll();
    }
  }

  private void endOldest() {
    IssuedTask oldest = issued.poll();
    DeviceTask task = oldest.task();
    IssuedTask.Outcome ended;
    try {
      ended = oldest.await();
    } catch (Throwable e) {
      if (oldest.isPublished()) {
        noteFailure(task, e);
        end(() -> {});
      } else {
        failed(task, e);
      }
      return;
    }
    IssuedTask.Outcome outcome = ended;
    executed.incrementAndGet();
    busyNanos.addAndGet(outcome.nanos());
    if (!Double.isNaN(task.launchedWork()) && outcome.isMeasured()) {
      times.observe(name(), task.work().costClass(), task.launchedWork(), outcome.nanos());
    }
    quietly(() -> events.executed(accelerator.name(), task, outcome.issuedAt(), outcome.nanos()));
    // A share of what several took says nothing of one of them.
    long nanos =
        outcome.isMeasured() || oldest.expectedNanos() == 0
            ? outcome.nanos()
            : oldest.expectedNanos();
    end(
        oldest.isPublished()
            ? () -> task.ended(nanos, outcome.isMeasured())
            : () -> task.completed(outcome.value(), nanos, outcome.isMeasured()));
  }

  private void failed(DeviceTask task, Throwable error) {
    noteFailure(task, error);
    end(() -> task.failed(error));
  }

  private void noteFailure(DeviceTask task, Throwable error) {
    if (error instanceof DeviceException failure && failure.isLost()) {
      lost = failure;
      memory.lose();
    }
    quietly(() -> events.failed(accelerator.name(), task, error));
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
