package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * The rows of a graph, as walks through it need them: by key, few or many at a time. All keys are
 * those of lineages.
 *
 * @see ProvenanceWalk
 * @see HistoryWalk
 */
public interface GraphTables {
  /** Columns of {@code vertex} that a value is read from, behind its key and its operation. */
  String VALUE_COLUMNS = "bytes, cost_nanos, frequency, first_run, last_run";

  /**
   * The value of a row; whether it is kept is left open.
   *
   * @param key of the value
   * @param row at which the cursor is: key, operation, {@link #VALUE_COLUMNS}
   */
  static Provenance.Value valueOf(Key key, ResultSet row) throws SQLException {
    return new Provenance.Value(
        key,
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        false);
  }

  /** The first values from one key to another, in order. */
  List<Key> values(Key least, Key greatest, int limit);

  /** Likewise what is no value of the graph, but what a trace describes or an artifact holds. */
  List<Key> others(Key least, Key greatest, int limit);

  /**
   * Values with what they were made of.
   *
   * @param looked how many of the keys that were asked for have been looked for, at least one; the
   *     rest would have been too much at a time
   * @param vertices those of them that are known, in any order; without costs
   */
  record Looked(int looked, List<Vertex> vertices) {}

  /** Looks for values, one or more. */
  Looked vertices(List<Key> keys);

  /** One value; null when it is not known. Whether it is kept is left open. */
  Provenance.Value value(Key key);

  /** What it was made of, in order; the first ones. */
  List<Key> operands(Key key, int limit);

  /** What was made of it, those of the latest runs first. Whether they are kept is left open. */
  List<Provenance.Value> users(Key key, int limit);

  /** The artifacts of values. */
  List<ArtifactEntry> artifactsOf(Collection<Key> keys);
}
