package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Resident;
import dev.reprise.cache.State.Spilling;
import dev.reprise.memory.Outlook;
import dev.reprise.memory.Residence;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/**
 * Finds victims without sorting: a heap per kind of memory, ordered by the score that an entry had
 * when it was put there.
 *
 * <pre>
 *   admit ---> list of admissions --(drained when somebody evicts)--> heap off-heap values
 *              one compare-and-set                                    heap of Java-heap values
 *   evict: take the top; has its score risen since?  yes: put it back with the new one
 *                                                    no:  it is the minimum, evict it
 * </pre>
 *
 * <p>Scores never fall (see {@link VictimRanking}), so a queued score is a lower bound and the
 * first top that is up to date is the exact minimum. An eviction costs O(log n) plus the entries
 * that were hit since they last lay on top; a program that never evicts never builds a heap. A
 * ranking that learns may lower scores; then all entries are looked at again from time to time, at
 * each eviction when there are few.
 *
 * <p><b>Threads.</b> The heaps, the ghosts and the queue's fields of entries are guarded by one
 * lock, held for choosing victims only; values are released and the map is changed after it is let
 * go. An entry lies in the list or in a heap of residents exactly while it is resident, since only
 * this class makes resident entries idle or sends them to disk.
 */
final class VictimQueue {

  /**
   * An entry that lost its value, or whose value is to be moved to disk.
   *
   * @param value with the entry's reference; if it is lost the receiver releases it and reports
   *     {@link #left}
   * @param spilling whether it is to be moved
   */
  record Victim(Entry entry, Value value, long bytes, boolean spilling) {}

  /** Heaps of so many entries are ordered anew at each eviction if scores may fall. */
  private static final int SMALL_HEAP = 256;

  private final VictimRanking ranking;
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Entry> offHeap = newHeap();
  private final PriorityQueue<Entry> onHeap = newHeap();
  private final DiskRanks onDisk = new DiskRanks();
  private final Ghosts ghosts;
  // Hands admitted entries over to whoever evicts next; only pushed to and taken as a whole.
  private final AtomicReference<Entry> admitted = new AtomicReference<>();
  // Victims chosen since scores were looked at anew; guarded by the lock.
  private long chosenSinceRanked;
  private final AtomicLong residentBytes = new AtomicLong();
  private final AtomicLong residents = new AtomicLong();
  // Bytes of victims that were chosen but not released yet; raised under the lock.
  private final AtomicLong leavingBytes = new AtomicLong();

  VictimQueue(VictimRanking ranking, int ghostLimit) {
    this.ranking = ranking;
    this.ghosts = new Ghosts(ghostLimit);
  }

  private static PriorityQueue<Entry> newHeap() {
    return new PriorityQueue<>(VictimQueue::compare);
  }

  /** By score; of equal ones the least recently used goes first. */
  static int compare(Entry a, Entry b) {
    int byScore = Double.compare(a.queuedScore, b.queuedScore);
    return byScore != 0 ? byScore : Long.compare(a.queuedAccess, b.queuedAccess);
  }

  long residentBytes() {
    return residentBytes.get();
  }

  long residents() {
    return residents.get();
  }

  long diskBytes() {
    return onDisk.bytes();
  }

  long diskEntries() {
    return onDisk.entries();
  }

  /** Takes in an entry that is about to become resident: whoever can see the value can evict it. */
  void admit(Entry entry) {
    residentBytes.addAndGet(entry.bytes());
    residents.incrementAndGet();
    push(entry);
  }

  private void push(Entry entry) {
    Entry head;
    do {
      head = admitted.get();
      entry.nextAdmitted = head;
    } while (!admitted.compareAndSet(head, entry));
  }

  /** Bytes of victims that some thread has chosen and is about to release. */
  long leavingBytes() {
    return leavingBytes.get();
  }

  /** Accounts for a victim whose value has been released. */
  void left(Victim victim) {
    leavingBytes.addAndGet(-victim.bytes());
  }

  /** Accounts for a resident entry that lost its value otherwise than by eviction. */
  void forget(Entry entry) {
    residentBytes.addAndGet(-entry.bytes());
    residents.decrementAndGet();
  }

  /**
   * Chooses victims until at most {@code budgetBytes} are resident: first values that nobody but
   * the cache holds, then any.
   */
  List<Victim> evictDownTo(long budgetBytes) {
    List<Victim> victims = new ArrayList<>();
    lock.lock();
    try {
      drainAdmitted();
      evictExclusive(budgetBytes, victims);
      while (residentBytes.get() > budgetBytes) {
        Entry entry = pollLowest();
        if (entry == null) {
          break;
        }
        evict(entry, victims);
      }
    } finally {
      lock.unlock();
    }
    return victims;
  }

