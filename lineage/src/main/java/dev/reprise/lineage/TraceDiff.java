package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The first place where two traces differ: from the outputs always down the first input whose keys
 * differ, to the first pair of items that differ themselves.
 *
 * @param left the item of the first trace
 * @param right the item of the second trace
 * @param path zero-based input positions from the outputs to the items
 * @param trail descriptions of the last items on the path, outermost first
 * @param reason what differs, in words
 */
public record TraceDiff(
    LineageItem left, LineageItem right, List<Integer> path, List<String> trail, String reason) {
  private static final int TRAIL = 5;

  public TraceDiff {
    path = List.copyOf(path);
    trail = List.copyOf(trail);
  }

  /** The first difference, or nothing when both stand for the same value. */
  public static Optional<TraceDiff> between(LineageItem left, LineageItem right) {
    if (left.sameAs(right)) {
      return Optional.empty();
    }
    int[] path = new int[16];
    int depth = 0;
    List<String> trail = new ArrayList<>();
    LineageItem user = null;
    LineageItem a = left;
    LineageItem b = right;
    int differing = 0;
    while (isSameNode(a, b)) {
      differing = firstDifferingInput(a, b);
      if (depth == path.length) {
        path = Arrays.copyOf(path, 2 * depth);
      }
      path[depth++] = differing;
      if (trail.size() == TRAIL) {
        trail.removeFirst();
      }
      trail.add(InputName.of(b, differing) + InputName.place(b));
      user = b;
      a = a.input(differing);
      b = b.input(differing);
    }
    List<Integer> positions = Arrays.stream(path, 0, depth).boxed().toList();
    return Optional.of(new TraceDiff(a, b, positions, trail, reason(a, b, user, differing)));
  }

  private static boolean isSameNode(LineageItem left, LineageItem right) {
    return left.inputCount() == right.inputCount() && StructureCheck.isSameNode(left, right);
  }

  private static int firstDifferingInput(LineageItem left, LineageItem right) {
    for (int i = 0; i < left.inputCount(); i++) {
      if (!left.input(i).sameAs(right.input(i))) {
        return i;
      }
    }
    throw new IllegalStateException("equal items over equal inputs have different keys");
  }

  private static String reason(
      LineageItem left, LineageItem right, LineageItem user, int position) {
    return new DifferenceWords(left, right, user, position).text();
  }

  /** The difference and where it is, in one sentence each. */
  @Override
  public String toString() {
    if (path.isEmpty()) {
      return reason + "\n  which is the output itself";
    }
    List<String> inward = trail.reversed();
    String more = path.size() > trail.size() ? ", " + (path.size() - trail.size()) + " more" : "";
    return reason + "\n  which is " + String.join(", ", inward) + more + ", from the output";
  }
}
