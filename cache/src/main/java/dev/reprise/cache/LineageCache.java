package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Present;
import dev.reprise.cache.State.Resident;
import dev.reprise.lineage.Key;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.Outlook;
import dev.reprise.memory.Reclaimer;
import dev.reprise.memory.Residence;
import dev.reprise.runtime.Value;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A concurrent map from lineage key to value, in which a missing value has one owner at a time.
 *
 * <pre>
 *   probe(key) --+-- value there -----------> Hit(value, retained)
 *                +-- somebody computes it --> InFlight(own handle), subscribed
 *                +-- nobody does -----------> Claim: complete | fail | abandon, exactly once
 *
 *   complete  every waiter's handle gets the value; kept if wanted and within the budget
 *   fail      every waiter's handle gets the error; nothing is remembered
 *   abandon   the first live waiter becomes owner with its own recipe; nobody left: forgotten
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything; there is no lock on the way of a probe or a
 * claim (see {@link Entry} for the states and who may change them). Waiters, handles, events and
 * values are called with no lock held. The lock of {@link VictimQueue} covers the choice of victims
 * only.
 *
 * <p><b>No deadlock, no lost waiter.</b> Nothing in here waits. Subscribing and ending a claim
 * change the same word by compare-and-set, so a waiter is either in the list that the owner takes,
 * or sees the outcome and probes again. A claim that is taken over stays open until its new owner
 * ends it.
 *
 * <p><b>References.</b> A resident entry holds one reference to its value. A prober takes its own
 * by {@code tryRetain}, which fails when the value was evicted in between; the probe then looks
 * again.
 */
public final class LineageCache implements Reclaimer, AutoCloseable {
  private final CacheConfig config;
  private final CacheEvents events;
  private final boolean exactRecency;
  private final VictimQueue victims;
  private final ConcurrentHashMap<Key, Entry> entries = new ConcurrentHashMap<>();
  // Logical time: admissions, and every access if the ranking needs it.
  private final AtomicLong clock = new AtomicLong();
  private final CacheCounters counters = new CacheCounters();
  private final Departures departures;
  private final ClaimEnds ends;
  private final AtHand atHand;
  private static final Entry[] NO_MEMBERS = {};

  public LineageCache(CacheConfig config, CacheEvents events) {
    this(config, config.policy().ranking(), events);
  }

  /** A cache with a ranking of its own, whatever policy the configuration names. */
  public LineageCache(CacheConfig config, VictimRanking ranking, CacheEvents events) {
    this(config, ranking, events, null);
  }

  /**
   * @param disk where values go that are worth more than moving them; null for none. Closed by the
   *     caller, after this
   */
  public LineageCache(
      CacheConfig config, VictimRanking ranking, CacheEvents events, DiskTier disk) {
    this.config = config;
    this.events = events;
    this.exactRecency = ranking.needsExactRecency();
    this.victims = new VictimQueue(ranking, config.ghostEntries(), clock::get);
    this.departures = new Departures(disk, this::forget, victims, counters, events);
    this.ends = new ClaimEnds(config, events, counters, victims, departures, clock, this::forget);
    this.atHand = new AtHand(this, victims, departures);
  }

  /**
   * Asks who acts next for the value of a key. Never waits.
   *
   * @param waiter makes the caller's subscription, called at most once and only if needed
   */
  public Probe probe(Key lineage, Supplier<? extends Waiter> waiter) {
    Key key = config.tags().of(lineage);
    if (!config.enabled()) {
      return claim(new Entry(key, Claimed.BY_NOBODY_ELSE));
    }
    Waiter own = null;
    while (true) {
      Entry entry = entries.get(key);
      if (entry == null) {
        Entry fresh = new Entry(key, Claimed.BY_NOBODY_ELSE);
        entry = entries.putIfAbsent(key, fresh);
        if (entry == null) {
          discard(own);
          return claim(fresh);
        }
      }
      State state = entry.state();
      if (state instanceof Resident resident && isOnlyOnDisk(resident.value())) {
        victims.park(entry, resident);
      } else if (state instanceof Present present) {
        if (tryHit(entry, present)) {
          discard(own);
          return new Hit(present.value());
        }
      } else if (state instanceof OnDisk parked) {
        own = own == null ? waiter.get() : own;
        if (claimParked(entry, parked, own)) {
          countHit(entry);
          fetch(entry, parked);
          return new InFlight(own.handle(), true);
        }
      } else if (state instanceof Claimed claimed) {
        own = own == null ? waiter.get() : own;
        if (entry.change(claimed, new Claimed(own, claimed))) {
          counters.waits.increment();
          events.waiting(key);
          return new InFlight(own.handle(), false);
        }
      } else if (tryReclaim(entry, state)) {
        entry.isUsedByItself();
        discard(own);
        return claim(entry);
      }
    }
  }

  /** True when a variable took the cells out of memory, and has gone. */
  static boolean isOnlyOnDisk(Value value) {
    return !Residence.isOnHost(value) && value.isExclusive() && Residence.isOffHost(value);
  }

