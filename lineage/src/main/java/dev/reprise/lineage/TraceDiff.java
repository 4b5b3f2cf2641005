package dev.reprise.lineage;

import java.util.List;
import java.util.Optional;

/**
 * The first place where two traces differ: from the outputs always down the first input whose keys
 * differ, to the first pair of items that differ themselves. Where both sides come from a loop, the
 * loops are compared iteration by iteration without making their items.
 *
 * @param left the item of the first trace
 * @param right the item of the second trace
 * @param path zero-based input positions from the outputs to the items, or to the first loop on the
 *     way
 * @param reason what differs, in words
 * @param way how the difference reaches the output, in words: the last steps, innermost first
 */
public record TraceDiff(
    LineageItem left, LineageItem right, List<Integer> path, String reason, String way) {
  public TraceDiff {
    path = List.copyOf(path);
  }

  /** The first difference, or nothing when both stand for the same value. */
  public static Optional<TraceDiff> between(LineageItem left, LineageItem right) {
    return DifferenceSearch.between(left, right);
  }

  /** The difference and where it is, in one sentence each. */
  @Override
  public String toString() {
    return reason + "\n  " + way;
  }
}
