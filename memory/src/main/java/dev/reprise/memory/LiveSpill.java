package dev.reprise.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves values that the program still holds to disk, least recently used first, when nothing else
 * is left to give. Thread-safe; waits for the disk alone.
 */
final class LiveSpill {
  /** So much of the budget is freed at once, as a divisor, since each time looks at all values. */
  private static final long BATCH_SHARE = 64;

  private final Residents residents;
  private final DiskTier disk;
  private final long batchBytes;
  private final AtomicLong spilled = new AtomicLong();

  LiveSpill(Residents residents, DiskTier disk, long budgetBytes) {
    this.residents = residents;
    this.disk = disk;
    this.batchBytes = budgetBytes / BATCH_SHARE;
  }

  /** Matrices moved out so far, by writing them or because they lay on disk already. */
  long count() {
    return spilled.get();
  }

  /** Frees host memory, at least {@code bytes} if possible; returns how much, 0 for none. */
  long free(long bytes) {
    List<ManagedMatrix> victims = residents.leastRecentlyUsed(Math.max(bytes, batchBytes));
    long freed = 0;
    List<ManagedMatrix> dirty = new ArrayList<>();
    for (ManagedMatrix victim : victims) {
      if (victim.isElsewhere()) {
        freed += counted(victim.dropHostCopy());
      } else if (disk.mayTake(victim.bytes())) {
        dirty.add(victim);
      }
    }
    return freed >= bytes ? freed : freed + write(dirty);
  }

  private long write(List<ManagedMatrix> dirty) {
    List<Future<Long>> moves = new ArrayList<>();
    for (ManagedMatrix victim : dirty) {
      moves.add(disk.onWriter(victim::spill));
    }
    long freed = 0;
    for (int i = 0; i < moves.size(); i++) {
      long moved = moves.get(i) == null ? 0 : counted(DiskTier.join(moves.get(i)));
      // Somebody else may have moved it in the meantime, which helps just as well.
      freed += moved > 0 || dirty.get(i).isOnHost() ? moved : dirty.get(i).bytes();
    }
    return freed;
  }

  private long counted(long freed) {
    if (freed > 0) {
      spilled.incrementAndGet();
    }
    return freed;
  }
}
