package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a loop's iterations launch, as far as earlier ones have shown, and what is kept to issue it
 * at once: told of each iteration, and asked, by {@link IterationUnderWay}. Confined to the worker.
 *
 * <pre>
 *   WATCHED --enough equal iterations--> PREPARED: the next three take kept memory and are made
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
 * <p>Iterations take turns with three sets of memory: what one leaves, the next one reads, and that
 * one may still run while the one after it is held back. With two sets what lives on from iteration
 * to iteration, such as all weights, would still be read when its buffer is wanted again, and would
 * move in each.
 */
final class RepeatedLoop {
  /** Equal iterations before it is worth while to prepare for more. */
  private static final int ENOUGH = 3;

  /** A sequence of fewer launches gains nothing. */
  static final int LEAST_LAUNCHES = 6;

  /** In more pieces than stops and one an iteration is never issued. */
  private static final int MOST_STOPS = 8;

  /**
   * Within how many iterations somebody must wait at the same place twice for a stop. Who looks at
   * a number in every hundredth iteration has that one issued in pieces, not all of them.
   */
  private static final int WITHIN = 16;

  /** Sets of memory. */
  private static final int TURNS = 3;

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

  private final Backend device;
  private final AtomicLong unused;
  private final PreparedTurn[] turns = new PreparedTurn[TURNS];

  // Null until an iteration has been seen.
  private LaunchedIteration pattern;

  // Of the pattern's launches: those before which a stretch ends.
  private final NavigableSet<Integer> stops = new TreeSet<>();

  // Before which launches somebody waited, and in which iteration last.
  private final Map<Integer, Long> waits = new HashMap<>();

  // Iterations that have begun.
  private long begun;

  // Iterations like the pattern, and others in a row.
  private int equal;
  private int others;

  // What iterations that broke off weigh beyond those that came whole.
  private int surplus;
  private boolean failed;

  // Iterations for which the loop is still left alone, and will be the next time.
  private int rest;
  private int nextRest = FIRST_REST;

  // Short iterations in a row, and then those that were taken for parts of the loop around.
  private int small;

  // Which set the iteration under way has.
  private int turn;

  /**
   * @param unused counts the buffers that are kept and lie unused
   */
  RepeatedLoop(Backend device, AtomicLong unused) {
    this.device = device;
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
    begun++;
    if (!isPrepared()) {
      return false;
    }
    turn = (turn + 1) % TURNS;
    return turns[turn].isPrepared();
  }

  /** False before enough iterations were alike, and for one that is left alone. */
  boolean isPrepared() {
    return turns[0] != null;
  }

  /** True while it is not watched, since its iterations broke off so often. */
  boolean isLeftAlone() {
    return rest > 0;
  }

  /** True when the stretch that begins with that launch is issued at once; others are too short. */
  boolean isHeld(int first) {
    return turns[turn].hasStretch(first);
  }

  /** True when an iteration has come to the end of a stretch. */
  boolean isAtStop(LaunchedIteration iteration) {
    return stops.contains(iteration.launches().size()) || isWhole(iteration);
  }

  /** True when a launch is what the pattern has at that place. */
  boolean expects(int place, Launch launch) {
    return pattern.hasLike(place, launch);
  }

  /** True when the pattern allocates so much at that place. */
  boolean expectsAllocation(int place, long bytes) {
    return pattern.hasAllocation(place, bytes);
  }

  /**
   * Memory for the iteration's next allocation.
   *
   * @return null when it is to come from the pool
   */
  DeviceBuffer kept(LaunchedIteration iteration, long bytes) {
    return mayKeep(iteration, bytes)
        ? turns[turn].memory().take(iteration.allocations().size(), bytes)
        : null;
  }

  /** As {@link #kept}, in place of a buffer that a value of an earlier iteration still has. */
  DeviceBuffer replaced(LaunchedIteration iteration, long bytes) {
    return mayKeep(iteration, bytes)
        ? turns[turn].memory().replace(iteration.allocations().size(), bytes)
        : null;
  }

  private boolean mayKeep(LaunchedIteration iteration, long bytes) {
    if (!isPrepared()) {
      return false;
    }
    if (!iteration.isComplete() || !expectsAllocation(iteration.allocations().size(), bytes)) {
      iteration.leavesKept();
    }
    return iteration.isKept();
  }

  /** True when an iteration has launched and allocated as much as the pattern. */
  boolean isWhole(LaunchedIteration iteration) {
    return pattern != null && iteration.isAsLongAs(pattern);
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
      turns[turn].issue(first, stretch);
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
   * Somebody waited in the midst of a stretch. Where that happens a second time within few
   * iterations there is a stop from now on, which is prepared for anew.
   *
   * @param at how many launches of the iteration had come
   * @return true when there is
   */
  boolean waited(int at) {
    Long before = waits.put(at, begun);
    if (before == null || begun - before > WITHIN || stops.size() == MOST_STOPS) {
      return false;
    }
    stops.add(at);
    for (PreparedTurn each : turns) {
      each.unprepare();
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
  void ended(LaunchedIteration iteration) {
    if (iteration.launches().size() < LEAST_LAUNCHES) {
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
    if (!iteration.isComplete()) {
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
      if (iteration.isKept()
          && !turns[turn].isPrepared()
          && !turns[turn].prepare(iteration.launches(), stops)) {
        leaveAlone();
      }
    } else if (equal >= ENOUGH) {
      for (int i = 0; i < TURNS; i++) {
        turns[i] = new PreparedTurn(device, unused);
      }
    }
  }

  /** Gives up what is kept, memory first of all; nothing may be held back. */
  void forget() {
    equal = 0;
    pattern = null;
    stops.clear();
    waits.clear();
    for (int i = 0; i < turns.length; i++) {
      PreparedTurn left = turns[i];
      turns[i] = null;
      if (left != null) {
        left.leave();
      }
    }
  }
}
