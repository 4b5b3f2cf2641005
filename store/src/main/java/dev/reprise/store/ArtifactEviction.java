package dev.reprise.store;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes artifacts of a folder that are worth least, whose recomputation saves least for their
 * bytes, until the others take no more than they may.
 */
final class ArtifactEviction {
  /** Share of the budget that is left when the budget was exceeded: making room is not cheap. */
  private static final double LEFT_AFTER_EVICTION = 0.9;

  private static final int BATCH = 256;

  /** Artifacts that are ranked at a time, for which all of them are looked at. */
  private static final int RANKED = 16 * BATCH;

  private final ExperimentStore store;
  private final GraphDatabase database;

  ArtifactEviction(ExperimentStore store) {
    this.store = store;
    this.database = store.database();
  }

  /** Removes what is worth least until the budget holds; by the writing thread. */
  void keepWithin(long budgetBytes, long run) {
    if (store.artifactBytes() > budgetBytes) {
      downTo((long) (budgetBytes * LEFT_AFTER_EVICTION), run);
    }
  }

  /**
   * Removes what is worth least.
   *
   * @param run that makes room; 0 for none
   * @return how many
   */
  int downTo(long bytes, long run) {
    int removed = 0;
    while (store.artifactBytes() > bytes) {
      List<Artifact> victims = leastWorth();
      if (victims.isEmpty()) {
        return removed;
      }
      for (int from = 0; from < victims.size() && store.artifactBytes() > bytes; ) {
        int to = Math.min(from + BATCH, victims.size());
        int some = removeSome(victims.subList(from, to), bytes, run);
        from += some;
        removed += some;
      }
    }
    return removed;
  }

  private int removeSome(List<Artifact> victims, long bytes, long run) {
    return database.change(session -> {
      try {
        return new Updates(session, store, run).removeSome(victims, bytes);
      } catch (IOException e) {
        throw new StoreException("an artifact cannot be removed: " + e.getMessage(), e);
      }
    });
  }

  private List<Artifact> leastWorth() {
    return database.ask(session -> {
      PreparedStatement find =
          session.prepared(
              "SELECT key, hash, bytes, cost_nanos, content IS NULL FROM artifact"
                  + " ORDER BY (uses + 1.0) * "
                  + ArtifactCost.IN_SQL
                  + " / (bytes + 256), last_run LIMIT "
                  + RANKED);
      List<Artifact> victims = new ArrayList<>();
      try (ResultSet result = find.executeQuery()) {
        while (result.next()) {
          victims.add(listed(result));
        }
      }
      return victims;
    });
  }

  /** An artifact without its content: key, hash, bytes, cost, whether it lies in a file. */
  static Artifact listed(ResultSet row) throws SQLException {
    return new Artifact(
        Keys.of(row.getBytes(1)),
        Keys.of(row.getBytes(2)),
        row.getLong(3),
        row.getLong(4),
        row.getBoolean(5) ? null : new byte[0]);
  }
}
