package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.GraphDatabase.Session;
import dev.reprise.store.exchange.GraphChange;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** The changes of one transaction. */
final class Updates implements RunChanges {
  static final String ARTIFACT_BYTES = "artifact_bytes";

  /** Pieces that one transaction removes or looks at, each some ten microseconds. */
  static final int PIECES_AT_ONCE = 2_000;

  private final Session session;
  private final ExperimentStore store;
  private long run;

  Updates(Session session, ExperimentStore store, long run) {
    this.session = session;
    this.store = store;
    this.run = run;
  }

  /** Adds a run; returns its number. */
  long begin(RunFacts facts) throws SQLException {
    PreparedStatement insert =
        session.prepared(
            "INSERT INTO run(user, host, script, arguments, version, started)"
                + " VALUES(?, ?, ?, ?, ?, ?)");
    insert.setString(1, facts.user());
    insert.setString(2, facts.host());
    insert.setString(3, facts.script());
    insert.setString(4, facts.arguments());
    insert.setString(5, facts.version());
    insert.setLong(6, facts.startedMillis());
    insert.executeUpdate();
    try (Statement statement = session.connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT last_insert_rowid()")) {
      run = result.getLong(1);
      return run;
    }
  }

  /** Adds a run that was recalled without the graph, unless it is there. */
  void recalled(RecalledPrograms.Recall recall) throws SQLException {
    GraphChange.Run noted = recall.run();
    PreparedStatement find =
        session.prepared(
            "SELECT 1 FROM run WHERE started = ? AND user = ? AND host = ? AND script = ?"
                + " AND status = ? AND seconds = ?");
    find.setLong(1, noted.facts().startedMillis());
    find.setString(2, noted.facts().user());
    find.setString(3, noted.facts().host());
    find.setString(4, noted.facts().script());
    find.setString(5, noted.status());
    find.setDouble(6, noted.seconds());
    try (ResultSet row = find.executeQuery()) {
      if (row.next()) {
        return;
      }
    }
    begin(noted.facts());
    ended(noted.status(), noted.seconds());
    uses(Map.of(recall.program(), 1));
    for (GraphChange change : recall.changes()) {
      switch (change) {
        case GraphChange.TraceText trace -> trace(trace.name(), trace.key(), trace.text());
        case GraphChange.Scored score -> score(score.name(), score.key(), score.value());
        default -> {
          // Nothing else is kept of one.
        }
      }
    }
  }

  @Override
  public void ended(String status, double seconds) throws SQLException {
    PreparedStatement update =
        session.prepared("UPDATE run SET status = ?, seconds = ? WHERE id = ?");
    update.setString(1, status);
    update.setDouble(2, seconds);
    update.setLong(3, run);
    update.executeUpdate();
  }

  /**
   * A value of this run: counted once for each run, its cost the least that was measured. Its
   * operation is what says most: older versions have cut long ones, and left out types.
   */
  @Override
  public void vertex(Vertex vertex) throws SQLException {
    PreparedStatement put =
        session.prepared(
            "INSERT INTO vertex(key, operation, cost_nanos, bytes, frequency, first_run, last_run)"
                + " VALUES(?, ?, ?, ?, 1, ?5, ?5) ON CONFLICT(key) DO UPDATE SET"
                + " operation = CASE WHEN length(excluded.operation) > length(operation)"
                + " THEN excluded.operation ELSE operation END,"
                + " cost_nanos = CASE WHEN cost_nanos = 0 THEN excluded.cost_nanos"
                + " WHEN excluded.cost_nanos = 0 THEN cost_nanos"
                + " ELSE min(cost_nanos, excluded.cost_nanos) END,"
                + " bytes = max(bytes, excluded.bytes),"
                + " frequency = frequency + (last_run <> excluded.last_run),"
                + " last_run = excluded.last_run");
    GraphDatabase.setKey(put, 1, vertex.key());
    put.setString(2, vertex.operation());
    put.setLong(3, vertex.costNanos());
    put.setLong(4, vertex.bytes());
    put.setLong(5, run);
    put.executeUpdate();
    if (vertex.measured() != null) {
      measured(vertex.key(), vertex.measured());
    }
    PreparedStatement edge =
        session.prepared("INSERT OR IGNORE INTO edge(child, position, parent) VALUES(?, ?, ?)");
    for (int i = 0; i < vertex.inputs().size(); i++) {
      GraphDatabase.setKey(edge, 1, vertex.key());
      edge.setInt(2, i);
      GraphDatabase.setKey(edge, 3, vertex.inputs().get(i));
      edge.executeUpdate();
    }
  }

