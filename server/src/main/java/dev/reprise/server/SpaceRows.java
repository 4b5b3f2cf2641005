package dev.reprise.server;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * What a space's graph takes besides artifacts: vertices with their edges, outcomes of calls,
 * traces. Over a budget, what no run of any of its tenants has met for longest goes first. Runs and
 * scores stay.
 *
 * <p>Nothing depends on it: a value whose vertex is gone is found all the same, a call whose
 * outcome is gone is executed.
 */
final class SpaceRows {
  /** A vertex with its index, edges and costs. */
  private static final long VERTEX_BYTES = 500;

  private static final long ROW_BYTES = 100;

  /** Rows that one transaction removes, so that others may write in between. */
  private static final int BATCH = 10_000;

  private static final String SIZES =
      "SELECT last_run, count(*) * "
          + VERTEX_BYTES
          + " FROM vertex WHERE space = :space GROUP BY last_run UNION ALL SELECT last_run,"
          + " sum(length(record) + "
          + ROW_BYTES
          + ") FROM region WHERE space = :space GROUP BY last_run UNION ALL SELECT run,"
          + " sum(length(text) + "
          + ROW_BYTES
          + ") FROM trace WHERE space = :space GROUP BY run";

  private final SpaceGraph graph;
  private final long space;

  SpaceRows(SpaceGraph graph, long space) {
    this.graph = graph;
    this.space = space;
  }

  /**
   * Removes rows that no run has met since the last ones that fit; those of the newest run stay
   * whether they fit or not.
   *
   * @return how many
   */
  long trimTo(long budgetBytes) throws IOException {
    TreeMap<Long, Long> byRun = byRun();
    long left = budgetBytes;
    for (Map.Entry<Long, Long> run : byRun.descendingMap().entrySet()) {
      left -= run.getValue();
      if (left < 0 && !run.getKey().equals(byRun.lastKey())) {
        return removeUpTo(run.getKey());
      }
    }
    return 0;
  }

  /** Bytes of rows by the run that met them last. */
  private TreeMap<Long, Long> byRun() throws IOException {
    return graph.change(handle -> {
      TreeMap<Long, Long> sizes = new TreeMap<>();
      handle
          .createQuery(SIZES)
          .bind("space", space)
          .map((row, _) -> Map.entry(row.getLong(1), row.getLong(2)))
          .forEach(entry -> sizes.merge(entry.getKey(), entry.getValue(), Long::sum));
      return sizes;
    });
  }

  private long removeUpTo(long run) throws IOException {
    long removed = 0;
    long gone;
    do {
      gone =
          graph.change(handle -> {
            delete(
                handle,
                "DELETE FROM edge WHERE space = :space AND child IN (" + some("vertex") + ")",
                run);
            delete(
                handle,
                "DELETE FROM cost WHERE space = :space AND vertex IN (" + some("vertex") + ")",
                run);
            return deleteSome(handle, "vertex", run) + deleteSome(handle, "region", run);
          });
      removed += gone;
    } while (gone > 0);
    return removed
        + graph.change(handle ->
            delete(handle, "DELETE FROM trace WHERE space = :space AND run <= :run", run));
  }

  private long deleteSome(Handle handle, String table, long run) {
    return delete(
        handle,
        "DELETE FROM " + table + " WHERE space = :space AND key IN (" + some(table) + ")",
        run);
  }

  /** The same rows each time within a transaction. */
  private static String some(String table) {
    return "SELECT key FROM "
        + table
        + " WHERE space = :space AND last_run <= :run ORDER BY key LIMIT "
        + BATCH;
  }

  private long delete(Handle handle, String sql, long run) {
    return handle.createUpdate(sql).bind("space", space).bind("run", run).execute();
  }
}
