package dev.reprise.engine;

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
 * <p>A value that is wrongly taken for carried (a long chain beside a loop of short ones) is asked
 * for less often, no more: see {@link Asking}. Belongs to one control thread.
 */
final class CarriedValues {
  private static final int NOTHING = Integer.MAX_VALUE;

  /** An iteration may take other paths than those before it. */
  private static final int SLACK = 16;

  /** What is higher is carried. */
  private int above = NOTHING;

  private Loop innermost;
  private long entered;

  boolean isCarried(LineageItem item) {
    return item.height() > above;
  }

  /** A value was found, or is being computed. */
  void cameAgain(SiteAccount account, LineageItem item) {
    if (isCarried(item)) {
      account.asking.carriedCameAgain();
    } else {
      account.asking.cameAgain();
    }
  }

  /** True when one of the items is carried; there may be null among them. */
  boolean anyCarried(LineageItem[] items) {
    for (LineageItem item : items) {
      if (item != null && isCarried(item)) {
        return true;
      }
    }
    return false;
  }

  /** Height that carried values exceed. */
  int bound() {
    return above;
  }

  /** A loop is entered; its iterations have been told before {@link Loop#leave}. */
  Loop enter(Activation activation) {
    entered++;
    return new Loop(activation);
  }

  /** One execution of a loop. */
  final class Loop {
    private final Loop around = innermost;
    private final int aboveBefore = above;

    /** Height of the variables that the loop found, carried ones left out. */
    private final int base;

    private int mostMade;
    private long madeBefore;
    private long enteredBefore;

    private Loop(Activation activation) {
      this.base = base(activation);
      innermost = this;
      begin(activation);
    }

    private int base(Activation activation) {
      int highest = 0;
      if (activation.items != null) {
        for (LineageItem item : activation.items) {
          if (item != null && !isCarried(item)) {
            highest = Math.max(highest, item.height());
          }
        }
      }
      return highest;
    }

    private void begin(Activation activation) {
      madeBefore = activation.made();
      enteredBefore = entered;
    }

    /** An iteration has ended. */
    void ended(Activation activation) {
      long made = activation.made() - madeBefore;
      // The iterations of a loop inside may have made long chains.
      if (made > mostMade && entered == enteredBefore) {
        mostMade = (int) Math.min(made, NOTHING);
        above = above == NOTHING ? bound(base) : Math.max(above, bound(base));
      }
      begin(activation);
    }

    private int bound(int height) {
      return (int) Math.min((long) height + mostMade + SLACK, NOTHING);
    }

    /** The execution is over, also after a failure. */
    void leave() {
      innermost = around;
      if (around == null || aboveBefore != NOTHING) {
        above = aboveBefore;
      } else if (above != NOTHING) {
        above = Math.max(above, bound(around.base));
      }
    }
  }
}
