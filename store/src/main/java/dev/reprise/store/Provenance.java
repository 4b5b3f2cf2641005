package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.util.List;

/**
 * Where a value came from, and what was made of it, as far as the graph knows.
 *
 * @param value itself
 * @param from what it was made of, each with how far below it lies (1 for its operands), in depth
 *     first order; what was listed before is not listed again
 * @param users values that were made of it, those of the latest runs first
 */
public record Provenance(Value value, List<Ancestor> from, List<Value> users) {
  /**
   * A value of the graph.
   *
   * @param operation that made it
   * @param bytes that it takes; 0 when nobody has looked
   * @param costNanos least that computing took; 0 when that was not measured
   * @param runs that had it
   * @param firstRun of these
   * @param lastRun of these
   * @param isKept whether the store has its content
   */
  public record Value(
      Key lineage,
      String operation,
      long bytes,
      long costNanos,
      long runs,
      long firstRun,
      long lastRun,
      boolean isKept) {}

  /** A value below. */
  public record Ancestor(int depth, Value value) {}
}