  private void evictExclusive(long budgetBytes, List<Victim> victims) {
    List<Entry> held = new ArrayList<>();
    while (residentBytes.get() > budgetBytes) {
      Entry entry = pollLowest();
      if (entry == null) {
        break;
      }
      if (isHeldByTheProgram(entry)) {
        held.add(entry);
      } else {
        evict(entry, victims);
      }
    }
    held.forEach(this::enqueue);
  }

  /**
   * Chooses victims that free at least {@code bytes} off the heap, if there are so many.
   *
   * @param moving says which ones are worth moving to disk; these are {@link Spilling} now
   */
  List<Victim> evictOffHeap(long bytes, BiPredicate<Entry, Value> moving) {
    List<Victim> victims = new ArrayList<>();
    choose(
        bytes,
        (entry, resident) -> {
          if (!resident.value().isExclusive() || Residence.isOnDevicesOnly(resident.value())) {
            return Chosen.STAYS;
          }
          if (Residence.isOffHost(resident.value())) {
            // It left memory while a variable held it, and is the cache's alone now.
            parkResident(entry, resident);
            return Chosen.GONE;
          }
          if (moving.test(entry, resident.value())) {
            spill(entry, resident, victims);
          } else {
            evict(entry, victims);
          }
          return Chosen.COUNTS;
        });
    return victims;
  }

  /** What becomes of an entry that was looked at. */
  private enum Chosen {
    /** Back into the heap. */
    STAYS,
    /** Out of it, and freed nothing. */
    GONE,
    /** Out of it, and its bytes count. */
    COUNTS
  }

  /** Looks at entries off the heap, lowest first, until so many bytes count. */
  private void choose(long bytes, BiFunction<Entry, Resident, Chosen> look) {
    List<Entry> staying = new ArrayList<>();
    lock.lock();
    try {
      drainAdmitted();
      for (long chosen = 0; chosen < bytes; ) {
        Entry entry = pollFresh(offHeap);
        if (entry == null) {
          break;
        }
        switch (look.apply(entry, (Resident) entry.state())) {
          case STAYS -> staying.add(entry);
          case COUNTS -> chosen += entry.bytes();
          case GONE -> {}
        }
      }
      staying.forEach(this::enqueue);
    } finally {
      lock.unlock();
    }
  }

  /** What {@link #evictOffHeap} would choose now, without choosing it. */
  Outlook outlook(long bytes, BiPredicate<Entry, Value> moving) {
    List<Value> movingNext = new ArrayList<>();
    List<Value> droppedNext = new ArrayList<>();
    List<Entry> seen = new ArrayList<>();
    long sum = 0;
    lock.lock();
    try {
      drainAdmitted();
      while (sum < bytes) {
        Entry entry = pollFresh(offHeap);
        if (entry == null) {
          break;
        }
        seen.add(entry);
        Value value = ((Resident) entry.state()).value();
        if (value.isExclusive()
            && !Residence.isOffHost(value)
            && !Residence.isOnDevicesOnly(value)) {
          sum += entry.bytes();
          (moving.test(entry, value) ? movingNext : droppedNext).add(value);
        }
      }
      seen.forEach(this::enqueue);
    } finally {
      lock.unlock();
    }
    return new Outlook(movingNext, droppedNext, sum);
  }

  /** Chooses victims of at least {@code bytes} bytes among the cache's own values. */
  List<Victim> evictOnDevice(long bytes, BiPredicate<Entry, Value> suitable) {
    List<Victim> victims = new ArrayList<>();
    choose(
        bytes,
        (entry, resident) -> {
          if (!resident.value().isExclusive() || !suitable.test(entry, resident.value())) {
            return Chosen.STAYS;
          }
          evict(entry, victims);
          return Chosen.COUNTS;
        });
    return victims;
  }

  private void spill(Entry entry, Resident resident, List<Victim> victims) {
    if (entry.change(resident, new Spilling(resident.value()))) {
      forget(entry);
      leavingBytes.addAndGet(entry.bytes());
      victims.add(new Victim(entry, resident.value(), entry.bytes(), true));
      chosenSinceRanked++;
    }
  }

  // ---- entries on disk

  private void parkResident(Entry entry, Resident resident) {
    if (entry.change(resident, new OnDisk(resident.value()))) {
      forget(entry);
      enterDisk(entry);
    }
  }

