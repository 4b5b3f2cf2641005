package dev.reprise.scheduler;

import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The thread that owns an accelerator: takes tasks from a ring, copies what they need, launches
 * them, and completes them in the order of their launches.
 *
 * <pre>
 *   submit --> WorkRing --> issue: pin or copy inputs, launch, mark --> issued --mark--> completed
 *                                                                       |
 *                                                                       +-- at most so many
 * </pre>
 *
 * <p><b>Who waits.</b> The worker waits for tasks, for the device (a relay may have it wait for
 * launches that were issued), and within {@link DeviceMemory} for the disk's writer; never for a
 * value, a claim or another worker. Submitting never waits: how much is under way is bounded by
 * those who submit. So two workers may feed each other with full rings.
 *
 * <p>Nothing that a task throws ends the worker or keeps it from the next task.
 *
 * <p><b>Early values.</b> A task may take its value when the launch has returned: what is launched
 * after it here comes after it anyway, so a chain of operations is issued without waiting for the
 * device once. Readers elsewhere wait for the mark ({@link dev.reprise.memory.Completion}); when a
 * launch fails later, its value and what was made of it are lost, and are computed again from their
 * lineage as after the loss of the device.
 *
 * <p>A number is read by the host, so it is given out at the end. But what is launched here may
 * read it where it lies: its cell is given out at the launch, too ({@link
 * DeviceTask#launchedNumber}).
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

  /** How often the worker asks whether a launch has ended before it naps between two questions. */
  private static final int LOOKS = 100;

  private static final long NAP_NANOS = 50_000;

  /**
   * What makes a task once its inputs have been launched here: it comes to its turn after the tasks
   * and relays before it, so that their early values are there.
   */
  public interface Relay {
    /**
     * Runs on the worker's thread: may {@link #submit} tasks, which are issued at once, and must
     * wait for nothing but by {@link #completeUntil}.
     */
    void run();
  }

  private final Accelerator accelerator;
  private final DeviceMemory memory;
  private final WorkerEvents events;
  private final WorkRing ring;
  private final OpenTasks tasks = new OpenTasks();
  private final LaunchCount launches = new LaunchCount();
  private final LaunchTimes times;

  // The worker's alone.
  private final Deque<IssuedTask> issued = new ArrayDeque<>();
  private final IterationPace pace;

  // Of those that say where iterations begin: nothing came since they said so last.
  private volatile Object repeated;

  // None where the launches need the thread's processor.
  private final int mostLooks;

  // Not null on the worker's thread while a relay runs.
  private volatile Thread relaying;

  // Written by the worker, read by whoever places work.
  private volatile DeviceException lost;

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
    this.times = new LaunchTimes(accelerator.name());
    this.pace = new IterationPace(accelerator);
    this.ring = new WorkRing("reprise-" + accelerator.name(), ringSize, new Turn());
    ring.start();
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
    return tasks.count();
  }

  /**
   * Estimated time until what is queued now has ended: the tasks, at the average of those before.
   */
  public double backlogNanos() {
    return times.backlogNanos(unfinished());
  }

  /** Operations that ended well. */
  public long executed() {
    return times.count();
  }

  /** Time that the accelerator worked, by its own clock where it has one. */
  public long busyNanos() {
    return times.busyNanos();
  }

  /**
   * Takes a task over. Never waits and never runs any of it on the calling thread; but after the
   * end of {@link #close}, tells it there that it is cancelled.
   */
  public void submit(DeviceTask task) {
    if (!enter()) {
      task.failed(cancellation());
    } else if (isRelaying()) {
      issueAtOnce(task);
    } else {
      ring.add(task);
    }
  }

  /** True on the worker's thread while a relay runs: what it submits is issued at once. */
  public boolean isRelaying() {
    return relaying == Thread.currentThread();
  }

  private void issueAtOnce(DeviceTask task) {
    Thread relay = relaying;
    // What is told of it submits for itself.
    relaying = null;
    try {
      issue(task);
    } finally {
      relaying = relay;
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
    ring.add(relay);
    return true;
  }

  /**
   * Completes launches, the oldest first, until something holds or none is left. By a relay, on the
   * worker's thread.
   */
  public void completeUntil(BooleanSupplier holds) {
    Thread relay = relaying;
    // What is told of an end submits for itself.
    relaying = null;
    try {
      while (!issued.isEmpty() && !holds.getAsBoolean()) {
        completeOldest();
      }
    } finally {
      relaying = relay;
    }
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
      ring.add(new IterationPace.Beginning(loop, ended));
    }
  }

  /** True on a worker's thread, which must not wait for values, claims or workers. */
  public static boolean isCurrent() {
    return WorkRing.isCurrent();
  }

  private boolean enter() {
    if (repeated != null) {
      repeated = null;
    }
    return tasks.enter();
  }

  /** Takes a {@link DeviceTask}, a {@link Relay} or the beginning of an iteration. */
  private final class Turn implements WorkRing.Taker {
    @Override
    public void take(Object work) {
      begin(work);
    }

    @Override
    public void caughtUp() {
      completeUntilMoreComes();
    }
  }

  /**
   * Completes launches as they end, and returns when there is more to be issued or nothing left:
   * waiting for a launch would hold up tasks that come meanwhile.
   */
  private void completeUntilMoreComes() {
    int looks = 0;
    while (!issued.isEmpty() && !ring.hasMore()) {
      if (issued.peek().isReached()) {
        completeOldest();
        ring.takeOverflow();
        looks = 0;
      } else if (looks < mostLooks) {
        looks++;
        Thread.onSpinWait();
      } else {
        ring.nap(NAP_NANOS);
        pace.issueWhatIsDue(issued.size(), issued.peekLast().isPublished());
      }
    }
  }

  private void begin(Object work) {
    if (work instanceof DeviceTask task) {
      issue(task);
      return;
    }
    if (work instanceof IterationPace.Beginning iteration) {
      quietly(() -> repeat(iteration));
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

  private void repeat(IterationPace.Beginning iteration) {
    long ended = pace.begin(iteration, launches.count());
    while (launches.count() - issued.size() < ended) {
      completeOldest();
    }
  }

  private void issue(DeviceTask task) {
    while (issued.size() >= pace.mostIssued()) {
      completeOldest();
    }
    if (tasks.isClosing() || !isWanted(task)) {
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
      launches.launched();
      pace.launched();
      publish(next);
    } catch (Throwable e) {
      if (issued.remove(next)) {
        launches.settled();
      }
      try {
        next.giveUp();
      } catch (RuntimeException | Error second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Gives the value out at once, if that is wanted; of a number, which must be read, its cell. */
  private void publish(IssuedTask next) {
    DeviceTask task = next.task();
    double work = task.launchedWork();
    if (Double.isNaN(work)) {
      return;
    }
    long nanos = times.expectedNanos(task, work);
    next.expect(nanos);
    Value value = next.publish();
    if (value != null) {
      quietly(() -> task.launched(value, nanos));
      return;
    }
    ManagedMatrix cell = task.takesNumber() ? next.publishNumber() : null;
    if (cell != null) {
      quietly(() -> task.launchedNumber(cell));
    }
  }

  /**
   * Waits until all that was launched so far has ended, whatever became of it, and is counted. By
   * who holds nothing that the worker needs.
   */
  public void settle() throws InterruptedException {
    launches.awaitSettled();
  }

  private void completeOldest() {
    try {
      endOldest();
    } finally {
      launches.settled();
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
    times.ended(task, outcome);
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
    tasks.leave();
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
    tasks.close();
    ring.close();
  }
}
