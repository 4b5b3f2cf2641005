package dev.reprise.cache;

import dev.reprise.lineage.Key;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * The values with which a whole call or block can be skipped: of use for that only as long as all
 * of them are there. A group is ranked as if it were one value, whose cost is that of the call and
 * whose size is the sum of the sizes. It holds entries, never values or lineage.
 *
 * <pre>
 *   group --read by who evicts--> LINKED --a member is dropped---------------> GONE (broken)
 *     |                              +----replaced, or nobody can ask for it--> GONE (dissolved)
 *     +--a member has gone already--> GONE
 * </pre>
 *
 * <p><b>Threads.</b> The counts are written by any thread. The stage and the flags belong to {@link
 * Groups} under the lock of the victim queue.
 */
public final class ValueGroup implements EntryFacts {
  enum Stage {
    UNREAD,
    LINKED,
    GONE
  }

  private final Key key;
  private final long costNanos;
  private final long bytes;
  private final long height;
  private final long misses;
  private final AtomicLong hits = new AtomicLong();
  private volatile long lastAccess;

  final Entry[] members;
  Stage stage = Stage.UNREAD;

  /** Whether the ranking has been told of the group, and of its second use. */
  boolean isSeen;

  boolean isUsedAgain;

  /**
   * @param members none when one of them is not there
   * @param earlier what the same call or block had before, whose counts go on; or null
   */
  ValueGroup(Key key, Entry[] members, long costNanos, ValueGroup earlier, long now) {
    this.key = key;
    this.members = members;
    long sum = 0;
    long highest = 0;
    for (Entry member : members) {
      sum += member.bytes();
      highest = Math.max(highest, member.height());
    }
    this.bytes = sum;
    this.height = highest;
    this.costNanos = earlier == null ? costNanos : Math.max(costNanos, earlier.costNanos);
    this.misses = earlier == null ? 1 : earlier.misses + 1;
    if (earlier != null) {
      hits.set(earlier.hits.get());
      isSeen = true;
      isUsedAgain = true;
    }
    this.lastAccess = now;
  }

  void countHit(long now) {
    hits.incrementAndGet();
    lastAccess = now;
  }

  /** Whether skipping the call saves more than so much for each of its values. */
  boolean savesMoreThan(ToDoubleFunction<Entry> nanos) {
    double sum = 0;
    for (Entry member : members) {
      sum += nanos.applyAsDouble(member);
    }
    return costNanos > sum;
  }

  /** The key of the call or block. */
  @Override
  public Key key() {
    return key;
  }

  @Override
  public long costNanos() {
    return costNanos;
  }

  @Override
  public long height() {
    return height;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long hits() {
    return hits.get();
  }

  @Override
  public long misses() {
    return misses;
  }

  @Override
  public long lastAccess() {
    return lastAccess;
  }
}