  /**
   * Sends an entry to the disk's heap whose value left memory while a variable held it, which is
   * gone now.
   */
  void park(Entry entry, Resident resident) {
    lock.lock();
    try {
      drainAdmitted();
      if (entry.state() == resident) {
        offHeap.remove(entry);
        parkResident(entry, resident);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes in an entry that is about to be on disk. */
  void park(Entry entry) {
    lock.lock();
    try {
      enterDisk(entry);
    } finally {
      lock.unlock();
    }
  }

  private void enterDisk(Entry entry) {
    onDisk.enter(entry, ranking.score(entry));
  }

  /** By the probe that has just claimed an entry that was on disk. */
  void leaveDisk(Entry entry) {
    lock.lock();
    try {
      onDisk.leave(entry);
    } finally {
      lock.unlock();
    }
  }

  /** Chooses victims of at least so many bytes on disk, lowest score first. */
  List<Victim> evictFromDisk(long bytes) {
    lock.lock();
    try {
      List<Victim> victims = onDisk.evict(bytes);
      for (Victim victim : victims) {
        leavingBytes.addAndGet(victim.bytes());
        ghosts.add(victim.entry());
      }
      return victims;
    } finally {
      lock.unlock();
    }
  }

  /** By the writer, for a victim that could not be moved: it is evicted instead. */
  void evictSpilling(Victim victim) {
    Entry entry = victim.entry();
    lock.lock();
    try {
      ghosts.add(entry);
    } finally {
      lock.unlock();
    }
    entry.change(entry.state(), Idle.EVICTED);
  }

  /** Removes ghosts beyond the bound; the receiver takes them out of the map. */
  List<Entry> retireGhosts() {
    lock.lock();
    try {
      return ghosts.retire();
    } finally {
      lock.unlock();
    }
  }

  private void drainAdmitted() {
    for (Entry entry = admitted.getAndSet(null); entry != null; ) {
      Entry next = entry.nextAdmitted;
      entry.nextAdmitted = null;
      // Admitted before its state says so: not lost, but looked at the next time.
      if (entry.state() instanceof Claimed || entry.state() instanceof Spilling) {
        push(entry);
      } else {
        enqueue(entry);
      }
      entry = next;
    }
    if (ranking.scoresMayFall()) {
      rankAgain();
    }
  }

  /**
   * Orders the heaps by present scores. Large ones wait until as many victims have been chosen as
   * they have entries, so that this costs each victim a constant.
   */
  private void rankAgain() {
    int entries = offHeap.size() + onHeap.size();
    if (entries > SMALL_HEAP && chosenSinceRanked < entries) {
      return;
    }
    chosenSinceRanked = 0;
    List<Entry> all = new ArrayList<>(offHeap);
    all.addAll(onHeap);
    offHeap.clear();
    onHeap.clear();
    all.forEach(this::tell);
    all.forEach(this::enqueue);
  }

  private void tell(Entry entry) {
    if (!entry.isSeen) {
      entry.isSeen = true;
      ranking.seen(entry);
    }
    if (!entry.isUsedAgain && entry.hits() + entry.misses() > 1) {
      entry.isUsedAgain = true;
      ranking.usedAgain(entry);
    }
  }

  private void enqueue(Entry entry) {
    if (entry.state() instanceof Resident resident) {
      tell(entry);
      addTo(holdsOffHeap(resident.value()) ? offHeap : onHeap, entry, ranking.score(entry));
    }
  }

  /** Sets the fields that order the heap; they change only outside of it. */
  static void addTo(PriorityQueue<Entry> heap, Entry entry, double score) {
    entry.queuedScore = score;
    entry.queuedAccess = entry.lastAccess();
    heap.add(entry);
  }

  private static boolean holdsOffHeap(Value value) {
    return value instanceof MatrixValue
        || value instanceof ListValue list
            && list.elements().stream().anyMatch(VictimQueue::holdsOffHeap);
  }

  private static boolean isHeldByTheProgram(Entry entry) {
    return entry.state() instanceof Resident resident && !resident.value().isExclusive();
  }

  private Entry pollLowest() {
    Entry off = pollFresh(offHeap);
    Entry on = pollFresh(onHeap);
    if (off == null || on == null) {
      return off == null ? on : off;
    }
    boolean offIsLower = compare(off, on) <= 0;
    (offIsLower ? onHeap : offHeap).add(offIsLower ? on : off);
    return offIsLower ? off : on;
  }

  /** Takes the entry with the lowest present score out of a heap; null when the heap is empty. */
  private Entry pollFresh(PriorityQueue<Entry> heap) {
    for (Entry top = heap.poll(); top != null; top = heap.poll()) {
      double score = ranking.score(top);
      if (score > top.queuedScore || top.lastAccess() > top.queuedAccess) {
        addTo(heap, top, score);
      } else if (top.state() instanceof Resident) {
        return top;
      }
    }
    return null;
  }

  private void evict(Entry entry, List<Victim> victims) {
    if (entry.state() instanceof Resident resident && entry.change(resident, Idle.EVICTED)) {
      forget(entry);
      leavingBytes.addAndGet(entry.bytes());
      victims.add(new Victim(entry, resident.value(), entry.bytes(), false));
      chosenSinceRanked++;
      ghosts.add(entry);
    }
  }
}
