package dev.reprise.cache;

import dev.reprise.lineage.Key;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a {@link VictimRanking} ranks: an entry by itself, or a group as if it were one.
 *
 * <p><b>Threads.</b> Hits and the last access change atomically, by any thread. The other facts are
 * written by whoever makes the candidate, before others see it, and misses by who has just claimed
 * the entry. What the ranking has been told belongs to the lock of {@link VictimQueue}.
 */
abstract sealed class Candidate implements EntryFacts permits Entry, ValueGroup {
  private static final VarHandle HITS;
  private static final VarHandle LAST_ACCESS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HITS = lookup.findVarHandle(Candidate.class, "hits", int.class);
      LAST_ACCESS = lookup.findVarHandle(Candidate.class, "lastAccess", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Key key;
  private int hits;
  private int misses = 1;
  private long firstAccess;
  private long lastAccess;
  private long costNanos;
  private long height;
  private long bytes;

  /** Whether the ranking has been told of the candidate, and of its second use. */
  private boolean isSeen;

  private boolean isUsedAgain;

  Candidate(Key key) {
    this.key = key;
  }

  /** Sets what is known of the value or values; before others see it. */
  final void describe(long costNanos, long height, long bytes, long now) {
    this.costNanos = costNanos;
    this.height = height;
    this.bytes = bytes;
    firstAccess = firstAccess == 0 ? now : firstAccess;
    touch(now);
  }

  /** Goes on with the counts of an earlier candidate for the same key; before others see it. */
  final void goOnFrom(Candidate earlier) {
    hits = (int) earlier.hits();
    misses = earlier.misses + 1;
    firstAccess = earlier.firstAccess;
    isSeen = true;
    isUsedAgain = true;
  }

  void countHit(long now) {
    // Taking the result keeps the call's type exact, which spares a conversion.
    int before = (int) HITS.getAndAdd(this, 1);
    assert before >= 0;
    touch(now);
  }

  /** By the thread that has just claimed the key again. */
  final void countMiss(long now) {
    misses++;
    touch(now);
  }

  // A plain maximum would need a loop; concurrent accesses are simultaneous, either may win.
  private void touch(long now) {
    LAST_ACCESS.setOpaque(this, now);
  }

  /** Tells a ranking what it has not heard yet; under the lock of the victim queue. */
  final void tell(VictimRanking ranking) {
    if (!isSeen) {
      isSeen = true;
      ranking.seen(this);
    }
    if (!isUsedAgain && hits() + misses > 1) {
      isUsedAgain = true;
      ranking.usedAgain(this);
    }
  }

  @Override
  public final Key key() {
    return key;
  }

  @Override
  public final long costNanos() {
    return costNanos;
  }

  @Override
  public final long height() {
    return height;
  }

  @Override
  public final long bytes() {
    return bytes;
  }

  @Override
  public final long hits() {
    return (int) HITS.getOpaque(this);
  }

  @Override
  public final long misses() {
    return misses;
  }

  @Override
  public final long firstAccess() {
    return firstAccess;
  }

  @Override
  public final long lastAccess() {
    return (long) LAST_ACCESS.getOpaque(this);
  }
}
