package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Questions that people ask a store: what ran, what is kept, where a value came from. */
public final class Experiments {
  private final ExperimentStore store;

  public Experiments(ExperimentStore store) {
    this.store = store;
  }

  /**
   * One execution.
   *
   * @param id its number in the store
   * @param seconds negative while it runs, or when it was killed
   * @param status how it ended; null likewise
   * @param scores what it said of its models, in alphabetical order of their names
   */
  public record RunEntry(
      long id, RunFacts facts, double seconds, String status, List<Score> scores) {}

  /**
   * @param key of the model, null when it has no lineage
   */
  public record Score(String name, Key key, double value) {}

  /**
   * A kept value.
   *
   * @param operation that made it, empty when the graph does not have it
   * @param run that added it
   * @param uses how often later runs loaded it
   */
  public record ArtifactEntry(
      Key key, Key lineage, String operation, long bytes, long costNanos, long run, long uses) {}

  /**
   * What the store holds, in numbers.
   *
   * @param artifactBytes contents, each counted once
   */
  public record Totals(
      long runs, long vertices, long edges, long artifacts, long artifactBytes, long regions) {}

  /** Lineage that a run wrote beside a file, or that it kept. */
  public record TraceEntry(String name, Key key) {}

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

  /** The latest runs, the last one first. */
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

  /**
   * @throws StoreException when there is no such run
   */
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
    if (found.isEmpty()) {
      throw new StoreException(
          "the experiment store "
              + store.folder()
              + " has no run "
              + id
              + "; 'reprise experiments list' shows which there are");
    }
    return found.getFirst();
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

  /**
   * Kept values, those first that took longest to compute.
   *
   * @param run only what this run added; 0 for all
   */
  public List<ArtifactEntry> artifacts(long run, int limit) {
    return store
        .database()
        .ask(session -> {
          PreparedStatement find =
              session.prepared(
                  "SELECT a.key, a.vertex, coalesce(v.operation, ''), a.bytes, a.cost_nanos, a.run,"
                      + " a.uses FROM artifact a LEFT JOIN vertex v ON v.key = a.vertex WHERE ?1 ="
                      + " 0 OR a.run = ?1 ORDER BY a.cost_nanos DESC LIMIT ?2");
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

  /** The traces that a run left, by name. */
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

  /**
   * The text of a trace as the run left it.
   *
   * @throws StoreException when there is none of that name
   */
  public String trace(long run, String name) {
    byte[] compressed = compressed(run, name);
    if (compressed == null) {
      throw new StoreException(
          "run "
              + run
              + " of "
              + store.folder()
              + " has left no trace named '"
              + name
              + "'; 'reprise experiments show "
              + run
              + "' lists them");
    }
    try {
      return TraceBytes.text(compressed);
    } catch (IOException e) {
      throw new StoreException("the trace '" + name + "' of run " + run + " is damaged", e);
    }
  }

  /** Something that reads a file. */
  public interface TraceUse {
    void read(Path trace) throws IOException;
  }

  /** Hands a trace to something that reads files; the file is gone afterwards. */
  public void withTraceFile(long run, String name, TraceUse use) throws IOException {
    String text = trace(run, name);
    Path file = Files.createTempFile("reprise-trace", ".lineage");
    try {
      Files.writeString(file, text);
      use.read(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private byte[] compressed(long run, String name) {
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
