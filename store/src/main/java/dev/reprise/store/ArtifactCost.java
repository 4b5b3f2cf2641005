package dev.reprise.store;

import java.util.List;

/**
 * What computing an artifact again is expected to take: the mean of what its operation took on each
 * class of devices, weighted by how often it was measured there. One that took much more when it
 * was kept than its operation has taken anywhere is the outcome of a whole call, and stands for all
 * of that.
 */
public final class ArtifactCost {
  private static final int CALL_FACTOR = 4;

  /** Of a row of table {@code artifact} in a folder. */
  static final String IN_SQL = inSql("FROM cost WHERE cost.vertex = artifact.vertex");

  private ArtifactCost() {}

  /**
   * An expression over a row of table {@code artifact}.
   *
   * @param measurements where its rows of table {@code cost} are, from the word FROM on
   */
  public static String inSql(String measurements) {
    return "coalesce((SELECT CASE WHEN artifact.cost_nanos > "
        + CALL_FACTOR
        + " * max(cost.nanos) THEN artifact.cost_nanos ELSE sum(1.0 * cost.count * cost.nanos) /"
        + " sum(cost.count) END "
        + measurements
        + "), artifact.cost_nanos)";
  }

  /** True when an artifact that took so long is the outcome of a call that took so long. */
  static boolean isOfCall(long costNanos, List<DeviceCost> measured) {
    long most = measured.stream().mapToLong(DeviceCost::nanos).max().orElse(0);
    return costNanos > CALL_FACTOR * most;
  }
}
