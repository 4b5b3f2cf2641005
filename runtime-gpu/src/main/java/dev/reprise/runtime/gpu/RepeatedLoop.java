package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a loop's iterations launch, and what is kept to issue it at once. Confined to the worker.
 *
 * <pre>
 *   WATCHED --enough equal iterations--> PREPARED: the next two take kept memory and are made
 *      ^                                 |         ready to be replayed, one for each turn
 *      |                                 v
 *      '--- others come instead --- REPLAYED: iterations are held back and issued together
 * </pre>
 *
 * <p>Where somebody waits in each iteration, such as for a norm that the program looks at, the
 * sequence has a <em>stop</em>: it is issued in stretches, each when its last launch has come.
 *
 * <p>A loop whose iterations break off too often is left alone for a while, and then watched anew.
 *
 * <p>Iterations take turns with two sets of memory: what one leaves, the next one reads.
 */
final class RepeatedLoop {
  /** Equal iterations before it is worth while to prepare for more. */
  private static final int ENOUGH = 3;

  /** A sequence of fewer launches gains nothing. */
  static final int LEAST_LAUNCHES = 6;

  /** In more pieces than stops and one an iteration is never issued. */
  private static final int MOST_STOPS = 8;

  /** A longer one is not written down. */
  static final int MOST_LAUNCHES = 1024;

  /** Other iterations in a row before they count as the loop's. */
  private static final int CHANGED = 3;

  /**
   * What iterations that broke off may weigh beyond those that did not before the loop is left
   * alone.
   */
  private static final int TOO_MUCH = 32;

  private static final int WEIGHT = 2;

  /** Of one that may come to its end the next time. */
  private static final int HALF_WEIGHT = 1;

  /** Iterations after which a loop is looked at again that had short ones. */
  private static final int LOOK_AGAIN = 1000;

  /**
   * For how many iterations a loop is left alone at first: what broke them off may have been the
   * start of the program, whose code is slow. Twice as many each further time, so that a loop which
   * never repeats itself is watched for a small part of its iterations.
   */
  static final int FIRST_REST = 64;

  private static final int LONGEST_REST = 1 << 20;

  private final Backend backend;
  private final AtomicLong unused;
  private final Turn[] turns = new Turn[2];

  // Null until an iteration has been seen.
  private Iteration pattern;

  // Of the pattern's launches: those before which a stretch ends.
  private final NavigableSet<Integer> stops = new TreeSet<>();

  // Before which launches somebody waited once.
  private final Set<Integer> waits = new HashSet<>();
  private int equal;
  private int others;
  private int surplus;
  private boolean failed;
  private int nextRest = FIRST_REST;
  private int rest;
  private int small;
  private int turn;

  /** One iteration as it was launched. */
  static final class Iteration {
    private final List<Launch> launches = new ArrayList<>();
    private final List<Long> allocations = new ArrayList<>();
    private boolean complete = true;

    // All of its memory so far was the loop's own.
    private boolean kept = true;

    List<Launch> launches() {
      return launches;
    }

    List<Long> allocations() {
      return allocations;
    }

    void allocated(long bytes) {
      if (allocations.size() < MOST_LAUNCHES) {
        allocations.add(bytes);
      } else {
        spoil();
      }
    }

    void add(Launch launch) {
      if (launches.size() < MOST_LAUNCHES) {
        launches.add(launch);
      } else {
        spoil();
      }
    }

    /** Something happened that cannot be launched again by itself. */
    void spoil() {
      complete = false;
    }

    boolean isComplete() {
      return complete;
    }

