package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

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
    LineageItem a = left;
    LineageItem b = right;
    while (isSameNode(a, b)) {
      int differing = firstDifferingInput(a, b);
      if (depth == path.length) {
        path = Arrays.copyOf(path, 2 * depth);
      }
      path[depth++] = differing;
      if (trail.size() == TRAIL) {
        trail.removeFirst();
      }
      trail.add("input " + (differing + 1) + " of " + a.name());
      a = a.input(differing);
      b = b.input(differing);
    }
    List<Integer> positions = Arrays.stream(path, 0, depth).boxed().toList();
    return Optional.of(new TraceDiff(a, b, positions, trail, reason(a, b)));
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

  private static String reason(LineageItem left, LineageItem right) {
    if (left.isLiteral() && right.isLiteral()) {
      return "the literal is "
          + describe(left)
          + " in the first, "
          + describe(right)
          + " in the second";
    }
    if (left.isLiteral() || right.isLiteral() || !left.name().equals(right.name())) {
      return "the first has " + describe(left) + ", the second " + describe(right);
    }
    if (left.inputCount() != right.inputCount()) {
      return left.name()
          + " has "
          + left.inputCount()
          + " inputs in the first, "
          + right.inputCount()
          + " in the second";
    }
    return attributeReason(left, right);
  }

  private static String attributeReason(LineageItem left, LineageItem right) {
    var before = left.operation().attributes().asMap();
    var after = right.operation().attributes().asMap();
    if (!Objects.equals(before.get("fingerprint"), after.get("fingerprint"))) {
      return "the content behind "
          + describe(left)
          + " differs from that behind "
          + describe(right);
    }
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(before.get(name), after.get(name))) {
        differences.add(
            name
                + " is "
                + shown(before.get(name))
                + " in the first, "
                + shown(after.get(name))
                + " in the second");
      }
    }
    return "in " + left.name() + ", " + String.join("; ", differences);
  }

  private static String shown(String attribute) {
    return attribute == null ? "left out" : attribute;
  }

  private static String describe(LineageItem item) {
    Scalar literal = item.literalOrNull();
    if (literal != null) {
      return literal.isAbsent() ? "(left out)" : literal.type().label() + " " + literal.asString();
    }
    return item.note() == null ? item.name() : item.name() + " \"" + item.note() + "\"";
  }

  /** The difference and where it is, in one sentence each. */
  @Override
  public String toString() {
    if (path.isEmpty()) {
      return reason + "\n  at the output itself";
    }
    List<String> inward = trail.reversed();
    String more = path.size() > trail.size() ? ", " + (path.size() - trail.size()) + " more" : "";
    return reason + "\n  at " + String.join(", ", inward) + more + ", from the output";
  }
}
