package dev.reprise.cache;

import dev.reprise.cache.CacheEvents.Eviction;
import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Present;
import dev.reprise.cache.State.Resident;
import dev.reprise.cache.State.Spilling;
import dev.reprise.cache.VictimQueue.Victim;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.Residence;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How values leave the cache's memory: dropped, or moved to disk and back.
 *
 * <pre>
 *   RESIDENT --lock of the queue--> SPILLING --writer--> ON DISK      freed in host memory
 *                                           |----------> RESIDENT     somebody took it meanwhile
 *                                           +----------> EVICTED      no room, or the disk fails
 *   ON DISK --probe--> CLAIMED by a fetch --fetcher--> RESIDENT, all waiters have it
 *                                          +---------> abandoned: the first waiter computes it
 * </pre>
 *
 * <p><b>Threads.</b> SPILLING is left by the writer, or by whoever made room where the value had
 * been written ahead of need, and the claim of a fetch is ended by the fetcher alone. Whoever asked
 * for memory may wait for the writer, which waits for nobody; nobody waits for the fetcher but by a
 * handle.
 */
final class Departures {
  private final DiskTier disk;
  private final Consumer<Entry> forgetter;
  private final VictimQueue victims;
  private final CacheCounters counters;
  private final CacheEvents events;
  // Publishes the end to moves that are on their way: they drop what they carry.
  private volatile boolean closed;

  /**
   * @param disk null when there is none
   * @param forgetter takes an entry that is of no use any more out of the map
   */
  Departures(
      DiskTier disk,
      Consumer<Entry> forgetter,
      VictimQueue victims,
      CacheCounters counters,
      CacheEvents events) {
    this.disk = disk;
    this.forgetter = forgetter;
    this.victims = victims;
    this.counters = counters;
    this.events = events;
  }

  /** True when computing the value again costs more than writing it and reading it back. */
  boolean isWorthwhile(Entry entry, Value value) {
    return disk != null
        && disk.mayTake(entry.bytes())
        && Residence.isMobile(value)
        && entry.savesMoreThan(this::movingNanos);
  }

  /** What it takes to write a value that is not on disk yet, and to read it back. */
  private double movingNanos(Entry entry) {
    Value value =
        switch (entry.state()) {
          case Present present -> present.value();
          case OnDisk parked -> parked.value();
          default -> null;
        };
    if (value == null || !Residence.isMobile(value)) {
      return 0;
    }
    double writing = Residence.isOnDisk(value) ? 0 : disk.writeNanos(entry.bytes());
    return writing + disk.readNanos(entry.bytes());
  }

  /** Estimated time of reading an entry back. */
  double readNanos(EntryFacts entry) {
    return disk.readNanos(entry.bytes());
  }

  // ---- out of memory

  /** Drops values until the rest is within the cache's own budget. */
  void keepTo(long budgetBytes) {
    timed(() -> release(victims.evictDownTo(budgetBytes), Eviction.CACHE_BUDGET));
  }

  /** Counts the time as one of eviction; read for whole batches of victims only. */
  private <T> T timed(Supplier<T> eviction) {
    long start = System.nanoTime();
    try {
      return eviction.get();
    } finally {
      counters.evictionNanos.add(System.nanoTime() - start);
    }
  }

  /** Frees memory that nobody but the cache uses; see {@link LineageCache#reclaim}. */
  long reclaim(long bytes) {
    return timed(() -> free(bytes));
  }

  private long free(long bytes) {
    List<Victim> chosen = victims.evictOffHeap(bytes, this::isWorthwhile);
    List<Victim> dropped = new ArrayList<>();
    List<Victim> spilling = new ArrayList<>();
    long freed = 0;
    for (Victim victim : chosen) {
      if (!victim.spilling()) {
        dropped.add(victim);
      } else if (leavesAtOnce(victim)) {
        freed += parked(victim);
      } else {
        spilling.add(victim);
      }
    }
    List<Future<Long>> moves = spill(spilling);
    freed += release(dropped, Eviction.MEMORY_PRESSURE);
    for (Future<Long> move : moves) {
      freed += DiskTier.join(move);
    }
    if (freed > 0) {
      return freed;
    }
    long leaving = victims.leavingBytes();
    if (leaving > 0 && disk != null) {
      disk.awaitWrites();
    }
    return leaving;
  }

  /** See {@link LineageCache#reclaimOnDevice}. */
  boolean reclaimOnDevice(DeviceMemory memory, long bytes) {
    return timed(() -> freeOnDevice(memory, bytes));
  }

  private boolean freeOnDevice(DeviceMemory memory, long bytes) {
    List<Victim> chosen =
        victims.evictOnDevice(
            bytes,
            (entry, value) ->
                Residence.isOnDevice(value, memory)
                    && !entry.savesMoreThan(
                        member -> memory.copyTimes().roundTripNanos(member.bytes())));
    release(chosen, Eviction.DEVICE_PRESSURE);
    return !chosen.isEmpty();
  }

  /** Drops values on disk, lowest rank first; false when there was none. */
  boolean reclaimDisk(long bytes) {
    return timed(() -> freeOnDisk(bytes));
  }

  private boolean freeOnDisk(long bytes) {
    List<Victim> chosen = victims.evictFromDisk(bytes);
    release(chosen, Eviction.DISK_BUDGET);
    return !chosen.isEmpty();
  }

