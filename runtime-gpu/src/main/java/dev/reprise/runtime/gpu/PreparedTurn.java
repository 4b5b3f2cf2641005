package dev.reprise.runtime.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Every second iteration of a loop: the memory that is kept for it, and its stretches, ready to be
 * issued at once. Confined to the worker.
 */
final class PreparedTurn {
  private final Backend device;
  private final KeptMemory memory;

  // By the launches that they begin with; empty until they are prepared.
  private final Map<Integer, LaunchReplay> stretches = new HashMap<>();

  /**
   * @param unused counts the buffers that are kept and lie unused
   */
  PreparedTurn(Backend device, AtomicLong unused) {
    this.device = device;
    this.memory = new KeptMemory(device, unused);
  }

  KeptMemory memory() {
    return memory;
  }

  boolean isPrepared() {
    return !stretches.isEmpty();
  }

  /** True when the stretch that begins with that launch is issued at once. */
  boolean hasStretch(int first) {
    return stretches.containsKey(first);
  }

  /**
   * Issues the stretch that begins with a launch, at once.
   *
   * @throws RuntimeException when that is not possible; the launches can then be issued one by one
   */
  void issue(int first, List<Launch> launches) {
    stretches.get(first).issue(launches);
  }

  /**
   * Makes the stretches of an iteration ready, but for those that are too short to gain anything.
   *
   * @param stops launches before which a stretch ends
   * @return false when some cannot be prepared, or none is long enough
   */
  boolean prepare(List<Launch> launches, NavigableSet<Integer> stops) {
    int first = 0;
    while (first < launches.size()) {
      Integer stop = stops.higher(first);
      int end = stop == null ? launches.size() : stop;
      if (end - first >= RepeatedLoop.LEAST_LAUNCHES) {
        LaunchReplay replay = replayOf(launches.subList(first, end));
        if (replay == null) {
          return false;
        }
        stretches.put(first, replay);
      }
      first = end;
    }
    return isPrepared();
  }

  private LaunchReplay replayOf(List<Launch> stretch) {
    try {
      return device.replay(stretch);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** Lets go of the stretches, but not of the memory: other stops need others. */
  void unprepare() {
    List<LaunchReplay> left = List.copyOf(stretches.values());
    stretches.clear();
    left.forEach(LaunchReplay::close);
  }

  /** Gives up stretches and memory. */
  void leave() {
    try {
      unprepare();
    } finally {
      memory.leave();
    }
  }
}
