package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;
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
 * <p>A loop whose iterations break off too often is left alone for a while, and then watched anew.
 *
 * <p>Iterations take turns with two sets of memory: what one leaves, the next one reads.
 */
final class RepeatedLoop {
  /** Equal iterations before it is worth while to prepare for more. */
  private static final int ENOUGH = 3;

  /** A sequence of fewer launches gains nothing. */
  static final int LEAST_LAUNCHES = 6;

  /** A longer one is not written down. */
  static final int MOST_LAUNCHES = 1024;

  /** Other iterations in a row before they count as the loop's. */
  private static final int CHANGED = 3;

  /**
   * What iterations that broke off may weigh beyond those that did not before the loop is left
   * alone.
   */
  private static final int TOO_MUCH = 16;

  private static final int WEIGHT = 2;

  /** Of one that may come to its end the next time. */
  private static final int HALF_WEIGHT = 1;

  /** Iterations after which a loop is looked at again that had short ones. */
  private static final int LOOK_AGAIN = 1000;

  /**
   * For how many iterations a loop is left alone at first: what broke them off may have been the
   * start of the program, whose code is slow. Twice as many each further time.
   */
  static final int FIRST_REST = 512;

  private static final int LONGEST_REST = 1 << 20;

  private final Backend backend;
  private final AtomicLong unused;
  private final Turn[] turns = new Turn[2];

  // Null until an iteration has been seen.
  private Iteration pattern;
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

  private static final class Turn {
    private final KeptMemory memory;
    private LaunchReplay replay;

    Turn(Backend backend, AtomicLong unused) {
      memory = new KeptMemory(backend, unused);
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
    return turns[turn].replay != null;
  }

  private boolean isPrepared() {
    return turns[0] != null;
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
   * Issues an iteration that was held back to its end, at once.
   *
   * @return false when that is not possible; then nothing was issued, and {@link #brokeOff} is to
   *     be called once it is
   */
  boolean replay(Iteration iteration) {
    if (!isWhole(iteration)) {
      return false;
    }
    Turn mine = turns[turn];
    try {
      mine.replay.issue(iteration.launches);
    } catch (RuntimeException e) {
      // Whatever it is, launches one by one will meet it, too, or do without it.
      failed = true;
      return false;
    }
    others = 0;
    surplus = Math.max(surplus - WEIGHT, -TOO_MUCH);
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
      if (iteration.kept && turns[turn].replay == null) {
        prepare(iteration);
      }
    } else if (equal >= ENOUGH) {
      turns[0] = new Turn(backend, unused);
      turns[1] = new Turn(backend, unused);
    }
  }

  private void prepare(Iteration iteration) {
    LaunchReplay replay;
    try {
      replay = backend.replay(iteration.launches);
    } catch (RuntimeException e) {
      replay = null;
    }
    if (replay == null) {
      leaveAlone();
    } else {
      turns[turn].replay = replay;
    }
  }

  /** Gives up what is kept, memory first of all; nothing may be held back. */
  void forget() {
    equal = 0;
    pattern = null;
    for (int i = 0; i < turns.length; i++) {
      Turn left = turns[i];
      turns[i] = null;
      if (left != null) {
        try {
          if (left.replay != null) {
            left.replay.close();
          }
        } finally {
          left.memory.leave();
        }
      }
    }
  }
}
