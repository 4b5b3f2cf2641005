package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The duty to supply a value that others may wait for. Ends in exactly one of {@link #complete},
 * {@link #fail} and {@link #abandon}; closing it without an outcome abandons it, so that
 * try-with-resources keeps the promise on every path:
 *
 * <pre>{@code
 * try (claim) {
 *   Value value = compute();
 *   claim.complete(value, nanos, true);
 * }                                     // thrown out of compute(): abandoned, a waiter takes over
 * }</pre>
 *
 * <p>Java closes the resource before it enters a {@code catch} of the same statement, so a {@link
 * #fail} belongs into an inner try.
 *
 * <p><b>Threads.</b> A claim may be handed to another thread; of several attempts to end it the
 * first counts and the others throw. Only tasks may hold one: between taking it and handing it to a
 * task that will run, the holder must not wait for anything.
 */
public final class Claim implements Probe, AutoCloseable {
  private static final VarHandle ENDED;

  static {
    try {
      ENDED = MethodHandles.lookup().findVarHandle(Claim.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ClaimEnds ends;
  private final Entry entry;
  private final Waiter taker;

  // Decides who ends the claim.
  private volatile boolean ended;

  /**
   * Called by the cache, for an entry that is claimed.
   *
   * @param taker the subscriber that took the claim over; null for the prober
   */
  Claim(ClaimEnds ends, Entry entry, Waiter taker) {
    this.ends = ends;
    this.entry = entry;
    this.taker = taker;
  }

  public Key key() {
    return entry.key();
  }

  public boolean isOpen() {
    return !ended;
  }

  /** As {@link #complete(Value, long, long, boolean)} for an item of unknown height. */
  public void complete(Value value, long costNanos, boolean admit) {
    complete(value, costNanos, 1, admit);
  }

  /**
   * Supplies the value: wakes all waiters, each with a reference of its own, then keeps the value
   * or not. The caller keeps its own reference.
   *
   * @param value not pending; an error is never completed but failed
   * @param costNanos time that computing it took
   * @param height height of the lineage item above the leaves
   * @param admit false to keep it from the cache; waiters get it all the same
   */
  public void complete(Value value, long costNanos, long height, boolean admit) {
    ends.complete(this, entry, value, costNanos, height, admit ? Credit.NONE : null);
  }

  /**
   * As {@link #complete(Value, long, long, boolean)}, and keeps the value.
   *
   * @param credit hears whenever it is found
   */
  public void keep(Value value, long costNanos, long height, Credit credit) {
    ends.complete(this, entry, value, costNanos, height, credit);
  }

  /** Reports an error that any owner would meet: it goes to every waiter and is not remembered. */
  public void fail(Throwable error) {
    ends.fail(this, entry, error);
  }

  /**
   * Gives up: the first waiter that is still interested becomes owner, the others stay. An owner
   * that had taken over also ends its own handle, since it alone knows why it gave up.
   */
  public void abandon() {
    end();
    ends.abandon(entry);
  }

  /** Abandons the claim unless it has ended. */
  @Override
  public void close() {
    if (ENDED.compareAndSet(this, false, true)) {
      ends.abandon(entry);
    }
  }

  /** By whoever ends the claim, before it does anything else. */
  void end() {
    if (!ENDED.compareAndSet(this, false, true)) {
      throw new IllegalStateException("the claim on " + key() + " has ended already");
    }
  }

  /**
   * Ends the duty in the entry. Must be called once, by the thread that ended the claim.
   *
   * @return the subscribers at that moment; later probes see the new state
   */
  Claimed leave(State next) {
    while (true) {
      Claimed subscribers = (Claimed) entry.state();
      if (entry.change(subscribers, next)) {
        return subscribers;
      }
    }
  }

  /** The waiter whose handle this claim serves although it is no longer subscribed; may be null. */
  Waiter taker() {
    return taker;
  }
}
