package dev.reprise.cache;

import dev.reprise.cache.State.Idle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Evicted keys that are remembered with their counts. Guarded by the lock of the victim queue. */
final class Ghosts {
  private final int limit;
  private final ArrayDeque<Entry> ghosts = new ArrayDeque<>();

  Ghosts(int limit) {
    this.limit = limit;
  }

  void add(Entry entry) {
    if (!entry.isGhost) {
      entry.isGhost = true;
      ghosts.add(entry);
    }
  }

  /** Removes ghosts beyond the bound; the receiver takes them out of the map. */
  List<Entry> retire() {
    List<Entry> retired = List.of();
    while (ghosts.size() > limit) {
      Entry ghost = ghosts.poll();
      ghost.isGhost = false;
      if (ghost.change(Idle.EVICTED, Idle.RETIRED)) {
        retired = retired.isEmpty() ? new ArrayList<>() : retired;
        retired.add(ghost);
      }
    }
    return retired;
  }
}
