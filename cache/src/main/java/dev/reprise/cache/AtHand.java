package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Present;
import dev.reprise.cache.State.Resident;
import dev.reprise.lineage.Key;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Value;

/**
 * Values that will be there soon without anybody's help: on disk, or being computed by an owner who
 * has all that it needs. For those who put something together from several values, and can do
 * without; none of them becomes the owner of a value.
 *
 * <p><b>Waiting.</b> Who owns such a value at work waits for nothing but memory and the disk, and
 * holds nothing meanwhile. So any thread may wait for these handles: also one that holds a claim of
 * its own, since no owner at work ever waits for a claim; also a worker of the pool, since no such
 * value needs another worker to be computed. Memory must not be in hand while waiting.
 *
 * <p>Thread-safe.
 */
public final class AtHand {
  /** Bringing back a value that is not there. */
  public static final double NEVER = Double.POSITIVE_INFINITY;

  private final LineageCache cache;
  private final VictimQueue victims;
  private final Departures departures;

  AtHand(LineageCache cache, VictimQueue victims, Departures departures) {
    this.cache = cache;
    this.victims = victims;
    this.departures = departures;
  }

  /** Hears of a value, and is never asked to compute it. */
  private static final class Listener implements Waiter {
    private final Handle handle = new Handle(null, null);

    @Override
    public Handle handle() {
      return handle;
    }

    @Override
    public boolean isLive() {
      return false;
    }

    @Override
    public void takeOver(Claim claim) {
      claim.abandon();
    }
  }

  /**
   * Estimated nanoseconds until the value could be read: 0 when it is in memory or on its way,
   * {@link #NEVER} when it is neither.
   */
  public double nanos(Key lineage) {
    Entry entry = cache.find(lineage);
    State state = entry == null ? Idle.RETIRED : entry.state();
    if (state instanceof OnDisk
        || state instanceof Resident resident && LineageCache.isOnlyOnDisk(resident.value())) {
      return departures.readNanos(entry);
    }
    boolean isComing = state instanceof Present || state instanceof Claimed c && c.isAtWork();
    return isComing ? 0 : NEVER;
  }

  /**
   * A handle of the value, which begins to come back if it lies on disk; null when it is not at
   * hand. The caller owns the handle; it fails when the value cannot be read back, or its owner
   * gives up. Counts as {@link LineageCache#take} does.
   */
  public Handle ask(Key lineage) {
    Entry entry = cache.find(lineage);
    Listener listener = new Listener();
    while (entry != null) {
      State state = entry.state();
      if (state instanceof Resident resident && LineageCache.isOnlyOnDisk(resident.value())) {
        victims.park(entry, resident);
      } else if (state instanceof Present present) {
        if (present.value().tryRetain()) {
          cache.touch(entry);
          listener.handle.complete(present.value());
          return listener.handle;
        }
        cache.dropDead(entry, present);
      } else if (state instanceof OnDisk parked) {
        if (cache.claimParked(entry, parked, listener)) {
          cache.touch(entry);
          cache.fetch(entry, parked);
          return listener.handle;
        }
      } else if (state instanceof Claimed claimed && claimed.isAtWork()) {
        if (entry.change(claimed, new Claimed(listener, claimed))) {
          return listener.handle;
        }
      } else {
        return null;
      }
    }
    return null;
  }

  /**
   * The value with a reference for the caller, waiting for it; null when it is not at hand, or does
   * not come after all.
   */
  public Value await(Key lineage) throws InterruptedException {
    Handle handle = ask(lineage);
    if (handle == null) {
      return null;
    }
    try {
      handle.await();
      Value value = handle.valueOrNull();
      value.retain();
      return value;
    } catch (dev.reprise.memory.HandleFailure e) {
      return null;
    } finally {
      handle.release();
    }
  }

  /**
   * The claim of a value that nobody has or computes, else null. The caller has all that it needs
   * to compute the value, and ends the claim before it waits for anything but memory.
   */
  public Claim claim(Key lineage) {
    return cache.claimAtWork(lineage);
  }
}