  @Override
  public void measured(Key vertex, DeviceCost cost) throws SQLException {
    GraphCosts.add(session, vertex, cost);
  }

  /**
   * Adds an artifact unless its key has one; its file gets its name in this transaction, so that
   * whoever removes files without owner does not see it in between.
   *
   * @param draft the file with its content, null when the artifact holds it
   */
  @Override
  public boolean artifact(Artifact artifact, Key vertex, Path draft)
      throws SQLException, IOException {
    LaidContents laid = new LaidContents(session, store.pieces());
    if (draft != null && laid.has(artifact.hash())) {
      // The same content came in pieces.
      return insert(artifact, vertex);
    }
    boolean first = draft == null || !isOwned(artifact.hash());
    if (!insert(artifact, vertex)) {
      return false;
    }
    if (draft != null) {
      store.files().publish(draft, artifact.hash());
    }
    if (first) {
      GraphDatabase.add(session, ARTIFACT_BYTES, artifact.bytes());
    }
    return true;
  }

  @Override
  public boolean artifact(Artifact artifact, Key vertex, PieceWriter content)
      throws SQLException, IOException {
    LaidContents laid = new LaidContents(session, store.pieces());
    if (isOwned(artifact.hash())) {
      GraphDatabase.add(session, ARTIFACT_BYTES, replaceDamaged(laid, artifact, content));
      return insert(artifact, vertex);
    }
    if (!laid.isComplete(content) || !insert(artifact, vertex)) {
      return false;
    }
    GraphDatabase.add(session, ARTIFACT_BYTES, laid.add(artifact.hash(), content));
    return true;
  }

  /**
   * Puts a content that was computed again in the place of the one that is there, which may be why
   * it was; returns what it takes more.
   */
  private long replaceDamaged(LaidContents laid, Artifact artifact, PieceWriter content)
      throws SQLException, IOException {
    Key hash = artifact.hash();
    if (!laid.isComplete(content)) {
      // What is there has to do.
      return laid.has(hash) ? laid.replaceDamaged(content) : 0;
    }
    if (!laid.has(hash)) {
      // A file of its own, by an older version.
      store.files().delete(hash);
      return laid.add(hash, content) - artifact.bytes();
    }
    try {
      laid.find(hash);
    } catch (IOException e) {
      return laid.replace(hash, content);
    }
    return laid.replaceDamaged(content);
  }

  /** False when the key has an artifact. */
  private boolean insert(Artifact artifact, Key vertex) throws SQLException {
    PreparedStatement insert =
        session.prepared(
            "INSERT OR IGNORE INTO artifact(key, vertex, hash, bytes, cost_nanos, content, run,"
                + " uses, last_run) VALUES(?, ?, ?, ?, ?, ?, ?7, 0, ?7)");
    GraphDatabase.setKey(insert, 1, artifact.key());
    GraphDatabase.setKey(insert, 2, vertex);
    GraphDatabase.setKey(insert, 3, artifact.hash());
    insert.setLong(4, artifact.bytes());
    insert.setLong(5, artifact.costNanos());
    insert.setBytes(6, artifact.content());
    insert.setLong(7, run);
    return insert.executeUpdate() > 0;
  }

  /** Whether an artifact has this content, not in the graph itself. */
  private boolean isOwned(Key hash) throws SQLException {
    PreparedStatement find =
        session.prepared("SELECT 1 FROM artifact WHERE hash = ? AND content IS NULL LIMIT 1");
    GraphDatabase.setKey(find, 1, hash);
    try (ResultSet result = find.executeQuery()) {
      return result.next();
    }
  }

  /**
   * Removes artifacts until the rest takes so many bytes, or others have waited long enough for
   * their turn; returns how many, at least one unless there was none to remove.
   */
  int removeSome(List<Artifact> victims, long bytes) throws SQLException, IOException {
    int removed = 0;
    int looked = 0;
    for (Artifact victim : victims) {
      if (looked >= PIECES_AT_ONCE || GraphDatabase.number(session, ARTIFACT_BYTES) <= bytes) {
        break;
      }
      looked += remove(victim);
      removed++;
    }
    return removed;
  }

