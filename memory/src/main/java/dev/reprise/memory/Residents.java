package dev.reprise.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The matrices whose memory is worth moving: those in large buffers. About 40 ns to enter and
 * leave.
 *
 * <p>Threads: each stripe's lock guards its array and the {@code place} of the matrices in it; held
 * for a few steps, and for looking through one stripe by whoever seeks victims. No two are held
 * together, and nothing is called while one is.
 */
final class Residents {
  private static final int STRIPES = 16;

  private static final class Stripe {
    final ReentrantLock lock = new ReentrantLock();
    ManagedMatrix[] members = new ManagedMatrix[64];
    int count;
  }

  private final Stripe[] stripes = new Stripe[STRIPES];
  // Spreads the matrices, and orders their uses.
  private final AtomicLong clock = new AtomicLong();

  Residents() {
    Arrays.setAll(stripes, i -> new Stripe());
  }

  /** Logical time of a use. */
  long tick() {
    return clock.incrementAndGet();
  }

  void add(ManagedMatrix matrix) {
    int number = (int) (tick() % STRIPES);
    matrix.stripe = number;
    Stripe stripe = stripes[number];
    stripe.lock.lock();
    try {
      if (stripe.count == stripe.members.length) {
        stripe.members = Arrays.copyOf(stripe.members, 2 * stripe.count);
      }
      matrix.place = stripe.count;
      stripe.members[stripe.count++] = matrix;
    } finally {
      stripe.lock.unlock();
    }
  }

  void remove(ManagedMatrix matrix) {
    Stripe stripe = stripes[matrix.stripe];
    stripe.lock.lock();
    try {
      ManagedMatrix last = stripe.members[--stripe.count];
      stripe.members[stripe.count] = null;
      stripe.members[matrix.place] = last;
      last.place = matrix.place;
    } finally {
      stripe.lock.unlock();
    }
  }

  /** A candidate and when it was used, read once so that sorting sees one order. */
  private record Idle(ManagedMatrix matrix, long lastUse) {}

  /**
   * Matrices in host memory that nobody has pinned, least recently used first, of at least so many
   * bytes in sum if there are so many. Each may be pinned, moved or dead by the time it is looked
   * at.
   */
  List<ManagedMatrix> leastRecentlyUsed(long bytes) {
    List<Idle> idle = new ArrayList<>();
    forEach(matrix -> {
      // What lies on the disk in truth gives no memory back.
      if (matrix.isMovable() && !matrix.isPaged()) {
        idle.add(new Idle(matrix, matrix.lastUse()));
      }
    });
    idle.sort(Comparator.comparingLong(Idle::lastUse));
    List<ManagedMatrix> chosen = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < idle.size() && sum < bytes; i++) {
      chosen.add(idle.get(i).matrix);
      sum += idle.get(i).matrix.bytes();
    }
    return chosen;
  }

  /** Forgets disk copies of matrices that are in memory too; returns how many bytes. */
  long dropSpareDiskCopies(long bytes) {
    List<ManagedMatrix> spare = new ArrayList<>();
    forEach(matrix -> {
      if (matrix.isOnDisk() && matrix.isMovable()) {
        spare.add(matrix);
      }
    });
    long dropped = 0;
    for (int i = 0; i < spare.size() && dropped < bytes; i++) {
      dropped += spare.get(i).dropDiskCopy();
    }
    return dropped;
  }

  /** Matrices that are kept by views of their rows alone. */
  List<ManagedMatrix> keptByViews() {
    List<ManagedMatrix> viewed = new ArrayList<>();
    forEach(matrix -> {
      if (matrix.hasViews()) {
        viewed.add(matrix);
      }
    });
    viewed.removeIf(matrix -> !matrix.views().areAlone());
    return viewed;
  }

  private void forEach(Consumer<ManagedMatrix> action) {
    for (Stripe stripe : stripes) {
      stripe.lock.lock();
      try {
        for (int i = 0; i < stripe.count; i++) {
          action.accept(stripe.members[i]);
        }
      } finally {
        stripe.lock.unlock();
      }
    }
  }

  /** Number of matrices; exact when no thread is working. */
  long count() {
    long count = 0;
    for (Stripe stripe : stripes) {
      stripe.lock.lock();
      count += stripe.count;
      stripe.lock.unlock();
    }
    return count;
  }
}