  /** The entry of a lineage key, or null. */
  Entry find(Key lineage) {
    return entries.get(config.tags().of(lineage));
  }

  private static void discard(Waiter unused) {
    if (unused != null) {
      unused.discard();
    }
  }

  /**
   * The claim of a value that nobody has or computes, for an owner that has all it needs and ends
   * the claim before it waits for anything but memory; else null. Counts as no probe.
   */
  Claim claimAtWork(Key lineage) {
    Key key = config.tags().of(lineage);
    Entry fresh = new Entry(key, Claimed.AT_WORK);
    while (config.enabled()) {
      Entry entry = entries.putIfAbsent(key, fresh);
      if (entry == null) {
        return new Claim(ends, fresh, null);
      }
      State state = entry.state();
      if (!(state instanceof Idle)) {
        return null;
      }
      if (tryReclaim(entry, state, Claimed.AT_WORK)) {
        entry.isUsedByItself();
        return new Claim(ends, entry, null);
      }
    }
    return null;
  }

  private Claim claim(Entry entry) {
    Claim claim = new Claim(ends, entry, null);
    try {
      counters.misses.increment();
      events.claimed(entry.key());
      return claim;
    } catch (Throwable e) {
      claim.close();
      throw e;
    }
  }

  /** Claims an entry that lost its value; false when the caller must look again. */
  private boolean tryReclaim(Entry entry, State state) {
    return tryReclaim(entry, state, Claimed.BY_NOBODY_ELSE);
  }

  private boolean tryReclaim(Entry entry, State state, Claimed claimed) {
    if (state == Idle.EVICTED) {
      if (!entry.change(Idle.EVICTED, claimed)) {
        return false;
      }
      entry.countMiss(now());
      return true;
    }
    entries.remove(entry.key(), entry);
    return false;
  }

  private boolean tryHit(Entry entry, Present present) {
    if (!present.value().tryRetain()) {
      dropDead(entry, present);
      return false;
    }
    countHit(entry);
    return true;
  }

  /**
   * A value that died although its entry holds a reference; drops it unless it was just evicted.
   */
  void dropDead(Entry entry, Present present) {
    if (present instanceof Resident && entry.change(present, Idle.RETIRED)) {
      victims.forget(entry);
      entries.remove(entry.key(), entry);
    }
  }

  private long now() {
    return exactRecency ? clock.incrementAndGet() : clock.get();
  }

  /**
   * Claims a value on disk for a fetch and subscribes to it; false when it is not there any more.
   * The caller must {@link #fetch} it.
   */
  boolean claimParked(Entry entry, OnDisk parked, Waiter own) {
    if (!entry.change(parked, new Claimed(own, Claimed.AT_WORK))) {
      return false;
    }
    victims.leaveDisk(entry);
    return true;
  }

  void fetch(Entry entry, OnDisk parked) {
    departures.fetch(entry, parked.value(), new Claim(ends, entry, null));
  }

  /** Values that are on disk, or being computed at this moment, for who may wait for them. */
  public AtHand atHand() {
    return atHand;
  }

  /** Notes the use of a value as part of something larger, for its rank alone. */
  void touch(Entry entry) {
    entry.countHit(now());
  }

  private void countHit(Entry entry) {
    entry.isUsedByItself();
    entry.countHit(now());
    counters.hits.increment();
    counters.savedNanos.add(entry.costNanos());
    events.hit(entry.key(), entry.costNanos());
  }

  /** The value in memory with a reference for the caller, or null. Claims nothing. */
  public Value lookup(Key key) {
    Entry entry = find(key);
    while (entry != null && entry.state() instanceof Present present) {
      if (tryHit(entry, present)) {
        return present.value();
      }
    }
    return null;
  }

  /**
   * As {@link #lookup}, but counts nothing: for who may decide against the value. {@link #credit}
   * counts it.
   */
  public Value peek(Key key) {
    Entry entry = find(key);
    while (entry != null
        && entry.state() instanceof Resident resident
        && !isOnlyOnDisk(resident.value())) {
      if (resident.value().tryRetain()) {
        return resident.value();
      }
      dropDead(entry, resident);
    }
    return null;
  }

  /**
   * The value with a reference for the caller, or null when it is not there. The entry counts a hit
   * for its rank; the cache's statistics and events do not, since what was found is a whole call or
   * block of which this value is a part.
   */
  public Value take(Key key) {
    Entry entry = find(key);
    while (entry != null
        && entry.state() instanceof Resident resident
        && !isOnlyOnDisk(resident.value())) {
      if (resident.value().tryRetain()) {
        entry.countHit(now());
        return resident.value();
      }
      dropDead(entry, resident);
    }
    return null;
  }

  /** Whether the cache has the value of a key at this moment, in memory or on disk. */
  public boolean contains(Key key) {
    Entry entry = find(key);
    return entry != null && !(entry.state() instanceof Claimed || entry.state() instanceof Idle);
  }

