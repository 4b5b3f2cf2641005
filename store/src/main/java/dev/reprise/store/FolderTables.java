package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Provenance.Value;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rows of a folder's graph, one key at a time: it lies in this process. */
final class FolderTables implements GraphTables {
  private static final String VALUE = "SELECT key, operation, " + VALUE_COLUMNS + " FROM vertex ";

  private final GraphDatabase database;

  FolderTables(GraphDatabase database) {
    this.database = database;
  }

  @Override
  public List<Key> values(Key least, Key greatest, int limit) {
    return keys(
        "SELECT key FROM vertex WHERE key BETWEEN ?1 AND ?2 LIMIT ?3", least, greatest, limit);
  }

  @Override
  public List<Key> others(Key least, Key greatest, int limit) {
    return keys(
        "SELECT key FROM trace WHERE key BETWEEN ?1 AND ?2 UNION SELECT vertex FROM artifact WHERE"
            + " vertex BETWEEN ?1 AND ?2 LIMIT ?3",
        least,
        greatest,
        limit);
  }

  private List<Key> keys(String sql, Key least, Key greatest, int limit) {
    return database.ask(session -> {
      PreparedStatement find = session.prepared(sql);
      GraphDatabase.setKey(find, 1, least);
      GraphDatabase.setKey(find, 2, greatest);
      find.setInt(3, limit);
      return keys(find);
    });
  }

  private static List<Key> keys(PreparedStatement find) throws SQLException {
    List<Key> keys = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        keys.add(Keys.of(row.getBytes(1)));
      }
    }
    return keys;
  }

  @Override
  public Looked vertices(List<Key> keys) {
    List<Vertex> found = new ArrayList<>();
    for (Key key : keys) {
      Value value = value(key);
      if (value != null) {
        List<Key> inputs = operands(key, Integer.MAX_VALUE);
        found.add(new Vertex(key, value.operation(), inputs, value.costNanos(), value.bytes()));
      }
    }
    return new Looked(keys.size(), found);
  }

  @Override
  public Value value(Key key) {
    List<Value> found =
        database.ask(session -> {
          PreparedStatement find = session.prepared(VALUE + "WHERE key = ?");
          GraphDatabase.setKey(find, 1, key);
          return values(find);
        });
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<Key> operands(Key key, int limit) {
    return database.ask(session -> {
      PreparedStatement find =
          session.prepared("SELECT parent FROM edge WHERE child = ? ORDER BY position LIMIT ?");
      GraphDatabase.setKey(find, 1, key);
      find.setInt(2, limit);
      return keys(find);
    });
  }

  @Override
  public List<Value> users(Key key, int limit) {
    return database.ask(session -> {
      PreparedStatement find =
          session.prepared(
              VALUE
                  + "WHERE key IN (SELECT child FROM edge WHERE parent = ?) ORDER BY last_run"
                  + " DESC, key LIMIT ?");
      GraphDatabase.setKey(find, 1, key);
      find.setInt(2, limit);
      return values(find);
    });
  }

  private static List<Value> values(PreparedStatement find) throws SQLException {
    List<Value> values = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        values.add(GraphTables.valueOf(Keys.of(row.getBytes(1)), row));
      }
    }
    return values;
  }

  /** Looks at all artifacts once: they are not ordered by what they are the values of. */
  @Override
  public List<ArtifactEntry> artifactsOf(Collection<Key> keys) {
    Set<Key> wanted = new HashSet<>(keys);
    return database.ask(session -> {
      List<ArtifactEntry> found = new ArrayList<>();
      // What lies behind a content in its row is looked up where it is wanted only.
      PreparedStatement all = session.prepared("SELECT vertex, key FROM artifact");
      PreparedStatement find =
          session.prepared("SELECT bytes, cost_nanos, run, uses FROM artifact WHERE key = ?");
      try (ResultSet row = all.executeQuery()) {
        while (row.next()) {
          Key lineage = Keys.of(row.getBytes(1));
          if (wanted.contains(lineage)) {
            found.addAll(entries(find, Keys.of(row.getBytes(2)), lineage));
          }
        }
      }
      return found;
    });
  }

  private static List<ArtifactEntry> entries(PreparedStatement find, Key key, Key lineage)
      throws SQLException {
    GraphDatabase.setKey(find, 1, key);
    List<ArtifactEntry> found = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        found.add(
            new ArtifactEntry(
                key, lineage, "", row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
      }
    }
    return found;
  }
}
