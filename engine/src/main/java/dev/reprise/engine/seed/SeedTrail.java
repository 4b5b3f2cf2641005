package dev.reprise.engine.seed;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a control thread is in the loops that draw seeds, so that a run can go on drawing where a
 * checkpoint was written: in the same loop, with the iteration that comes next. Owned by that
 * thread.
 *
 * <p>A loop is known by its procedure and its number there, so that comments and blank lines may
 * change. A counted loop goes on by the value of its variable, since {@code for (e in (done+1):n)}
 * begins with another one; other loops with the iteration after the one that wrote the checkpoint.
 */
public final class SeedTrail {

  /**
   * One loop around a place.
   *
   * @param loop its name
   * @param base of the seeds around the loop
   * @param count of seeds drawn from that base before the loop
   * @param iteration the number that the current iteration's seeds follow from
   * @param from the value of the loop variable in iteration 0
   * @param step between its values; 0 when there is no variable
   * @param drew whether an iteration so far has drawn a seed
   */
  record Level(
      String loop, long base, long count, long iteration, double from, double step, boolean drew) {

    private Level at(long now) {
      return new Level(loop, base, count, now, from, step, drew);
    }

    private Level drawing(boolean also) {
      return new Level(loop, base, count, iteration, from, step, drew || also);
    }

    /** The number of the first iteration of a loop that goes on; negative when it cannot. */
    private long first(double newFrom, double newStep, boolean isInnermost) {
      if (step == 0) {
        return newStep == 0 ? iteration + (isInnermost ? 1 : 0) : -1;
      }
      double first = (newFrom - from) / step;
      return step == newStep && first == Math.rint(first) ? (long) first : -1;
    }
  }

  /**
   * A place in a program.
   *
   * @param loops around it, the outermost first
   * @param base of the seeds there
   * @param count of seeds drawn from it
   */
  public record Place(List<Level> loops, long base, long count) {
    /** Copies the list. */
    public Place {
      loops = List.copyOf(loops);
    }
  }

  private final List<Level> open = new ArrayList<>();

  /** Where a checkpoint that was resumed was written; null when no loop is to go on there. */
  private Place pending;

  /** Loops of the pending place that have been entered; {@link #open} begins with these. */
  private int reached;

  /** Whether the pending place is from an earlier input of a conversation. */
  private boolean isHandedOn;

  /**
   * The trail of an input of a conversation in which an earlier input has resumed a checkpoint.
   *
   * @param place of the checkpoint, or null when nothing waits for its loop
   */
  static SeedTrail goingOn(Place place) {
    SeedTrail trail = new SeedTrail();
    trail.pending = place;
    trail.isHandedOn = true;
    return trail;
  }

  /** A place whose outermost loop may be entered later; null when there is none, or in a loop. */
  Place waiting() {
    return open.isEmpty() ? pending : null;
  }

  boolean isInLoop() {
    return !open.isEmpty();
  }

  /** A trail that goes on inside of the loops of another one. */
  public SeedTrail inside() {
    SeedTrail inner = new SeedTrail();
    inner.open.addAll(open);
    return inner;
  }

  /** Where the thread is now. */
  public Place place(SeedSource seeds) {
    List<Level> loops = new ArrayList<>(open);
    boolean drew = seeds.count() > 0;
    for (int i = loops.size() - 1; i >= 0; i--) {
      Level level = loops.get(i).drawing(drew);
      loops.set(i, level);
      // What the loop around has drawn in its iteration, before this one or by it.
      drew = level.drew || level.count > 0;
    }
    return new Place(loops, seeds.base(), seeds.count());
  }

  /** Whether a place lies in the iterations that are under way here. */
  public boolean isAround(Place place) {
    if (open.size() > place.loops.size()) {
      return false;
    }
    for (int i = 0; i < open.size(); i++) {
      Level there = place.loops.get(i);
      if (!open.get(i).loop.equals(there.loop) || open.get(i).iteration != there.iteration) {
        return false;
      }
    }
    return true;
  }

  /**
   * Goes on from another place: draws what comes next there, and so does the loop that is around it
   * when it is entered. A place inside of loops that are not around here now is left alone.
   */
  public void resume(Place place, SeedSource seeds) {
    int depth = open.size();
    if (depth > place.loops.size()) {
      return;
    }
    for (int i = 0; i < depth; i++) {
      if (!open.get(i).loop.equals(place.loops.get(i).loop)) {
        return;
      }
    }
    if (depth == place.loops.size()) {
      seeds.resume(place.base, place.count);
      return;
    }
    Level next = place.loops.get(depth);
    seeds.resume(next.base, next.count);
    pending = place;
    reached = depth;
    isHandedOn = false;
  }

  /**
   * Enters a loop. Each input of a conversation numbers its loops anew, so in a later input a loop
   * goes on only if it begins no earlier than the checkpoint: others have its number by chance.
   *
   * @param from the first value of the loop variable
   * @param step between its values; 0 when there is none
   * @return the number of the first iteration, after the seeds were brought to where the loop was
   *     entered first; 0 for a loop that begins
   */
  public long enter(String loop, SeedSource seeds, double from, double step) {
    int depth = open.size();
    if (pending != null && depth == reached && pending.loops.get(depth).loop.equals(loop)) {
      Level known = pending.loops.get(depth);
      boolean isInnermost = depth == pending.loops.size() - 1;
      long first = known.first(from, step, isInnermost);
      if (first >= (isHandedOn && depth == 0 ? known.iteration : 0)) {
        seeds.resume(known.base, known.count);
        open.add(
            new Level(loop, known.base, known.count, first, known.from, known.step, known.drew));
        reached++;
        pending = isInnermost ? null : pending;
        return first;
      }
    }
    open.add(new Level(loop, seeds.base(), seeds.count(), 0, from, step, false));
    return 0;
  }

  /**
   * Whether the innermost loop has drawn a seed, also before a checkpoint from which it goes on.
   */
  public boolean hasDrawn() {
    return open.getLast().drew;
  }

  /** Notes that the innermost loop has drawn a seed. */
  public void drew() {
    int last = open.size() - 1;
    open.set(last, open.get(last).drawing(true));
  }

  /** The innermost loop begins an iteration. */
  public void begin(long iteration) {
    int last = open.size() - 1;
    open.set(last, open.get(last).at(iteration));
    if (pending != null && reached > last && pending.loops.get(last).iteration != iteration) {
      pending = null;
    }
  }

  /** The innermost loop ends. */
  public void leave() {
    open.removeLast();
    if (pending != null && reached > open.size()) {
      pending = null;
    }
  }
}
