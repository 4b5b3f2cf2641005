package dev.reprise.server;

import java.util.HashSet;
import java.util.Set;

/**
 * How much may be on its way to a server at a time, counted before any of it is made. Thread-safe.
 */
final class UploadRoom {
  /** Contents that one space may have on the way at a time. */
  static final int MOST_UPLOADS = 256;

  /** Memory for the layouts that one space has on the way, one of them in any case. */
  static final long MOST_HELD_BYTES = 64L << 20;

  private final long mostHeldByAll;
  private final Set<Place> taken = new HashSet<>();

  /**
   * @param mostHeldByAll memory for the layouts of all spaces together, one of them in any case
   */
  UploadRoom(long mostHeldByAll) {
    this.mostHeldByAll = mostHeldByAll;
  }

  /** Of one content; different from every other. */
  final class Place {
    private final long space;
    private final long total;
    private final long held;

    private Place(long space, long total, long held) {
      this.space = space;
      this.total = total;
      this.held = held;
    }

    /** Ends it; does nothing when it has ended. */
    void leave() {
      synchronized (UploadRoom.this) {
        taken.remove(this);
      }
    }
  }

  /**
   * A place for a content, or null when its space has too many on the way, or too much.
   *
   * @param total its length
   * @param held memory that it takes until it ends
   * @param most bytes that may be on the way to the space
   */
  synchronized Place enter(long space, long total, long held, long most) {
    int others = 0;
    long announced = total;
    long heldBySpace = 0;
    long heldByAll = 0;
    for (Place each : taken) {
      heldByAll += each.held;
      if (each.space == space) {
        others++;
        announced = Math.min(announced, Long.MAX_VALUE - each.total) + each.total;
        heldBySpace += each.held;
      }
    }
    boolean hasRoom =
        others < MOST_UPLOADS
            && announced <= most
            && fits(heldBySpace, held, MOST_HELD_BYTES)
            && fits(heldByAll, held, mostHeldByAll);
    if (!hasRoom) {
      return null;
    }
    Place place = new Place(space, total, held);
    taken.add(place);
    return place;
  }

  private static boolean fits(long before, long more, long most) {
    return before == 0 || more == 0 || before + more <= most;
  }
}
