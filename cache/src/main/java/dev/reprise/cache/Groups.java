package dev.reprise.cache;

import dev.reprise.cache.State.Idle;
import dev.reprise.cache.ValueGroup.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Ranks entries by themselves and as members of groups, and knows what is of no use any more.
 *
 * <pre>
 *   rank of an entry = the highest of  its own score       unless only calls use it
 *                                      its groups' scores  each group as one value
 * </pre>
 *
 * <p>So members rank together, and one that several calls share goes when the last of these may go.
 * When a member is dropped its groups are broken: no other member is credited with them any more. A
 * member that is left without a group, and that no instruction has ever asked for, is dropped with
 * them; others fall back to what instructions can save with them.
 *
 * <p><b>Threads.</b> Groups are formed and dissolved by any thread: it puts a notice into a queue,
 * and whoever chooses victims next reads it under the lock of {@link VictimQueue}. Everything else
 * is guarded by that lock. Notices are read in order, so a group is never dissolved before it is
 * formed. A program that never evicts reads them only when there are many.
 */
final class Groups {
  /** So many notices are read even if nobody evicts. */
  private static final int MOST_UNREAD = 4_096;

  /** An entry that more calls share is credited with the latest ones only. */
  private static final int MOST_PER_ENTRY = 256;

  private record Notice(ValueGroup group, boolean forms) {}

  private final VictimRanking ranking;
  private final LongSupplier clock;
  private final ConcurrentLinkedQueue<Notice> notices = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unread = new AtomicInteger();
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();

  /**
   * @param clock the cache's logical time
   */
  Groups(VictimRanking ranking, LongSupplier clock) {
    this.ranking = ranking;
    this.clock = clock;
  }

  // ---- by any thread

  /** True when the caller should see to it that notices are read. */
  boolean form(ValueGroup group) {
    live.incrementAndGet();
    return add(new Notice(group, true));
  }

  boolean dissolve(ValueGroup group) {
    return group.members.length > 0 && add(new Notice(group, false));
  }

  private boolean add(Notice notice) {
    notices.add(notice);
    return unread.incrementAndGet() > MOST_UNREAD;
  }

  /** Groups whose values are all there, as far as is known. */
  long live() {
    return live.get();
  }

  /** Groups that lost a value. */
  long broken() {
    return broken.get();
  }

  // ---- under the lock

  void readNotices() {
    for (Notice next = notices.poll(); next != null; next = notices.poll()) {
      unread.decrementAndGet();
      ValueGroup group = next.group;
      if (next.forms) {
        link(group);
      } else if (group.stage == Stage.LINKED) {
        unlink(group);
      }
    }
  }

  private void link(ValueGroup group) {
    for (Entry member : group.members) {
      if (member.state() instanceof Idle) {
        group.stage = Stage.GONE;
        live.decrementAndGet();
        return;
      }
    }
    for (Entry member : group.members) {
      if (member.groups.size() == MOST_PER_ENTRY) {
        unlink(member.groups.getFirst());
      }
      if (member.groups.isEmpty()) {
        member.groups = new ArrayList<>(1);
      }
      member.groups.add(group);
      member.wasInGroup = true;
    }
    group.stage = Stage.LINKED;
    group.tell(ranking);
  }

  private void unlink(ValueGroup group) {
    group.stage = Stage.GONE;
    live.decrementAndGet();
    for (Entry member : group.members) {
      member.groups.remove(group);
      rankAgain(member);
    }
  }

  /** The score of an entry has fallen: it must not lie below ones that are worth more. */
  private void rankAgain(Entry entry) {
    ScoreHeap heap = entry.heap;
    if (heap != null) {
      heap.remove(entry);
      enqueue(entry, heap);
    }
  }

  void enqueue(Entry entry, ScoreHeap heap) {
    heap.add(entry, score(entry), ownScore(entry, clock.getAsLong()));
  }

  double score(Entry entry) {
    long now = clock.getAsLong();
    double best = ownScore(entry, now);
    for (ValueGroup group : entry.groups) {
      group.tell(ranking);
      best = Math.max(best, ranking.score(group, now));
    }
    return best;
  }

  private double ownScore(Entry entry, long now) {
    // Only calls use it: by itself it saves nothing.
    return entry.isOnlyForGroups() && entry.wasInGroup
        ? Double.NEGATIVE_INFINITY
        : ranking.score(entry, now);
  }

  /**
   * Breaks all groups of an entry that has just lost its value.
   *
   * @return other members that are of no use now
   */
  List<Entry> breakGroupsOf(Entry entry) {
    List<Entry> useless = List.of();
    while (!entry.groups.isEmpty()) {
      ValueGroup group = entry.groups.getLast();
      unlink(group);
      broken.incrementAndGet();
      for (Entry member : group.members) {
        if (member != entry && member.groups.isEmpty() && member.isOnlyForGroups()) {
          useless = useless.isEmpty() ? new ArrayList<>() : useless;
          useless.add(member);
        }
      }
    }
    entry.groups = List.of();
    return useless;
  }
}
