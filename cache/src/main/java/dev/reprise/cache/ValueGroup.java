package dev.reprise.cache;

import dev.reprise.lineage.Key;
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
 * <p><b>Threads.</b> The stage belongs to {@link Groups} under the lock of the victim queue.
 */
public final class ValueGroup extends Candidate {
  enum Stage {
    UNREAD,
    LINKED,
    GONE
  }

  final Entry[] members;
  Stage stage = Stage.UNREAD;

  /**
   * @param key of the call or block
   * @param members none when one of them is not there
   * @param earlier what the same call or block had before, whose counts go on; or null
   */
  ValueGroup(Key key, Entry[] members, long costNanos, ValueGroup earlier, long now) {
    super(key);
    this.members = members;
    long sum = 0;
    long highest = 0;
    for (Entry member : members) {
      sum += member.bytes();
      highest = Math.max(highest, member.height());
    }
    long cost = earlier == null ? costNanos : Math.max(costNanos, earlier.costNanos());
    describe(cost, highest, sum, now);
    if (earlier != null) {
      goOnFrom(earlier);
    }
  }

  /** Whether skipping the call saves more than so much for each of its values. */
  boolean savesMoreThan(ToDoubleFunction<Entry> nanos) {
    double sum = 0;
    for (Entry member : members) {
      sum += nanos.applyAsDouble(member);
    }
    return costNanos() > sum;
  }
}
