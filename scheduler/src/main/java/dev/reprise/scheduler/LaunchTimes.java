package dev.reprise.scheduler;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What launches took on one accelerator, and hence what others are expected to take. Written by the
 * worker, read by any thread.
 */
final class LaunchTimes {
  /** What an operation takes at least on an accelerator whose speed is not known yet. */
  private static final double GUESSED_START = 5_000;

  private final String accelerator;
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong busyNanos = new AtomicLong();

  // By the work of those tasks that take values early.
  private final CostModels times = new CostModels();

  LaunchTimes(String accelerator) {
    this.accelerator = accelerator;
  }

  /** Notes a launch that ended well. */
  void ended(DeviceTask task, IssuedTask.Outcome outcome) {
    ended.incrementAndGet();
    busyNanos.addAndGet(outcome.nanos());
    double work = task.launchedWork();
    if (!Double.isNaN(work) && outcome.isMeasured()) {
      times.observe(accelerator, task.work().costClass(), work, outcome.nanos());
    }
  }

  /**
   * Nanoseconds that such work takes on the device. Guessed the first times, as one core would
   * take: waiting for the answer would send what follows another way, out of its order.
   *
   * @param work as {@link DeviceTask#launchedWork} has it
   */
  long expectedNanos(DeviceTask task, double work) {
    double known = times.nanos(accelerator, task.work().costClass(), work);
    return (long) (Double.isNaN(known) ? Math.max(work, GUESSED_START) : known);
  }

  /** What so many tasks take, at the average of those before; 0 before the first. */
  double backlogNanos(int tasks) {
    long known = ended.get();
    return known == 0 ? 0 : tasks * ((double) busyNanos.get() / known);
  }

  /** Launches that ended well. */
  long count() {
    return ended.get();
  }

  /** Time that the accelerator worked, by its own clock where it has one. */
  long busyNanos() {
    return busyNanos.get();
  }
}
