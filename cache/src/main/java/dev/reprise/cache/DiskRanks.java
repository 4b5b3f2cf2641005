package dev.reprise.cache;

import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Spilling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The entries on disk by the score that they had when they came there. An entry lies here exactly
 * while it is ON DISK, apart from the moments between a change of its state and the lock.
 *
 * <p>Threads: the heap is guarded by the lock of the victim queue; the sums are read by anyone.
 */
final class DiskRanks {
  private final Groups groups;
  private final ScoreHeap byScore = new ScoreHeap();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();

  DiskRanks(Groups groups) {
    this.groups = groups;
  }

  long bytes() {
    return bytes.get();
  }

  long entries() {
    return entries.get();
  }

  void enter(Entry entry) {
    bytes.addAndGet(entry.bytes());
    entries.incrementAndGet();
    groups.enqueue(entry, byScore);
  }

  /** For an entry whose state has just left ON DISK. */
  void leave(Entry entry) {
    forget(entry);
    if (entry.heap == byScore) {
      byScore.remove(entry);
    }
  }

  private void forget(Entry entry) {
    bytes.addAndGet(-entry.bytes());
    entries.decrementAndGet();
  }

  /** Evicts entries of at least so many bytes, lowest score first, with the values they held. */
  List<VictimQueue.Victim> evict(long wantedBytes) {
    List<VictimQueue.Victim> victims = new ArrayList<>();
    List<Entry> arriving = new ArrayList<>();
    for (long chosen = 0; chosen < wantedBytes && !byScore.isEmpty(); ) {
      Entry entry = byScore.poll();
      if (entry.state() instanceof OnDisk parked && entry.change(parked, Idle.EVICTED)) {
        chosen += entry.bytes();
        forget(entry);
        victims.add(new VictimQueue.Victim(entry, parked.value(), entry.bytes(), false, false));
      } else if (entry.state() instanceof Spilling) {
        arriving.add(entry);
      }
    }
    arriving.forEach(entry -> groups.enqueue(entry, byScore));
    return victims;
  }
}
