package dev.reprise.runtime.gpu;

import java.util.ArrayList;
import java.util.List;

/** What one iteration of a loop has launched and allocated so far. Confined to the worker. */
final class LaunchedIteration {
  /** A longer one is not written down. */
  private static final int MOST_LAUNCHES = 1024;

  private final List<Launch> launches = new ArrayList<>();
  private final List<Long> allocations = new ArrayList<>();
  private boolean complete = true;
  private boolean kept = true;

  /** In their order. */
  List<Launch> launches() {
    return launches;
  }

  /** Bytes of each, in their order. */
  List<Long> allocations() {
    return allocations;
  }

  void add(Launch launch) {
    if (launches.size() < MOST_LAUNCHES) {
      launches.add(launch);
    } else {
      spoil();
    }
  }

  void allocated(long bytes) {
    if (allocations.size() < MOST_LAUNCHES) {
      allocations.add(bytes);
    } else {
      spoil();
    }
  }

  /** Something happened that cannot be launched again by itself. */
  void spoil() {
    complete = false;
  }

  /** True when launching the same again does all that the iteration did. */
  boolean isComplete() {
    return complete;
  }

  /** Some of its memory is not what its loop keeps. */
  void leavesKept() {
    kept = false;
  }

  /** True when all of its memory so far is what its loop keeps. */
  boolean isKept() {
    return kept;
  }

  /** True when the other one differs in arguments of its launches at most. */
  boolean isLike(LaunchedIteration other) {
    if (!isAsLongAs(other) || !allocations.equals(other.allocations)) {
      return false;
    }
    for (int i = 0; i < launches.size(); i++) {
      if (!launches.get(i).isLike(other.launches.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** True when both have as many launches and allocations. */
  boolean isAsLongAs(LaunchedIteration other) {
    return launches.size() == other.launches.size()
        && allocations.size() == other.allocations.size();
  }

  /** True when the launch at that place is like another. */
  boolean hasLike(int place, Launch launch) {
    return place < launches.size() && launches.get(place).isLike(launch);
  }

  /** True when the allocation at that place is of so many bytes. */
  boolean hasAllocation(int place, long bytes) {
    return place < allocations.size() && allocations.get(place) == bytes;
  }
}