  /**
   * Removes an artifact, and its file with the last artifact that has it; returns how many pieces
   * were looked at.
   */
  int remove(Artifact artifact) throws SQLException, IOException {
    PreparedStatement delete = session.prepared("DELETE FROM artifact WHERE key = ? AND hash = ?");
    GraphDatabase.setKey(delete, 1, artifact.key());
    GraphDatabase.setKey(delete, 2, artifact.hash());
    if (delete.executeUpdate() == 0) {
      return 0;
    }
    if (artifact.isInline()) {
      GraphDatabase.add(session, ARTIFACT_BYTES, -artifact.bytes());
    } else if (!isOwned(artifact.hash())) {
      LaidContents laid = new LaidContents(session, store.pieces());
      if (laid.has(artifact.hash())) {
        LaidContents.Removed removed = laid.remove(artifact.hash());
        GraphDatabase.add(session, ARTIFACT_BYTES, -removed.bytes());
        return removed.pieces();
      }
      store.files().delete(artifact.hash());
      GraphDatabase.add(session, ARTIFACT_BYTES, -artifact.bytes());
    }
    return 0;
  }

  /**
   * Removes an artifact that turned out to be damaged, and those of its pieces that are.
   *
   * @param suspects the pieces that were found damaged, with their lengths; somebody may have
   *     written them again meanwhile
   */
  void removeDamaged(Artifact artifact, Map<Key, Integer> suspects)
      throws SQLException, IOException {
    LaidContents laid = new LaidContents(session, store.pieces());
    for (Map.Entry<Key, Integer> piece : suspects.entrySet()) {
      long gone = laid.damaged(piece.getKey(), piece.getValue());
      GraphDatabase.add(session, ARTIFACT_BYTES, -gone);
    }
    remove(artifact);
  }

  @Override
  public void uses(Map<Key, Integer> uses) throws SQLException {
    PreparedStatement update =
        session.prepared("UPDATE artifact SET uses = uses + ?, last_run = ? WHERE key = ?");
    PreparedStatement outcome = session.prepared("UPDATE region SET last_run = ? WHERE key = ?");
    for (Map.Entry<Key, Integer> use : uses.entrySet()) {
      update.setInt(1, use.getValue());
      update.setLong(2, run);
      GraphDatabase.setKey(update, 3, use.getKey());
      if (update.executeUpdate() == 0) {
        outcome.setLong(1, run);
        GraphDatabase.setKey(outcome, 2, use.getKey());
        outcome.executeUpdate();
      }
    }
  }

  @Override
  public void region(Key key, byte[] record, long costNanos) throws SQLException {
    PreparedStatement put =
        session.prepared(
            "INSERT INTO region(key, record, cost_nanos, run, last_run) VALUES(?, ?, ?, ?4, ?4) ON"
                + " CONFLICT(key) DO UPDATE SET record = excluded.record, cost_nanos ="
                + " max(cost_nanos, excluded.cost_nanos), last_run = excluded.last_run");
    GraphDatabase.setKey(put, 1, key);
    put.setBytes(2, record);
    put.setLong(3, costNanos);
    put.setLong(4, run);
    put.executeUpdate();
  }

  @Override
  public void trace(String name, Key key, byte[] text) throws SQLException {
    PreparedStatement put =
        session.prepared("INSERT OR REPLACE INTO trace(run, name, key, text) VALUES(?, ?, ?, ?)");
    put.setLong(1, run);
    put.setString(2, name);
    GraphDatabase.setKey(put, 3, key);
    put.setBytes(4, text);
    put.executeUpdate();
  }

  @Override
  public void score(String name, Key key, double value) throws SQLException {
    PreparedStatement put =
        session.prepared("INSERT OR REPLACE INTO score(run, name, key, value) VALUES(?, ?, ?, ?)");
    put.setLong(1, run);
    put.setString(2, name);
    put.setBytes(3, key == null ? null : Keys.bytes(key));
    put.setDouble(4, value);
    put.executeUpdate();
  }
}
