package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Resident;
import dev.reprise.cache.State.Spilling;
import dev.reprise.memory.Outlook;
import dev.reprise.memory.Residence;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;

/**
 * Finds victims without sorting, in heaps of what is in memory ({@link ResidentRanks}) and on disk
 * ({@link DiskRanks}); {@link Evictor} takes their values.
 *
 * <pre>
 *   admit ---> list of admissions --(drained when somebody evicts)--> heap of off-heap values
 *              one compare-and-set                                    heap of Java-heap values
 *   evict: the lowest by present score
 * </pre>
 *
 * <p>An eviction costs O(log n) plus the entries that were hit since they last lay on top; a
 * program that never evicts never builds a heap.
 *
 * <p>Values with which one call can be skipped are a group ({@link Groups}): a member that is
 * chosen takes along the others that are of no use without it, wherever they are. When a group
 * breaks, the scores of other members fall, and they move in their heaps at once.
 *
 * <p><b>Threads.</b> The heaps, the groups, the ghosts and the queue's fields of entries are
 * guarded by one lock, held for choosing victims only; values are released and the map is changed
 * after it is let go. An entry lies in the list or in a heap of residents exactly while it is
 * resident, since only this class makes resident entries idle or sends them to disk.
 */
final class VictimQueue {

  /**
   * An entry that lost its value, or whose value is to be moved to disk.
   *
   * @param value with the entry's reference; if it is lost the receiver releases it and reports
   *     {@link #left}
   * @param spilling whether it is to be moved
   * @param useless whether it goes only because its group was broken
   */
  record Victim(Entry entry, Value value, long bytes, boolean spilling, boolean useless) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Groups groups;
  private final ResidentRanks inMemory;
  private final DiskRanks onDisk;
  private final Evictor evictor;

  // Hands admitted entries over to whoever evicts next; only pushed to and taken as a whole.
  private final AtomicReference<Entry> admitted = new AtomicReference<>();

  /**
   * @param clock the cache's logical time
   */
  VictimQueue(VictimRanking ranking, int ghostLimit, LongSupplier clock) {
    this.groups = new Groups(ranking, clock);
    this.inMemory = new ResidentRanks(ranking, groups);
    this.onDisk = new DiskRanks(groups);
    this.evictor = new Evictor(groups, inMemory, onDisk, ghostLimit);
  }

  long groups() {
    return groups.live();
  }

  long brokenGroups() {
    return groups.broken();
  }

  /** Ranks the members of a group together from the next eviction on. */
  void form(ValueGroup group) {
    if (groups.form(group)) {
      readNotices();
    }
  }

  /** Ends that: nobody asks for the group any more. */
  void dissolve(ValueGroup group) {
    if (groups.dissolve(group)) {
      readNotices();
    }
  }