  /** Releases the values of victims; returns the bytes of those that nobody else holds. */
  long release(List<Victim> dropped, Eviction reason) {
    long freed = 0;
    for (Victim victim : dropped) {
      freed += victim.value().isExclusive() ? victim.bytes() : 0;
      try {
        victim.value().release();
      } finally {
        victims.left(victim);
      }
    }
    for (Victim victim : dropped) {
      boolean isUseless = victim.useless() && reason != Eviction.CLEARED;
      Eviction why = isUseless ? Eviction.GROUP_BROKEN : reason;
      counters.evicted(why);
      events.evicted(victim.entry().key(), victim.bytes(), why);
    }
    if (!dropped.isEmpty()) {
      victims.retireGhosts().forEach(forgetter);
    }
    return freed;
  }

  void clear() {
    release(victims.evictDownTo(0), Eviction.CLEARED);
    release(victims.evictFromDisk(Long.MAX_VALUE), Eviction.CLEARED);
  }

  /** Waits for values on their way to the disk and back, and drops all. */
  void close() {
    closed = true;
    if (disk != null) {
      disk.awaitWrites();
      disk.awaitFetches();
    }
    clear();
  }

  // ---- to disk

  private List<Future<Long>> spill(List<Victim> spilling) {
    List<Future<Long>> moves = new ArrayList<>(spilling.size());
    for (Victim victim : spilling) {
      Future<Long> move = disk.onWriter(() -> move(victim));
      if (move == null) {
        drop(victim, Eviction.CLEARED);
      } else {
        moves.add(move);
      }
    }
    return moves;
  }

  /** On the writer's thread; returns the bytes that became free. */
  private long move(Victim victim) {
    try {
      return tryMove(victim);
    } catch (Throwable e) {
      // Nobody else would ever let go of it.
      if (victim.entry().state() instanceof Spilling) {
        drop(victim, Eviction.DISK_BUDGET);
      }
      throw e;
    }
  }

  private long tryMove(Victim victim) {
    Entry entry = victim.entry();
    Value value = victim.value();
    // Nobody else leaves this state, so it is still the one that the victim was given.
    State spilling = entry.state();
    if (!closed && value.isExclusive() && Residence.moveToDisk(value)) {
      return parked(victim);
    }
    if (!closed && !value.isExclusive()) {
      victims.admit(entry);
      entry.change(spilling, new Resident(value));
      victims.left(victim);
      return 0;
    }
    return drop(victim, closed ? Eviction.CLEARED : Eviction.DISK_BUDGET);
  }

  /** A copy exists already, and nobody uses the value: no need for the writer. */
  private boolean leavesAtOnce(Victim victim) {
    Value value = victim.value();
    return !closed
        && Residence.isOnDisk(value)
        && value.isExclusive()
        && Residence.dropFromHost(value);
  }

  /** By who has moved the value: the entry is on disk now. Returns the bytes that became free. */
  private long parked(Victim victim) {
    Entry entry = victim.entry();
    State spilling = entry.state();
    // Counted first: as soon as the state says so, a probe may fetch the value.
    victims.park(entry);
    entry.change(spilling, new OnDisk(victim.value()));
    victims.left(victim);
    counters.spills.increment();
    events.spilled(entry.key(), victim.bytes());
    if (closed) {
      // The cache was closed meanwhile, and may have looked at the disk before.
      clear();
    }
    return victim.bytes();
  }

  private long drop(Victim victim, Eviction reason) {
    return release(victims.evictSpilling(victim), reason);
  }

  // ---- and back

  /** Begins to bring back the value of an entry that the caller has claimed for it. */
  void fetch(Entry entry, Value value, Claim claim) {
    if (disk.onFetcher(() -> fetchNow(entry, value, claim)) == null) {
      giveUp(entry, value, claim);
    }
  }

  private void fetchNow(Entry entry, Value value, Claim claim) {
    try {
      Residence.moveToHost(value);
    } catch (ResourceException e) {
      giveUp(entry, value, claim);
      return;
    } catch (Throwable e) {
      giveUp(entry, value, claim);
      throw e;
    }
    counters.restores.increment();
    complete(claim, entry, value);
    events.restored(entry.key(), entry.bytes());
  }

  private void giveUp(Entry entry, Value value, Claim claim) {
    value.release();
    counters.evicted(Eviction.NOT_RESTORED);
    events.evicted(entry.key(), entry.bytes(), Eviction.NOT_RESTORED);
    claim.abandon();
    release(victims.breakGroupsOf(entry), Eviction.NOT_RESTORED);
  }

  /** Ends the claim of a fetch: the entry takes its reference back, and all waiters get theirs. */
  private void complete(Claim claim, Entry entry, Value value) {
    boolean kept = !closed;
    value.retain();
    try {
      claim.end();
      if (kept) {
        victims.admit(entry);
      }
      State next = kept ? new Resident(value) : Idle.RETIRED;
      Subscribers.tell(
          null,
          claim.leave(next),
          waiter -> {
            value.retain();
            waiter.handle().complete(value);
          });
    } finally {
      value.release();
      if (!kept) {
        forgetter.accept(entry);
        value.release();
      }
    }
  }
}