  /** Counts a value that came from {@link #peek} as a hit. */
  public void credit(Key key) {
    Entry entry = find(key);
    if (entry != null && entry.state() instanceof Resident) {
      countHit(entry);
    }
  }

  /**
   * Makes values a group: with all of them a whole call or block can be skipped, with fewer it can
   * not. They are ranked as one from now on.
   *
   * @param call its key
   * @param lineages keys of the values; a group with one that is not there is ranked by nobody
   * @param costNanos what the call took
   * @param earlier the group that the call had until now, whose counts go on; the caller dissolves
   *     it after this; or null
   */
  public ValueGroup group(Key call, Collection<Key> lineages, long costNanos, ValueGroup earlier) {
    Set<Entry> members = new LinkedHashSet<>();
    for (Key lineage : lineages) {
      Entry member = find(lineage);
      if (member == null || member.state() instanceof Idle || member.bytes() == 0) {
        return new ValueGroup(call, NO_MEMBERS, costNanos, earlier, now());
      }
      members.add(member);
    }
    ValueGroup group = new ValueGroup(call, members.toArray(NO_MEMBERS), costNanos, earlier, now());
    if (!members.isEmpty()) {
      victims.form(group);
    }
    return group;
  }

  /** Ends the ranking of a group that nobody will ask for again. */
  public void dissolve(ValueGroup group) {
    victims.dissolve(group);
  }

  /** Counts that a call was skipped with the values of a group. */
  public void found(ValueGroup group) {
    group.countHit(now());
  }

  /**
   * Keeps a value for a key that has none and is not being computed. The caller keeps its own
   * reference.
   *
   * @return false when the key has a value or an owner already, or the value was not admitted
   */
  public boolean putIfAbsent(Key lineage, Value value, long costNanos, long height) {
    return putIfAbsent(lineage, value, costNanos, height, Credit.NONE);
  }

  /**
   * As {@link #putIfAbsent(Key, Value, long, long)}.
   *
   * @param credit hears whenever the value is found
   */
  public boolean putIfAbsent(Key lineage, Value value, long costNanos, long height, Credit credit) {
    Key key = config.tags().of(lineage);
    return put(new Entry(key, Claimed.BY_NOBODY_ELSE), value, costNanos, height, credit);
  }

  /**
   * As {@link #putIfAbsent(Key, Value, long, long)}, for a value that no instruction keeps: unless
   * one asks for it later, it is of use only as long as one of its groups is.
   */
  public boolean putForGroup(Key lineage, Value value, long costNanos, long height) {
    Entry entry = new Entry(config.tags().of(lineage), Claimed.BY_NOBODY_ELSE);
    entry.keepForGroupsOnly();
    return put(entry, value, costNanos, height, Credit.NONE);
  }

  private boolean put(Entry fresh, Value value, long costNanos, long height, Credit credit) {
    while (config.enabled()) {
      Entry entry = entries.putIfAbsent(fresh.key(), fresh);
      if (entry == null) {
        return ends.complete(new Claim(ends, fresh, null), fresh, value, costNanos, height, credit);
      }
      State state = entry.state();
      if (!(state instanceof Idle)) {
        return false;
      }
      if (tryReclaim(entry, state)) {
        if (!fresh.isOnlyForGroups()) {
          entry.isUsedByItself();
        }
        return ends.complete(new Claim(ends, entry, null), entry, value, costNanos, height, credit);
      }
    }
    return false;
  }

  /**
   * Frees memory that nobody but the cache uses, lowest rank first: what is worth it is moved to
   * disk, the rest is dropped. Waits for the disk if nothing else frees enough. Counts what other
   * threads have taken out but not released yet when there is nothing else.
   */
  @Override
  public long reclaim(long bytes) {
    return departures.reclaim(bytes);
  }

  @Override
  public Outlook outlook(long bytes) {
    return victims.outlook(bytes, departures::isWorthwhile);
  }

  /** Drops values on disk, lowest rank first; false when there was none. */
  public boolean reclaimDisk(long bytes) {
    return departures.reclaimDisk(bytes);
  }

  /**
   * Drops values that nobody but the cache holds and that lie on an accelerator, lowest rank first,
   * as far as computing them again costs less than copying them to the host and back.
   *
   * @return true when any was dropped
   */
  public boolean reclaimOnDevice(DeviceMemory memory, long bytes) {
    return departures.reclaimOnDevice(memory, bytes);
  }

  private void forget(Entry entry) {
    entries.remove(entry.key(), entry);
  }

  /** Drops all values; open claims go on, and their values are kept as usual. */
  public void clear() {
    departures.clear();
  }

  /**
   * Drops all values and keeps none from now on. Claims still end, and their waiters still wake.
   * Waits for values on their way to the disk and back.
   */
  @Override
  public void close() {
    ends.close();
    departures.close();
  }

  /** Keys in the map: values, claims and ghosts. */
  int rememberedKeys() {
    return entries.size();
  }

  /** Counts so far; consistent when no thread is working. */
  public CacheStatistics statistics() {
    return counters.snapshot(victims);
  }
}