  private void readNotices() {
    lock.lock();
    try {
      groups.readNotices();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Breaks the groups of an entry that has lost its value otherwise than by being chosen here.
   *
   * @return values that are of no use now
   */
  List<Victim> breakGroupsOf(Entry entry) {
    List<Victim> victims = new ArrayList<>();
    lock.lock();
    try {
      groups.readNotices();
      evictor.evictUseless(entry, victims);
    } finally {
      lock.unlock();
    }
    return victims;
  }

  long residentBytes() {
    return evictor.residentBytes();
  }

  long residents() {
    return evictor.residents();
  }

  long diskBytes() {
    return onDisk.bytes();
  }

  long diskEntries() {
    return onDisk.entries();
  }

  /** Takes in an entry that is about to become resident: whoever can see the value can evict it. */
  void admit(Entry entry) {
    evictor.admit(entry);
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
    return evictor.leavingBytes();
  }

  /** Accounts for a victim whose value has been released. */
  void left(Victim victim) {
    evictor.left(victim);
  }

  /** Accounts for a resident entry that lost its value otherwise than by eviction. */
  void forget(Entry entry) {
    evictor.forget(entry);
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
      while (residentBytes() > budgetBytes) {
        Entry entry = inMemory.pollLowest();
        if (entry == null) {
          break;
        }
        evictor.evict(entry, victims);
      }
    } finally {
      lock.unlock();
    }
    return victims;
  }

  private void evictExclusive(long budgetBytes, List<Victim> victims) {
    List<Entry> held = new ArrayList<>();
    while (residentBytes() > budgetBytes) {
      Entry entry = inMemory.pollLowest();
      if (entry == null) {
        break;
      }
      if (isHeldByTheProgram(entry)) {
        held.add(entry);
      } else {
        evictor.evict(entry, victims);
      }
    }
    held.forEach(inMemory::enqueue);
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
            return STAYS;
          }
          if (Residence.isOffHost(resident.value())) {
            // It left memory while a variable held it, and is the cache's alone now.
            evictor.park(entry, resident);
            return GONE;
          }
          if (moving.test(entry, resident.value())) {
            evictor.spill(entry, resident, victims);
            return entry.bytes();
          }
          int before = victims.size();
          evictor.evict(entry, victims);
          return freedBy(victims.subList(before, victims.size()));
        });
    return victims;
  }

  private static long freedBy(List<Victim> dropped) {
    return dropped.stream().filter(victim -> frees(victim.value())).mapToLong(Victim::bytes).sum();
  }

  /** Whether host memory off the heap is free once the cache lets go of a value. */
  private static boolean frees(Value value) {
    return ResidentRanks.holdsOffHeap(value)
        && value.isExclusive()
        && !Residence.isOffHost(value)
        && !Residence.isOnDevicesOnly(value);
  }

  /** An entry that was looked at goes back into the heap. */
  private static final long STAYS = -1;

  /** It has left the heap, and has freed nothing. */
  private static final long GONE = 0;

  /**
   * Looks at entries off the heap, lowest first, until so many bytes are freed.
   *
   * @param look says what became of the entry: {@link #STAYS}, {@link #GONE}, or bytes freed
   */
  private void choose(long bytes, ToLongBiFunction<Entry, Resident> look) {
    List<Entry> staying = new ArrayList<>();
    lock.lock();
    try {
      drainAdmitted();
      for (long chosen = 0; chosen < bytes; ) {
        Entry entry = inMemory.pollLowestOffHeap();
        if (entry == null) {
          break;
        }
        long freed = look.applyAsLong(entry, (Resident) entry.state());
        if (freed == STAYS) {
          staying.add(entry);
        } else {
          chosen += freed;
        }
      }
      staying.forEach(inMemory::enqueue);
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
        Entry entry = inMemory.pollLowestOffHeap();
        if (entry == null) {
          break;
        }
        seen.add(entry);
        Value value = ((Resident) entry.state()).value();
        if (frees(value)) {
          sum += entry.bytes();
          (moving.test(entry, value) ? movingNext : droppedNext).add(value);
        }
      }
      seen.forEach(inMemory::enqueue);
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
            return STAYS;
          }
          evictor.evict(entry, victims);
          return entry.bytes();
        });
    return victims;
  }

  // ---- entries on disk

  /**
   * Sends an entry to the disk's heap whose value left memory while a variable held it, which is
   * gone now.
   */
  void park(Entry entry, Resident resident) {
    lock.lock();
    try {
      drainAdmitted();
      if (entry.state() == resident) {
        if (entry.heap != null) {
          entry.heap.remove(entry);
        }
        evictor.park(entry, resident);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes in an entry that is about to be on disk. */
  void park(Entry entry) {
    lock.lock();
    try {
      onDisk.enter(entry);
    } finally {
      lock.unlock();
    }
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
      groups.readNotices();
      return evictor.evictFromDisk(bytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * By the writer, for a victim that could not be moved: it is evicted instead.
   *
   * @return the victim and what goes with it
   */
  List<Victim> evictSpilling(Victim victim) {
    List<Victim> victims = new ArrayList<>(List.of(victim));
    lock.lock();
    try {
      groups.readNotices();
      evictor.evictSpilling(victim.entry(), victims);
    } finally {
      lock.unlock();
    }
    return victims;
  }

  /** Removes ghosts beyond the bound; the receiver takes them out of the map. */
  List<Entry> retireGhosts() {
    lock.lock();
    try {
      return evictor.retireGhosts();
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
        inMemory.enqueue(entry);
      }
      entry = next;
    }
    groups.readNotices();
    inMemory.renew();
  }

  private static boolean isHeldByTheProgram(Entry entry) {
    return entry.state() instanceof Resident resident && !resident.value().isExclusive();
  }
}
