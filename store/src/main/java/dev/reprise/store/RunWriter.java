package dev.reprise.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The thread of a {@link RunLog}: takes what is queued, writes at once what pays for itself, lets
 * the rest wait for the end and writes then what saves most, as far as the budget goes.
 *
 * <pre>
 *   resting ------------------------------------> weighing --------------> what waits --> done
 *            its time is up, others use the store,           queue is       the best first
 *            or too much cannot be left out                  closed
 * </pre>
 *
 * <p>When the store cannot be written (full disk, no rights) the rest is dropped, and {@link
 * #problem} says why. Every change that is taken is done in the end, whatever happens: whoever
 * waits for a claim must not wait for ever.
 */
final class RunWriter implements Runnable {
  /** How often a log that rests looks whether it may go on doing so. */
  private static final long LOOK_NANOS = 250_000_000;

  /** Changes that a log which rests keeps. */
  private static final int MOST_AT_REST = 65_536;

  /** So many bytes are written at a time when nobody waits; others find them then. */
  private static final long BYTES_AT_LEISURE = 32 << 20;

  /** Values may wait for the end in any case up to so many bytes. */
  private static final long LEAST_WAITING_BYTES = 16 << 20;

  /** The graph takes this part of the share that values may take. */
  private static final int GRAPH_PART = 4;

  private final RunTarget target;
  private final GatheringQueue<RunChange> queue;
  private final QueuedBytes queued;
  private final RunChange last;
  private final WritingPace pace;
  private final WriteBudget budget;
  private final WriteBudget graphBudget;
  private final WaitingOffers<RunChange.Weighed> waiting;

  // Written by the writing thread, read by anybody.
  private volatile StoreException problem;

  // Written by the writing thread; others need not wake it as long as it rests.
  private volatile boolean resting;

  // Written before the queue is closed by whoever closes; 0 when somebody waits for the end.
  private volatile long leisureNanos;

  /**
   * @param waitingBytes most that values which wait for the end may take
   * @param last a change that is made when the queue is closed
   */
  RunWriter(
      RunTarget target,
      GatheringQueue<RunChange> queue,
      QueuedBytes queued,
      long waitingBytes,
      RunChange last,
      WritingPace pace) {
    this.target = target;
    this.queue = queue;
    this.queued = queued;
    this.last = last;
    this.pace = pace;
    this.budget = new WriteBudget(pace.share(), System::nanoTime);
    this.graphBudget = new WriteBudget(pace.share() / GRAPH_PART, System::nanoTime);
    this.waiting = new WaitingOffers<>(waitingBytes);
    this.resting = pace.afterwards();
  }

  /** What values may take; for the writing thread. */
  WriteBudget budget() {
    return budget;
  }

  /** What vertices and costs of the graph may take; for the writing thread. */
  WriteBudget graphBudget() {
    return graphBudget;
  }

  /** Why nothing is written any more; null while all is well. */
  StoreException problem() {
    return problem;
  }

  /** True as long as there is no need to wake the thread. */
  boolean isResting() {
    return resting;
  }

  /** Lets the end take so much longer, for what did not pay for its writing before. */
  void writeAtLeisure(long nanos) {
    leisureNanos = nanos;
  }

  @Override
  public void run() {
    List<RunChange> batch = new ArrayList<>();
    rest(batch);
    boolean open = true;
    boolean granted = false;
    while (open) {
      try {
        open = queue.take(batch);
      } catch (InterruptedException e) {
        continue;
      }
      if (!granted && queue.isClosed()) {
        granted = true;
        budget.grant(leisureNanos);
        graphBudget.grant(leisureNanos / GRAPH_PART);
      }
      if (!open) {
        batch.add(last);
      }
      batch.removeIf(
          change -> change instanceof RunChange.Weighed weighed && !isWrittenNow(weighed));
      applyAll(batch);
    }
    writeWhatWaits(batch);
  }

  /**
   * Leaves everything for the end of a run that is short, and has the store for itself. What does
   * not fit into the queue is weighed, as ever.
   */
  private void rest(List<RunChange> taken) {
    List<RunChange> others = new ArrayList<>();
    long start = System.nanoTime();
    while (resting) {
      try {
        if (queue.awaitPressing(LOOK_NANOS, MOST_AT_REST)) {
          resting = !queue.isClosed() && weigh(taken, others);
        }
      } catch (InterruptedException e) {
        continue;
      }
      resting = resting && System.nanoTime() - start < pace.restNanos() && !target.isShared();
    }
    queue.putBack(others);
  }

  /**
   * Makes room in the queue.
   *
   * @param taken for use here
   * @param others takes what cannot be left out
   * @return false when there is too much of that
   */
  private boolean weigh(List<RunChange> taken, List<RunChange> others) throws InterruptedException {
    queue.take(taken);
    for (RunChange change : taken) {
      if (change instanceof RunChange.Weighed weighed) {
        waitForTheEnd(weighed, writeNanos(weighed));
      } else {
        others.add(change);
      }
    }
    taken.clear();
    return others.size() < MOST_AT_REST;
  }

  private void applyAll(List<RunChange> batch) {
    if (leisureNanos > 0 && target.isGone()) {
      // Somebody has removed the store of a run that has ended for him: none is begun anew.
      queued.countDropped(batch.size());
      batch.forEach(RunWriter::done);
      batch.clear();
      return;
    }
    try {
      awaitOpen(batch.size());
      long start = System.nanoTime();
      apply(batch);
      budget.taken(System.nanoTime() - start);
    } catch (Throwable e) {
      // An error of the machine, too: whoever waits for a claim must not wait for ever.
      problem = new StoreException("the experiment store cannot be written: " + e, e);
    } finally {
      batch.forEach(RunWriter::done);
      batch.clear();
    }
  }

  /** Waiting for a store that is being made is no writing. */
  private void awaitOpen(int changes) {
    try {
      if (problem == null) {
        target.awaitOpen();
      }
    } catch (StoreException e) {
      problem = e;
      queued.countDropped(changes);
    }
  }

  /** True when a change pays for itself; else it waits for the end, or is given up. */
  private boolean isWrittenNow(RunChange.Weighed change) {
    long nanos = writeNanos(change);
    if (budget.paysForItself(change.costNanos(), nanos)
        || change.isAwaited() && budget.allows(nanos)) {
      budget.spend(nanos);
      return true;
    }
    waitForTheEnd(change, nanos);
    return false;
  }

  private void waitForTheEnd(RunChange.Weighed change, long nanos) {
    change.postpone();
    waiting.add(change, nanos);
    long limit =
        pace.afterwards()
            ? Long.MAX_VALUE
            : Math.max(LEAST_WAITING_BYTES, budget.affordableBytes());
    RunChange.Weighed least = waiting.overflow(limit);
    while (least != null) {
      giveUp(least);
      least = waiting.overflow(limit);
    }
  }

  private long writeNanos(RunChange.Weighed change) {
    return budget.writeNanos(change.writingBytes()) + change.makingNanos();
  }

  private void giveUp(RunChange.Weighed change) {
    queued.countUnpaid();
    done(change);
  }

  /** At the end: the best first, as far as the budget goes. */
  private void writeWhatWaits(List<RunChange> batch) {
    long most = leisureNanos > 0 ? BYTES_AT_LEISURE : Long.MAX_VALUE;
    long bytes = 0;
    for (RunChange.Weighed best = waiting.best(); best != null; best = waiting.best()) {
      long nanos = writeNanos(best);
      if (problem == null && budget.allows(nanos)) {
        budget.spend(nanos);
        batch.add(best);
        bytes += best.bytes();
      } else {
        giveUp(best);
      }
      if (batch.size() >= pace.largestBatch() || bytes >= most) {
        applyAll(batch);
        bytes = 0;
      }
    }
    applyAll(batch);
  }

  private void apply(List<RunChange> batch) {
    try {
      if (problem == null) {
        for (RunChange change : batch) {
          change.prepare();
        }
        target.write(changes -> {
          for (RunChange change : batch) {
            change.apply(changes);
          }
        });
      }
    } catch (IOException e) {
      problem = writing(e);
    } catch (StoreException e) {
      if (!e.isPassing()) {
        problem = e;
      }
      queued.countDropped(batch.size());
    }
  }

  private static void done(RunChange change) {
    try {
      change.done();
    } catch (RuntimeException e) {
      // The others must be given up, too.
    }
  }

  private StoreException writing(IOException e) {
    return new StoreException(
        "the experiment store " + target.name() + " cannot be written: " + e.getMessage(), e);
  }
}
