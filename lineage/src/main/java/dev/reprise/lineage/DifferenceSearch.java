package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The way from two outputs down to the first pair of items that differ themselves: always the first
 * input whose keys differ, and through loops by the iteration where their runs part. For one pair
 * of outputs.
 */
final class DifferenceSearch {
  private static final int TRAIL = 5;

  /** Looks at one pair of runs: where both have other variables, more than one may be needed. */
  private static final int LOOKS = 4;

  private static final int PAIRS = 256;

  /** Items of loops on one way down; each is made to be looked at and stays until the end. */
  private static final int MOST_OF_LOOPS = 200_000;

  private LineageItem left;
  private LineageItem right;

  // What uses the items, in the second trace; null at the output and after a loop.
  private LineageItem user;
  private int position;

  private int[] path = new int[16];
  private int depth;
  private final List<String> trail = new ArrayList<>();
  private long steps;
  private int ofLoops;
  private final List<Pair> pairs = new ArrayList<>();

  // The loop that was gone through last.
  private RunDivergence divergence;

  /** Two runs and how often they were compared. */
  private static final class Pair {
    final Run left;
    final Run right;
    int looks;

    Pair(Run left, Run right) {
      this.left = left;
      this.right = right;
    }
  }

  private DifferenceSearch(LineageItem left, LineageItem right) {
    this.left = left;
    this.right = right;
  }

  /** The first difference, or nothing when both stand for the same value. */
  static Optional<TraceDiff> between(LineageItem left, LineageItem right) {
    if (RunItem.isSame(left, right)) {
      return Optional.empty();
    }
    DifferenceSearch search = new DifferenceSearch(left, right);
    // Runs of one shape are told apart, or found equal, before anybody computes a key at their end.
    RunDivergence parted = search.look();
    boolean known = parted != null && parted.isCertain();
    boolean same = known ? parted.isNone() : left.sameAs(right);
    return same ? Optional.empty() : Optional.of(search.find(parted));
  }

  private TraceDiff find(RunDivergence atTheOutput) {
    RunDivergence parted = atTheOutput;
    while (true) {
      if (parted != null && parted.isOfLengths()) {
        return diff(parted.lengths(), "what it left is ");
      }
      if (parted != null) {
        enter(parted);
        if (parted.isBeforeTheLoop()) {
          // What a loop starts from may be the end of another one.
          parted = look();
          continue;
        }
      }
      if (!isSameNode()) {
        return diff(reason(), "which is ");
      }
      if (left.isOfRun() && ++ofLoops > MOST_OF_LOOPS) {
        return diff(
            "the traces differ: the first "
                + MOST_OF_LOOPS
                + " operations of loops on the way from the output are alike,"
                + " and what is further inside was not looked at",
            "the last one looked at is ");
      }
      descend();
      parted = look();
    }
  }

  private RunDivergence look() {
    return mayLook() ? RunDivergence.between(left, right) : null;
  }

  /** False for items that are no ends of runs, and for runs that were compared often enough. */
  private boolean mayLook() {
    if (!(left instanceof RunItem a) || !(right instanceof RunItem b)) {
      return false;
    }
    for (Pair pair : pairs) {
      if (pair.left.isSameAs(a.run) && pair.right.isSameAs(b.run)) {
        return ++pair.looks <= LOOKS;
      }
    }
    if (pairs.size() == PAIRS) {
      return false;
    }
    pairs.add(new Pair(a.run, b.run));
    return true;
  }

  private void enter(RunDivergence parted) {
    String where =
        parted.isBeforeTheLoop()
            ? "what " + parted.loop() + " starts from"
            : "in iteration " + parted.number() + " of " + parted.loop();
    left = parted.left();
    right = parted.right();
    divergence = parted;
    user = null;
    note(where);
  }

  private void descend() {
    position = firstDifferingInput();
    if (divergence == null) {
      if (depth == path.length) {
        path = Arrays.copyOf(path, 2 * depth);
      }
      path[depth++] = position;
    }
    note(InputName.of(right, position) + InputName.place(right));
    user = right;
    left = left.input(position);
    right = right.input(position);
  }

  private void note(String step) {
    if (trail.size() == TRAIL) {
      trail.removeFirst();
    }
    trail.add(step);
    steps++;
  }

  private boolean isSameNode() {
    return left.inputCount() == right.inputCount() && StructureCheck.isSameNode(left, right);
  }

  private int firstDifferingInput() {
    for (int i = 0; i < left.inputCount(); i++) {
      if (!left.input(i).sameAs(right.input(i))) {
        return i;
      }
    }
    throw new IllegalStateException("equal items over equal inputs have different keys");
  }

  private String reason() {
    String words = new DifferenceWords(left, right, user, position).text();
    if (divergence == null) {
      return words;
    }
    if (divergence.isOfPaths()) {
      return "iteration "
          + divergence.number()
          + " of "
          + divergence.loop()
          + " took another path: "
          + words;
    }
    // What changed in the first iteration is the same in the others as a rule.
    return left.isLiteral() && right.isLiteral() && divergence.number() > 1
        ? words + ", in iteration " + divergence.number()
        : words;
  }

  private TraceDiff diff(String reason, String link) {
    return new TraceDiff(
        left, right, Arrays.stream(path, 0, depth).boxed().toList(), reason, link + way());
  }

  private String way() {
    if (trail.isEmpty()) {
      return "the output itself";
    }
    String more = steps > trail.size() ? ", " + (steps - trail.size()) + " more" : "";
    return String.join(", ", trail.reversed()) + more + ", from the output";
  }
}