    private boolean isLike(Iteration other) {
      if (!allocations.equals(other.allocations) || launches.size() != other.launches.size()) {
        return false;
      }
      for (int i = 0; i < launches.size(); i++) {
        if (!launches.get(i).isLike(other.launches.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /** Every second iteration. */
  private static final class Turn {
    private final KeptMemory memory;

    // By the launches that they begin with; empty until they are prepared.
    private final Map<Integer, LaunchReplay> stretches = new HashMap<>();

    Turn(Backend backend, AtomicLong unused) {
      memory = new KeptMemory(backend, unused);
    }

    boolean isPrepared() {
      return !stretches.isEmpty();
    }

    void close() {
      List<LaunchReplay> left = List.copyOf(stretches.values());
      stretches.clear();
      left.forEach(LaunchReplay::close);
    }
  }

  /**
   * @param unused counts the buffers that are kept and lie unused
   */
  RepeatedLoop(Backend backend, AtomicLong unused) {
    this.backend = backend;
    this.unused = unused;
  }

  /** True when its iterations are so short that they are parts of the surrounding loop's. */
  boolean isTiny() {
    if (small < ENOUGH) {
      return false;
    }
    small++;
    if (small > LOOK_AGAIN) {
      small = 0;
    }
    return true;
  }

  /** The next iteration begins; true when it may be held back. */
  boolean begin() {
    if (!isPrepared()) {
      return false;
    }
    turn = 1 - turn;
    return turns[turn].isPrepared();
  }

  /** False before enough iterations were alike, and for one that is left alone. */
  boolean isPrepared() {
    return turns[0] != null;
  }

  /** True when the stretch that begins with that launch is issued at once; others are too short. */
  boolean isHeld(int first) {
    return turns[turn].stretches.containsKey(first);
  }

  /** True when an iteration has come to the end of a stretch. */
  boolean isAtStop(Iteration iteration) {
    return stops.contains(iteration.launches.size()) || isWhole(iteration);
  }

  /** True when a launch is what the pattern has at that place. */
  boolean expects(int place, Launch launch) {
    return place < pattern.launches.size() && pattern.launches.get(place).isLike(launch);
  }

  /** True when the pattern allocates so much at that place. */
  boolean expectsAllocation(int place, long bytes) {
    return place < pattern.allocations.size() && pattern.allocations.get(place) == bytes;
  }

  /**
   * Memory for the iteration's next allocation.
   *
   * @return null when it is to come from the pool
   */
  DeviceBuffer kept(Iteration iteration, long bytes) {
    return mayKeep(iteration, bytes)
        ? turns[turn].memory.take(iteration.allocations.size(), bytes)
        : null;
  }

  /** As {@link #kept}, in place of a buffer that a value of an earlier iteration still has. */
  DeviceBuffer replaced(Iteration iteration, long bytes) {
    return mayKeep(iteration, bytes)
        ? turns[turn].memory.replace(iteration.allocations.size(), bytes)
        : null;
  }

  private boolean mayKeep(Iteration iteration, long bytes) {
    if (!isPrepared()) {
      return false;
    }
    iteration.kept &= iteration.complete && expectsAllocation(iteration.allocations.size(), bytes);
    return iteration.kept;
  }

  /** True when an iteration has launched and allocated as much as the pattern. */
  boolean isWhole(Iteration iteration) {
    return pattern != null
        && iteration.launches.size() == pattern.launches.size()
        && iteration.allocations.size() == pattern.allocations.size();
  }

  /**
   * Issues a stretch that was held back to its end, at once.
   *
   * @param first its first launch
   * @return false when that is not possible; then nothing was issued, and {@link #brokeOff} is to
   *     be called once it is
   */
  boolean replay(int first, List<Launch> stretch) {
    try {
      turns[turn].stretches.get(first).issue(stretch);
      return true;
    } catch (RuntimeException e) {
      // Whatever it is, launches one by one will meet it, too, or do without it.
      failed = true;
      return false;
    }
  }

  /** An iteration has come as it was expected, and was issued at once or in its stretches. */
  void cameWhole() {
    others = 0;
    surplus = Math.max(surplus - WEIGHT, -TOO_MUCH);
    if (surplus == -TOO_MUCH) {
      nextRest = FIRST_REST;
    }
  }

  /**
   * Somebody waited in the midst of a stretch. Where that happens a second time there is a stop
   * from now on, which is prepared for anew.
   *
   * @param at how many launches of the iteration had come
   * @return true when there is
   */
  boolean waited(int at) {
    if (waits.add(at) || stops.size() == MOST_STOPS) {
      return false;
    }
    stops.add(at);
    for (Turn each : turns) {
      each.close();
    }
    return true;
  }

  /**
   * An iteration that was held back has been issued in pieces.
   *
   * @param again whether that is likely to happen to the next one, too
   */
  void brokeOff(boolean again) {
    surplus += again ? WEIGHT : HALF_WEIGHT;
    if (failed || surplus > TOO_MUCH) {
      leaveAlone();
    }
  }

  private void leaveAlone() {
    rest = nextRest;
    nextRest = Math.min(2 * nextRest, LONGEST_REST);
    surplus = 0;
    failed = false;
    forget();
  }

  /** An iteration has ended that was launched piece by piece. */
  void ended(Iteration iteration) {
    if (iteration.launches.size() < LEAST_LAUNCHES) {
      small++;
      if (small >= ENOUGH) {
        forget();
      }
      return;
    }
    small = 0;
    if (rest > 0) {
      rest--;
      return;
    }
    if (!iteration.complete) {
      return;
    }
    if (pattern == null || !iteration.isLike(pattern)) {
      others++;
      if (pattern == null || !isPrepared() || others >= CHANGED) {
        forget();
        pattern = iteration;
        equal = 1;
      }
      return;
    }
    others = 0;
    equal++;
    if (isPrepared()) {
      if (iteration.kept && !turns[turn].isPrepared()) {
        prepare(iteration);
      }
    } else if (equal >= ENOUGH) {
      turns[0] = new Turn(backend, unused);
      turns[1] = new Turn(backend, unused);
    }
  }

  private void prepare(Iteration iteration) {
    if (!prepare(iteration.launches, turns[turn].stretches)) {
      leaveAlone();
    }
  }

  /** False when some cannot be prepared, or none is long enough. */
  private boolean prepare(List<Launch> launches, Map<Integer, LaunchReplay> stretches) {
    int first = 0;
    while (first < launches.size()) {
      Integer stop = stops.higher(first);
      int end = stop == null ? launches.size() : stop;
      if (end - first >= LEAST_LAUNCHES) {
        LaunchReplay replay = replayOf(launches.subList(first, end));
        if (replay == null) {
          return false;
        }
        stretches.put(first, replay);
      }
      first = end;
    }
    return !stretches.isEmpty();
  }

  private LaunchReplay replayOf(List<Launch> stretch) {
    try {
      return backend.replay(stretch);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** Gives up what is kept, memory first of all; nothing may be held back. */
  void forget() {
    equal = 0;
    pattern = null;
    stops.clear();
    waits.clear();
    for (int i = 0; i < turns.length; i++) {
      Turn left = turns[i];
      turns[i] = null;
      if (left != null) {
        try {
          left.close();
        } finally {
          left.memory.leave();
        }
      }
    }
  }
}
