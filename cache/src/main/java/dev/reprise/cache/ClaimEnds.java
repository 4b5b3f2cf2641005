package dev.reprise.cache;

import dev.reprise.cache.CacheEvents.Rejection;
import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.Resident;
import dev.reprise.memory.Residence;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * How claims end: what becomes of the entry, and who hears of it.
 *
 * <pre>
 *   complete  every waiter's handle gets the value; kept if wanted and within the budget
 *   fail      every waiter's handle gets the error; nothing is remembered
 *   abandon   the first live waiter becomes owner with its own recipe; nobody left: forgotten
 * </pre>
 *
 * <p>Threads: any; each claim is ended by one ({@link Claim#end}). Waiters, handles and events are
 * called with no lock held.
 */
final class ClaimEnds {
  private final CacheConfig config;
  private final CacheEvents events;
  private final CacheCounters counters;
  private final VictimQueue victims;
  private final Departures departures;
  private final AtomicLong clock;
  private final Consumer<Entry> forgetter;

  // Publishes the end of the cache to owners that complete later.
  private volatile boolean closed;

  /**
   * @param clock the cache's logical time
   * @param forgetter takes an entry that is of no use any more out of the map
   */
  ClaimEnds(
      CacheConfig config,
      CacheEvents events,
      CacheCounters counters,
      VictimQueue victims,
      Departures departures,
      AtomicLong clock,
      Consumer<Entry> forgetter) {
    this.config = config;
    this.events = events;
    this.counters = counters;
    this.victims = victims;
    this.departures = departures;
    this.clock = clock;
    this.forgetter = forgetter;
  }

  /** Values that come from now on are not kept. */
  void close() {
    closed = true;
  }

  /**
   * Ends a claim with a value; true when the value was kept.
   *
   * @param credit null when it is not to be kept
   */
  boolean complete(
      Claim claim, Entry entry, Value value, long costNanos, long height, Credit credit) {
    long bytes = Entry.chargeFor(value);
    Rejection rejection = reasonToReject(bytes, credit != null);
    // What lies on the disk for good takes nothing of the budget that the cache would give back.
    if (rejection == null && (!isByItself(value) || Residence.isPaged(value))) {
      rejection = Rejection.TOO_LARGE;
    }
    // Made before the claim ends: from then on nothing may fail that somebody waits for.
    State next = rejection == null ? new Resident(value) : Idle.RETIRED;
    Consumer<Waiter> news =
        waiter -> {
          value.retain();
          waiter.handle().complete(value);
        };
    Claimed waiters;
    if (rejection == null) {
      value.retain();
      endOrRelease(claim, value);
      entry.describe(costNanos, height, bytes, credit, clock.incrementAndGet());
      victims.admit(entry);
      waiters = claim.leave(next);
    } else {
      claim.end();
      waiters = claim.leave(next);
      forgetter.accept(entry);
    }
    try {
      Subscribers.tell(claim.taker(), waiters, news);
    } finally {
      record(entry, bytes, costNanos, rejection);
    }
    return rejection == null;
  }

  /**
   * What is kept is charged for its own cells, and keeps no other's: a view is copied first. False
   * when there is no room for that.
   */
  private static boolean isByItself(Value value) {
    try {
      if (value instanceof RowsView view) {
        view.separate();
      }
      return !(value instanceof ListValue list)
          || list.elements().stream().allMatch(ClaimEnds::isByItself);
    } catch (ResourceException e) {
      return false;
    }
  }

  private static void endOrRelease(Claim claim, Value retained) {
    try {
      claim.end();
    } catch (IllegalStateException e) {
      retained.release();
      throw e;
    }
  }

  private Rejection reasonToReject(long bytes, boolean admit) {
    if (!config.enabled() || closed) {
      return Rejection.DISABLED;
    }
    if (!admit) {
      return Rejection.NOT_WANTED;
    }
    return bytes > config.budgetBytes() ? Rejection.TOO_LARGE : null;
  }

  private void record(Entry entry, long bytes, long costNanos, Rejection rejection) {
    if (rejection != null) {
      counters.rejections.increment();
      events.rejected(entry.key(), bytes, rejection);
      return;
    }
    counters.admissions.increment();
    events.admitted(entry.key(), bytes, costNanos, entry.height());
    if (victims.residentBytes() > config.budgetBytes()) {
      departures.keepTo(config.budgetBytes());
    }
  }

  /** Ends a claim with an error. */
  void fail(Claim claim, Entry entry, Throwable error) {
    Consumer<Waiter> news = waiter -> waiter.handle().fail(error);
    claim.end();
    Claimed waiters = claim.leave(Idle.RETIRED);
    try {
      forgetter.accept(entry);
      counters.failures.increment();
      events.failed(entry.key(), error, Subscribers.count(claim.taker(), waiters));
    } finally {
      Subscribers.tell(claim.taker(), waiters, news);
    }
  }

  /** Passes an ended claim without outcome on to a waiter that is still interested. */
  void abandon(Entry entry) {
    while (true) {
      Claimed claimed = (Claimed) entry.state();
      List<Waiter> live = new ArrayList<>();
      List<Waiter> gone = new ArrayList<>();
      Subscribers.inOrder(null, claimed).forEach(w -> (w.isLive() ? live : gone).add(w));
      Waiter heir = live.isEmpty() ? null : live.removeFirst();
      if (entry.change(claimed, heir == null ? Idle.RETIRED : Subscribers.stack(live))) {
        try {
          handOver(entry, heir);
        } finally {
          Subscribers.forEach(gone, waiter -> waiter.handle().cancel());
        }
        return;
      }
    }
  }

  private void handOver(Entry entry, Waiter heir) {
    if (heir == null) {
      forgetter.accept(entry);
      counters.abandonments.increment();
      events.abandoned(entry.key());
      return;
    }
    counters.takeovers.increment();
    events.tookOver(entry.key());
    Claim claim = new Claim(this, entry, heir);
    try {
      heir.takeOver(claim);
    } catch (Throwable e) {
      try {
        heir.handle().fail(e);
      } finally {
        claim.close();
      }
    }
  }
}
