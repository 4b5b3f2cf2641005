package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who gives memory back, and who prepares for that: the reclaimer, then values of the program; the
 * writer ahead of need; the reader ahead of use. Thread-safe.
 */
final class Relief {
  /** Values that are read ahead at once; more would push each other out again. */
  private static final int MOST_READ_AHEAD = 8;

  private final Residents residents;
  private final long budgetBytes;

  /** Null without a disk, as is {@code liveSpill}. */
  private final DiskTier disk;

  private final LiveSpill liveSpill;
  private final AtomicInteger readingAhead = new AtomicInteger();
  // Publishes the reclaimer from the thread that wires the session to all allocating threads.
  private volatile Reclaimer reclaimer = bytes -> 0;
  // Publishes the writer ahead of need; null while nothing is written ahead.
  private volatile WriteAhead ahead;

  Relief(Residents residents, DiskTier disk, long budgetBytes) {
    this.residents = residents;
    this.disk = disk;
    this.budgetBytes = budgetBytes;
    this.liveSpill = disk == null ? null : new LiveSpill(residents, disk, budgetBytes);
  }

  void reclaimWith(Reclaimer reclaimer) {
    this.reclaimer = reclaimer;
  }

  /** From now on values are written before there is need, if there is a disk. */
  void beginWritingAhead() {
    if (disk != null) {
      ahead = new WriteAhead(disk, budgetBytes, this::likelyToMove);
    }
  }

  /** Hears of a large buffer that was granted. */
  void granted(long usedBytes, long bytes) {
    WriteAhead writer = ahead;
    if (writer != null) {
      writer.granted(usedBytes, bytes);
    }
  }

  /**
   * Frees memory: first what only the cache holds, then matrices that only a few rows are wanted
   * of, then values of the program. A value that is being written ahead can be neither moved nor
   * freed until it is written.
   *
   * @return bytes given back, or about to be; 0 when nothing is left to give
   */
  long makeRoom(long bytes) {
    long freed = reclaimer.reclaim(bytes);
    if (freed > 0) {
      return freed;
    }
    freed = separateViews();
    if (freed > 0 || liveSpill == null) {
      return freed;
    }
    freed = liveSpill.free(bytes);
    WriteAhead writer = ahead;
    if (freed == 0 && writer != null && writer.awaitWrite()) {
      freed = reclaimer.reclaim(bytes);
      return freed > 0 ? freed : liveSpill.free(bytes);
    }
    return freed;
  }

  /** Frees matrices of which a few rows alone are wanted; returns how much that was. */
  private long separateViews() {
    long freed = 0;
    for (ManagedMatrix matrix : residents.keptByViews()) {
      long bytes = matrix.bytes();
      matrix.views().referenceLeft();
      // What is left of it is less than half.
      freed += matrix.references() == 0 ? bytes / 2 : 0;
    }
    return freed;
  }

  /** What would go to disk next and does not lie there yet. */
  private List<ManagedMatrix> likelyToMove(long bytes) {
    Outlook outlook = reclaimer.outlook(bytes);
    List<ManagedMatrix> matrices = new ArrayList<>();
    outlook.moving().forEach(value -> Residence.collect(value, matrices));
    if (outlook.bytes() < bytes) {
      List<ManagedMatrix> others = new ArrayList<>(matrices);
      outlook.dropping().forEach(value -> Residence.collect(value, others));
      Set<ManagedMatrix> known = Collections.newSetFromMap(new IdentityHashMap<>());
      known.addAll(others);
      for (ManagedMatrix matrix : residents.leastRecentlyUsed(bytes)) {
        if (!known.contains(matrix)) {
          matrices.add(matrix);
        }
      }
    }
    matrices.removeIf(matrix -> !matrix.isMobile() || matrix.isElsewhere());
    return matrices;
  }

  /**
   * Begins to bring back values that are about to be used, each for itself, on the fetching thread;
   * a hint, of which nothing depends.
   */
  void readAhead(Value value) {
    if (disk == null
        || (value instanceof RowsView view ? view.isOnHost() : Residence.isOnHost(value))) {
      return;
    }
    if (readingAhead.incrementAndGet() > MOST_READ_AHEAD || !value.tryRetain()) {
      readingAhead.decrementAndGet();
      return;
    }
    if (disk.onFetcher(() -> fetch(value)) == null) {
      value.release();
      readingAhead.decrementAndGet();
    }
  }

  private void fetch(Value value) {
    try {
      if (value instanceof RowsView view) {
        view.bringBack();
      } else {
        Residence.moveToHost(value);
      }
    } catch (ResourceException e) {
      // No room, or a damaged copy: who uses the value meets that, and says so with its position.
    } finally {
      value.release();
      // After it: settling waits for the fetching thread only while something is counted here.
      readingAhead.decrementAndGet();
    }
  }

  /** Ends writing and reading ahead, and waits for what is under way. */
  void settle() {
    WriteAhead writer = ahead;
    if (writer != null) {
      writer.end();
    }
    if (disk != null && readingAhead.get() > 0) {
      disk.awaitFetches();
    }
  }

  /** Values of the program that were moved out of host memory so far. */
  long liveSpills() {
    return liveSpill == null ? 0 : liveSpill.count();
  }

  /** Values that were written before there was need. */
  long writtenAhead() {
    WriteAhead writer = ahead;
    return writer == null ? 0 : writer.written();
  }
}
