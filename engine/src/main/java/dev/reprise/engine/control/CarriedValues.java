package dev.reprise.engine.control;

import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.lineage.LineageItem;

/**
 * Tells values that a loop carries on from those that each of its iterations makes anew, by the
 * heights of their lineage.
 *
 * <pre>
 *   for (i in 1:n) {
 *     P = scale(X[i, ])        height(X) + 2 in every iteration
 *     W = W - f(P, W)          grows by one or more each time: carried on
 *   }
 * </pre>
 *
 * <p>Nothing that an iteration makes without earlier ones is higher than what there was before the
 * loop by more than the iteration has instructions. Whatever is, was made of what earlier
 * iterations have made. The bound is that of the innermost loop that was entered first, and holds
 * for the loops around it, too: in the next epoch, batches go on with the weights of the last.
 *
 * <p>In one of 256 iterations nothing counts as carried, so that a program is noticed that comes to
 * use such values twice: one that scores with what it has trained, again and again.
 *
 * <p>A value that is wrongly taken for carried (a long chain beside a loop of short ones) is asked
 * for less often, no more: see {@link Asking}. Belongs to one control thread.
 */
public final class CarriedValues {
  private static final int NOTHING = Integer.MAX_VALUE;

  /** An iteration may take other paths than those before it. */
  private static final int SLACK = 16;

  /** What is higher is carried. */
  private int above = NOTHING;

  /** The iteration is one of those in which nothing is left out. */
  private boolean sampled;

  private Loop innermost;
  private long entered;

  /** True for a carried value, unless the iteration is asked for these, too. */
  public boolean isCarried(LineageItem item) {
    return !sampled && isHigh(item.height());
  }

  /** True in one of 256 iterations of each loop, the same ones each time, and in loops inside. */
  public boolean isSampled() {
    return sampled;
  }

  /** True for the height of a carried value. */
  public boolean isHigh(int height) {
    return height > above;
  }

  /** A value was found, or is being computed. */
  public void cameAgain(SiteAccount account, LineageItem item) {
    if (isCarried(item)) {
      account.asking().carriedCameAgain();
    } else {
      account.asking().cameAgain();
    }
  }

  /** True when one of the items is carried; there may be null among them. */
  public boolean anyCarried(LineageItem[] items) {
    for (LineageItem item : items) {
      if (item != null && isCarried(item)) {
        return true;
      }
    }
    return false;
  }

  /** A loop is entered, until {@link Loop#leave}. */
  public Loop enter(Activation activation) {
    entered++;
    return new Loop(activation);
  }

  /** One execution of a loop. */
  public final class Loop {
    private final Loop around = innermost;
    private final int aboveBefore = above;
    private final boolean sampledBefore = sampled;

    /** Height of the variables that the loop found, carried ones left out. */
    private final int base;

    private int mostMade;
    private long madeBefore;
    private long enteredBefore;

    private Loop(Activation activation) {
      this.base = base(activation);
      innermost = this;
    }

    private int base(Activation activation) {
      int highest = 0;
      if (activation.items != null) {
        for (LineageItem item : activation.items) {
          if (item != null && !isHigh(item.height())) {
            highest = Math.max(highest, item.height());
          }
        }
      }
      return highest;
    }

    /**
     * An iteration begins.
     *
     * @param iteration its number in the loop
     */
    public void begin(Activation activation, long iteration) {
      // All loops have a first iteration: short ones inside of others would always be sampled.
      sampled = sampledBefore || (iteration > 0 && Asking.isSampledForCarried(iteration));
      madeBefore = activation.made();
      enteredBefore = entered;
    }

    /** An iteration has ended. */
    public void ended(Activation activation) {
      long made = activation.made() - madeBefore;
      // The iterations of a loop inside may have made long chains.
      if (made > mostMade && entered == enteredBefore) {
        mostMade = (int) Math.min(made, NOTHING);
        above = above == NOTHING ? bound(base) : Math.max(above, bound(base));
      }
    }

    private int bound(int height) {
      return (int) Math.min((long) height + mostMade + SLACK, NOTHING);
    }

    /** The execution is over, also after a failure. */
    public void leave() {
      innermost = around;
      sampled = sampledBefore;
      if (around == null || aboveBefore != NOTHING) {
        above = aboveBefore;
      } else if (above != NOTHING) {
        above = Math.max(above, bound(around.base));
      }
    }
  }
}
