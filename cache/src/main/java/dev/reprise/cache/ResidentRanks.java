package dev.reprise.cache;

import dev.reprise.cache.State.Resident;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import java.util.List;

/**
 * The resident entries, a heap per kind of memory, ordered by the score that an entry had when it
 * was put there.
 *
 * <pre>
 *   take the top; has its score risen since?  yes: put it back with the new one
 *                                             no:  it is the minimum
 * </pre>
 *
 * <p>Scores never fall (see {@link VictimRanking}), so a queued score is a lower bound and the
 * first top that is up to date is the exact minimum. A ranking that learns, or that looks at the
 * time, may lower scores; then all entries are looked at again from time to time, at each eviction
 * when there are few.
 *
 * <p>Threads: guarded by the lock of the victim queue.
 */
final class ResidentRanks {
  /** Heaps of so many entries are ordered anew at each eviction if scores may fall. */
  private static final int SMALL_HEAP = 256;

  private final VictimRanking ranking;
  private final Groups groups;
  private final ScoreHeap offHeap = new ScoreHeap();
  private final ScoreHeap onHeap = new ScoreHeap();

  // Victims chosen since scores were looked at anew.
  private long chosenSinceRanked;

  ResidentRanks(VictimRanking ranking, Groups groups) {
    this.ranking = ranking;
    this.groups = groups;
  }

  /** Takes in an entry that is resident; does nothing when it is not any more. */
  void enqueue(Entry entry) {
    if (entry.state() instanceof Resident resident) {
      entry.tell(ranking);
      groups.enqueue(entry, holdsOffHeap(resident.value()) ? offHeap : onHeap);
    }
  }

  static boolean holdsOffHeap(Value value) {
    return value instanceof MatrixValue
        || value instanceof ListValue list
            && list.elements().stream().anyMatch(ResidentRanks::holdsOffHeap);
  }

  /** Takes the entry with the lowest present score out; null when there is none. */
  Entry pollLowest() {
    Entry off = pollFresh(offHeap);
    Entry on = pollFresh(onHeap);
    if (off == null || on == null) {
      return off == null ? on : off;
    }
    boolean offIsLower = ScoreHeap.compare(off, on) <= 0;
    groups.enqueue(offIsLower ? on : off, offIsLower ? onHeap : offHeap);
    return offIsLower ? off : on;
  }

  /** Likewise, among those that hold memory off the heap. */
  Entry pollLowestOffHeap() {
    return pollFresh(offHeap);
  }

  private Entry pollFresh(ScoreHeap heap) {
    for (Entry top = heap.poll(); top != null; top = heap.poll()) {
      double score = groups.score(top);
      if (score > top.queuedScore || top.lastAccess() > top.queuedAccess) {
        groups.enqueue(top, heap);
      } else if (top.state() instanceof Resident) {
        return top;
      }
    }
    return null;
  }

  /** Notes that an entry was chosen as a victim. */
  void chosen() {
    chosenSinceRanked++;
  }

  /**
   * Orders the heaps by present scores if these may have fallen. Large ones wait until as many
   * victims have been chosen as they have entries, so that this costs each victim a constant.
   */
  void renew() {
    int entries = offHeap.size() + onHeap.size();
    if (!ranking.scoresMayFall() || entries > SMALL_HEAP && chosenSinceRanked < entries) {
      return;
    }
    chosenSinceRanked = 0;
    List<Entry> all = offHeap.entries();
    all.addAll(onHeap.entries());
    offHeap.clear();
    onHeap.clear();
    all.forEach(entry -> entry.tell(ranking));
    all.forEach(this::enqueue);
  }
}
