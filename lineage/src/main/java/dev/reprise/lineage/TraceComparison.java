package dev.reprise.lineage;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares two traces and says in words what is the first difference between them. */
public final class TraceComparison {
  private TraceComparison() {}

  /** The difference in one or a few lines; nothing when both stand for the same values. */
  public static Optional<String> explain(Trace first, Trace second) {
    for (Map.Entry<String, LineageItem> output : first.outputs().entrySet()) {
      LineageItem other = second.outputs().get(output.getKey());
      if (other == null) {
        return Optional.of("the second trace has no output" + named(output.getKey()));
      }
      Optional<TraceDiff> difference = TraceDiff.between(output.getValue(), other);
      if (difference.isPresent()) {
        return Optional.of(
            inOutput(output.getKey())
                + difference.get()
                + continuation(first, second, output.getKey(), difference.get().path()));
      }
    }
    return second.outputs().keySet().stream()
        .filter(name -> !first.outputs().containsKey(name))
        .findFirst()
        .map(name -> "the first trace has no output" + named(name));
  }

  private static String named(String output) {
    return output.equals(Trace.UNNAMED) ? " without a name" : " '" + output + "'";
  }

  private static String inOutput(String output) {
    return output.equals(Trace.UNNAMED) ? "" : "in output '" + output + "', ";
  }

  /**
   * More iterations of a loop, or fewer: on the way to the difference, what the one trace has is in
   * the other, too, but further inside.
   */
  private static String continuation(Trace first, Trace second, String output, List<Integer> path) {
    if (first.isTooLargeToExpand() || second.isTooLargeToExpand()) {
      return "";
    }
    LineageItem left = first.outputs().get(output);
    LineageItem right = second.outputs().get(output);
    for (int step = 0; ; step++) {
      if (left.inputCount() > 0 && second.indexOf(left) >= 0) {
        return "\n  the second goes on where the first ends: its %"
            + (second.indexOf(left) + 1)
            + " is the first's %"
            + (first.indexOf(left) + 1);
      }
      if (right.inputCount() > 0 && first.indexOf(right) >= 0) {
        return "\n  the second ends where the first goes on: its %"
            + (second.indexOf(right) + 1)
            + " is the first's %"
            + (first.indexOf(right) + 1);
      }
      if (step == path.size()) {
        return "";
      }
      left = left.input(path.get(step));
      right = right.input(path.get(step));
    }
  }
}
