package dev.reprise.store;

import dev.reprise.store.GraphDatabase.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the graph itself takes besides artifacts: vertices with their edges, outcomes of calls,
 * traces. Over a budget, what no run has met for longest goes first. Runs and scores stay.
 *
 * <p>Nothing depends on it: a value whose vertex is gone is found all the same, a call whose
 * outcome is gone is executed.
 */
final class GraphRows {
  /** A vertex with its index, edges and costs; measured on stores of grid searches. */
  private static final long VERTEX_BYTES = 350;

  private static final long ROW_BYTES = 100;

  /** Rows that one transaction removes, so that others may write in between. */
  private static final int BATCH = 10_000;

  private static final String SIZES =
      "SELECT last_run, count(*) * "
          + VERTEX_BYTES
          + " FROM vertex GROUP BY last_run UNION ALL SELECT last_run, sum(length(record) + "
          + ROW_BYTES
          + ") FROM region GROUP BY last_run UNION ALL SELECT run, sum(length(text) + "
          + ROW_BYTES
          + ") FROM trace GROUP BY run";

  private final GraphDatabase database;

  GraphRows(GraphDatabase database) {
    this.database = database;
  }

  /** About how many bytes all rows take. */
  long bytes() {
    return byRun().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Bytes of rows by the run that met them last. */
  private TreeMap<Long, Long> byRun() {
    return database.ask(session -> {
      TreeMap<Long, Long> sizes = new TreeMap<>();
      try (ResultSet row = session.prepared(SIZES).executeQuery()) {
        while (row.next()) {
          sizes.merge(row.getLong(1), row.getLong(2), Long::sum);
        }
      }
      return sizes;
    });
  }

  /**
   * Removes rows that no run has met since the last ones that fit.
   *
   * @return how many
   */
  long trimTo(long budgetBytes) {
    long left = budgetBytes;
    for (Map.Entry<Long, Long> run : byRun().descendingMap().entrySet()) {
      left -= run.getValue();
      if (left < 0) {
        return removeUpTo(run.getKey());
      }
    }
    return 0;
  }

  private long removeUpTo(long run) {
    long removed = 0;
    long gone;
    do {
      gone =
          database.change(session -> {
            delete(
                session,
                "DELETE FROM edge WHERE child IN (SELECT key FROM vertex WHERE last_run <= ? LIMIT "
                    + BATCH
                    + ")",
                run);
            delete(
                session,
                "DELETE FROM cost WHERE vertex IN (SELECT key FROM vertex WHERE last_run <= ? LIMIT"
                    + " "
                    + BATCH
                    + ")",
                run);
            return delete(session, some("vertex"), run) + delete(session, some("region"), run);
          });
      removed += gone;
    } while (gone > 0);
    return removed
        + database.change(session -> delete(session, "DELETE FROM trace WHERE run <= ?", run));
  }

  private static String some(String table) {
    return "DELETE FROM "
        + table
        + " WHERE key IN (SELECT key FROM "
        + table
        + " WHERE last_run <= ? LIMIT "
        + BATCH
        + ")";
  }

  private static long delete(Session session, String sql, long run) throws SQLException {
    PreparedStatement delete = session.prepared(sql);
    delete.setLong(1, run);
    return delete.executeUpdate();
  }
}
