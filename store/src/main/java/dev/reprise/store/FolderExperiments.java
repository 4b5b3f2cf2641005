package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.Experiments.RunEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.Experiments.Score;
import dev.reprise.store.Experiments.Totals;
import dev.reprise.store.Experiments.TraceEntry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers from the store of a folder. */
final class FolderExperiments implements ExperimentSource {
  private final ExperimentStore store;

  FolderExperiments(ExperimentStore store) {
    this.store = store;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Totals totals() {
    return store
        .database()
        .ask(session ->
            new Totals(
                count(session, "run"),
                count(session, "vertex"),
                count(session, "edge"),
                count(session, "artifact"),
                GraphDatabase.number(session, Updates.ARTIFACT_BYTES),
                count(session, "region")));
  }

  private static long count(GraphDatabase.Session session, String table) throws SQLException {
    try (ResultSet result = session.prepared("SELECT count(*) FROM " + table).executeQuery()) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  @Override
  public List<RunEntry> runs(int limit) {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared(
                  "SELECT id, user, host, script, arguments, version, started, seconds, status FROM"
                      + " run ORDER BY id DESC LIMIT ?");
          find.setInt(1, limit);
          return runs(session, find);
        });
  }

  @Override
  public RunEntry run(long id) {
    List<RunEntry> found =
        store
            .database()
            .ask(session -> {
              PreparedStatement find =
                  session.prepared(
                      "SELECT id, user, host, script, arguments, version, started, seconds, status"
                          + " FROM run WHERE id = ?");
              find.setLong(1, id);
              return runs(session, find);
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  private static List<RunEntry> runs(GraphDatabase.Session session, PreparedStatement find)
      throws SQLException {
    List<RunEntry> runs = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        RunFacts facts =
            new RunFacts(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getLong(7));
        double seconds = row.getDouble(8);
        boolean running = row.wasNull();
        long id = row.getLong(1);
        runs.add(
            new RunEntry(id, facts, running ? -1 : seconds, row.getString(9), scores(session, id)));
      }
    }
    return runs;
  }

  private static List<Score> scores(GraphDatabase.Session session, long run) throws SQLException {
    PreparedStatement find =
        session.prepared("SELECT name, key, value FROM score WHERE run = ? ORDER BY name");
    find.setLong(1, run);
    List<Score> scores = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        byte[] key = row.getBytes(2);
        scores.add(
            new Score(row.getString(1), key == null ? null : Keys.of(key), row.getDouble(3)));
      }
    }
    return scores;
  }

  @Override
  public List<ArtifactEntry> artifacts(long run, int limit) {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared(
                  "SELECT a.key, a.vertex, coalesce(v.operation, ''), a.bytes, a.cost_nanos, a.run,"
                      + " a.uses FROM artifact a LEFT JOIN vertex v ON v.key = a.vertex WHERE ?1 ="
                      + " 0 OR a.run = ?1 ORDER BY a.cost_nanos DESC, a.key LIMIT ?2");
          find.setLong(1, run);
          find.setInt(2, limit);
          List<ArtifactEntry> artifacts = new ArrayList<>();
          try (ResultSet row = find.executeQuery()) {
            while (row.next()) {
              artifacts.add(
                  new ArtifactEntry(
                      Keys.of(row.getBytes(1)),
                      Keys.of(row.getBytes(2)),
                      row.getString(3),
                      row.getLong(4),
                      row.getLong(5),
                      row.getLong(6),
                      row.getLong(7)));
            }
          }
          return artifacts;
        });
  }

  @Override
  public Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return store.costsOf(vertices);
  }

  @Override
  public List<DeviceTotal> devices() {
    return store.database().ask(GraphCosts::totals);
  }

  @Override
  public List<Key> lineages(String digits) {
    return new ProvenanceWalk(tables()).lineages(digits);
  }

  @Override
  public Provenance provenance(Key lineage, int most) {
    return new ProvenanceWalk(tables()).of(lineage, most);
  }

  @Override
  public GraphTables.Looked history(List<Key> lineages) {
    return new HistoryWalk(tables()).from(lineages);
  }

  @Override
  public List<ArtifactEntry> artifactsOf(Collection<Key> lineages) {
    return tables().artifactsOf(lineages);
  }

  private FolderTables tables() {
    return new FolderTables(store.database());
  }

  @Override
  public List<RunTrace> tracesOf(Collection<Key> lineages, int limit) {
    Set<Key> wanted = Set.copyOf(lineages);
    return store
        .database()
        .ask(session -> {
          // Many short keys before long texts: looked through faster than asked for one by one.
          PreparedStatement find =
              session.prepared("SELECT run, name, key FROM trace ORDER BY run DESC, name");
          List<RunTrace> traces = new ArrayList<>();
          try (ResultSet row = find.executeQuery()) {
            while (row.next() && traces.size() < limit) {
              Key key = Keys.of(row.getBytes(3));
              if (wanted.isEmpty() || wanted.contains(key)) {
                traces.add(new RunTrace(row.getLong(1), row.getString(2), key));
              }
            }
          }
          return traces;
        });
  }

  @Override
  public List<TraceEntry> traces(long run) {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared("SELECT name, key FROM trace WHERE run = ? ORDER BY name");
          find.setLong(1, run);
          List<TraceEntry> traces = new ArrayList<>();
          try (ResultSet row = find.executeQuery()) {
            while (row.next()) {
              traces.add(new TraceEntry(row.getString(1), Keys.of(row.getBytes(2))));
            }
          }
          return traces;
        });
  }

  @Override
  public byte[] compressedTrace(long run, String name) {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared("SELECT text FROM trace WHERE run = ? AND name = ?");
          find.setLong(1, run);
          find.setString(2, name);
          try (ResultSet row = find.executeQuery()) {
            return row.next() ? row.getBytes(1) : null;
          }
        });
  }
}
