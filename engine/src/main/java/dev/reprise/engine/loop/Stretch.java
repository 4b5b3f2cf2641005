package dev.reprise.engine.loop;

import dev.reprise.engine.region.Region;
import dev.reprise.lineage.RecordedPath;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Part of the paths that are known from one state of a loop's variables: from a branch to the next.
 * Together they form a tree with an end for each path. Owned by a {@link LoopRecorder}.
 */
final class Stretch implements PathSymbols.Follower {
  /** What the variables are where it begins. */
  final PathSymbols start;

  /** A path through it from the start of the iteration; null when it has no steps. */
  PathSymbols whole;

  /** Heights of the results of the path's operations in one iteration of the loop. */
  int[] heights = {};

  /** Which iteration that was; 0 for none. */
  long heightsIn;

  /** Blocks on it, with the symbols of their inputs. */
  final Map<Region, int[]> inputsOfBlocks = new IdentityHashMap<>(0);

  /** Stretches behind the branch that it leads to, as far as paths through them are known. */
  Stretch then;

  Stretch otherwise;

  /** What an iteration that ends here is stored as; null where none ends, or none is known. */
  End end;

  /** Before which steps which slot's scalar goes to which place of the pool; ends with -1. */
  int[] captureSteps = {-1};

  private int[] captureSlots = new int[1];
  private int[] capturePlaces = new int[1];
  private int captures;

  /**
   * Steps that make results of operations, in order, and which operations of the path these are.
   */
  private int[] makers = {};

  private int[] made = {};
  private int makerCount;

  /** What follows a path. */
  static final class End {
    final RecordedPath stored;
    final State next;

    /** Written slots that hold another item afterwards. */
    final boolean[] changed;

    /** Taken since recording began. */
    boolean used;

    End(RecordedPath stored, State next, boolean[] changed) {
      this.stored = stored;
      this.next = next;
      this.changed = changed;
    }
  }

  /** What the variables are between two iterations, and the paths known from there. */
  static final class State {
    final int[] starts;

    /** Null until a path is known. */
    Stretch root;

    State(int[] starts) {
      this.starts = starts;
    }
  }

  Stretch(PathSymbols start) {
    this.start = start;
  }

  Stretch after(boolean taken) {
    return taken ? then : otherwise;
  }

  @Override
  public void takes(int step, int slot, int place) {
    if (captures + 1 == captureSteps.length) {
      captureSteps = Arrays.copyOf(captureSteps, 2 * captures + 2);
      captureSlots = Arrays.copyOf(captureSlots, captureSteps.length);
      capturePlaces = Arrays.copyOf(capturePlaces, captureSteps.length);
    }
    captureSteps[captures] = step;
    captureSlots[captures] = slot;
    capturePlaces[captures] = place;
    captureSteps[++captures] = -1;
  }

  @Override
  public void makes(int step, int operation) {
    if (makerCount == makers.length) {
      makers = Arrays.copyOf(makers, 2 * makerCount + 4);
      made = Arrays.copyOf(made, makers.length);
    }
    makers[makerCount] = step;
    made[makerCount++] = operation;
  }

  /** The operation of the path whose result a step makes, or -1. */
  int operationOf(int step) {
    int at = Arrays.binarySearch(makers, 0, makerCount, step);
    return at < 0 ? -1 : made[at];
  }

  int slot(int capture) {
    return captureSlots[capture];
  }

  int place(int capture) {
    return capturePlaces[capture];
  }
}
