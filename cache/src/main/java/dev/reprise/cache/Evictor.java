package dev.reprise.cache;

import dev.reprise.cache.State.Idle;
import dev.reprise.cache.State.OnDisk;
import dev.reprise.cache.State.Resident;
import dev.reprise.cache.State.Spilling;
import dev.reprise.cache.VictimQueue.Victim;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes the values of entries that {@link VictimQueue} has chosen: changes their states, counts
 * what is resident and what is leaving, remembers ghosts, and breaks the groups of what is dropped.
 *
 * <pre>
 *   RESIDENT ---spill---> SPILLING: the writer of the disk has it next, and drops what it cannot move
 *      |  '-----park----> ON DISK
 *      |                     |
 *      '---------evict-------'---> IDLE, a ghost: with it goes what is of no use without it
 * </pre>
 *
 * <p><b>Threads.</b> Guarded by the lock of the victim queue, but for the counts: these are changed
 * by whoever admits, forgets or releases a value, and read by anyone. An entry whose state another
 * thread has changed meanwhile is left as it is, and no victim.
 */
final class Evictor {
  private final Groups groups;
  private final ResidentRanks inMemory;
  private final DiskRanks onDisk;
  private final Ghosts ghosts;
  private final AtomicLong residentBytes = new AtomicLong();
  private final AtomicLong residents = new AtomicLong();

  // Bytes of victims that were chosen but not released yet; raised under the lock.
  private final AtomicLong leavingBytes = new AtomicLong();

  /** The heaps are the queue's, which takes entries out that it has chosen. */
  Evictor(Groups groups, ResidentRanks inMemory, DiskRanks onDisk, int ghostLimit) {
    this.groups = groups;
    this.inMemory = inMemory;
    this.onDisk = onDisk;
    this.ghosts = new Ghosts(ghostLimit);
  }

  // ---- counts, by any thread

  long residentBytes() {
    return residentBytes.get();
  }

  long residents() {
    return residents.get();
  }

  /** Bytes of victims that some thread has chosen and is about to release. */
  long leavingBytes() {
    return leavingBytes.get();
  }

  /** Accounts for an entry that is about to become resident. */
  void admit(Entry entry) {
    residentBytes.addAndGet(entry.bytes());
    residents.incrementAndGet();
  }

  /** Accounts for an entry that is not resident any more. */
  void forget(Entry entry) {
    residentBytes.addAndGet(-entry.bytes());
    residents.decrementAndGet();
  }

  /** Accounts for a victim whose value has been released. */
  void left(Victim victim) {
    leavingBytes.addAndGet(-victim.bytes());
  }

  // ---- under the lock

  /** Drops the value of a resident entry that lies in no heap, and what is of no use without it. */
  void evict(Entry entry, List<Victim> victims) {
    if (entry.state() instanceof Resident resident && entry.change(resident, Idle.EVICTED)) {
      drop(entry, resident, false, victims);
      inMemory.chosen();
      evictUseless(entry, victims);
    }
  }

  private void drop(Entry entry, Resident resident, boolean useless, List<Victim> victims) {
    forget(entry);
    leavingBytes.addAndGet(entry.bytes());
    victims.add(new Victim(entry, resident.value(), entry.bytes(), false, useless));
    ghosts.add(entry);
  }

  /** Sends the value of such an entry to the writer of the disk. */
  void spill(Entry entry, Resident resident, List<Victim> victims) {
    if (entry.change(resident, new Spilling(resident.value()))) {
      forget(entry);
      leavingBytes.addAndGet(entry.bytes());
      victims.add(new Victim(entry, resident.value(), entry.bytes(), true, false));
      inMemory.chosen();
    }
  }

  /** Such an entry's value has left memory: it is among those on disk from now on. */
  void park(Entry entry, Resident resident) {
    if (entry.change(resident, new OnDisk(resident.value()))) {
      forget(entry);
      onDisk.enter(entry);
    }
  }

  /** Drops values of at least so many bytes on disk, lowest score first. */
  List<Victim> evictFromDisk(long bytes) {
    List<Victim> victims = onDisk.evict(bytes);
    for (Victim victim : List.copyOf(victims)) {
      leavingBytes.addAndGet(victim.bytes());
      ghosts.add(victim.entry());
      evictUseless(victim.entry(), victims);
    }
    return victims;
  }

  /** Drops the value of a victim that was to be moved to disk and could not be. */
  void evictSpilling(Entry entry, List<Victim> victims) {
    ghosts.add(entry);
    entry.change(entry.state(), Idle.EVICTED);
    evictUseless(entry, victims);
  }

  /**
   * Breaks the groups of an entry that is dropped, and drops what is of no use without it. What is
   * on its way to the disk or back stays, with the lowest rank; so does what no heap has yet: an
   * entry must not be admitted again while it waits for its heap.
   */
  void evictUseless(Entry entry, List<Victim> victims) {
    for (Entry useless : groups.breakGroupsOf(entry)) {
      State state = useless.state();
      if (useless.heap != null
          && state instanceof Resident resident
          && useless.change(resident, Idle.EVICTED)) {
        useless.heap.remove(useless);
        drop(useless, resident, true, victims);
      } else if (state instanceof OnDisk parked && useless.change(parked, Idle.EVICTED)) {
        onDisk.leave(useless);
        leavingBytes.addAndGet(useless.bytes());
        victims.add(new Victim(useless, parked.value(), useless.bytes(), false, true));
        ghosts.add(useless);
      }
    }
  }

  /** Removes ghosts beyond the bound; the receiver takes them out of the map. */
  List<Entry> retireGhosts() {
    return ghosts.retire();
  }
}
