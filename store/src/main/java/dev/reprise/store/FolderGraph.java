package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.GraphSink;
import dev.reprise.store.exchange.GraphSource;
import dev.reprise.store.exchange.MergeTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The whole graph of a folder's store, to be copied from it or to it; for one thread. */
public final class FolderGraph implements GraphSource, MergeTarget {
  private static final String RUN_COLUMNS =
      "SELECT id, user, host, script, arguments, version, started, seconds, status FROM run";

  private final ExperimentStore store;

  /** Contents that are here and belong to nothing yet. */
  private final Map<Key, Path> drafts = new HashMap<>();

  /** Of these, the ones that were cut. */
  private final Map<Key, PieceWriter> cut = new HashMap<>();

  public FolderGraph(ExperimentStore store) {
    this.store = store;
  }

  // ---- from here

  @Override
  public void giveTo(GraphSink sink) throws IOException {
    try {
      store
          .database()
          .ask(session -> {
            // One view of all tables: a run that begins meanwhile is in none of them.
            session.connection.setAutoCommit(false);
            try {
              runs(session, sink);
              vertices(session, sink);
              costs(session, sink);
              regions(session, sink);
              traces(session, sink);
              scores(session, sink);
              artifacts(session, sink);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } finally {
              session.connection.rollback();
              session.connection.setAutoCommit(true);
            }
            return null;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void runs(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    try (ResultSet row = session.prepared(RUN_COLUMNS + " ORDER BY id").executeQuery()) {
      while (row.next()) {
        double seconds = row.getDouble(8);
        boolean running = row.wasNull();
        RunFacts facts =
            new RunFacts(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getLong(7));
        sink.take(
            new GraphChange.Run(row.getLong(1), facts, running ? -1 : seconds, row.getString(9)));
      }
    }
  }

  private static void vertices(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement edges =
        session.prepared("SELECT parent FROM edge WHERE child = ? ORDER BY position");
    PreparedStatement find =
        session.prepared(
            "SELECT key, operation, cost_nanos, bytes, frequency, last_run FROM vertex");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        Key key = Keys.of(row.getBytes(1));
        List<Key> inputs = new ArrayList<>();
        GraphDatabase.setKey(edges, 1, key);
        try (ResultSet edge = edges.executeQuery()) {
          while (edge.next()) {
            inputs.add(Keys.of(edge.getBytes(1)));
          }
        }
        Vertex vertex = new Vertex(key, row.getString(2), inputs, row.getLong(3), row.getLong(4));
        sink.take(new GraphChange.Seen(row.getLong(6), vertex, row.getLong(5)));
      }
    }
  }

  private static void costs(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement find =
        session.prepared(
            "SELECT v.last_run, c.vertex, c.device, c.count, c.nanos FROM cost c JOIN vertex v ON"
                + " v.key = c.vertex ORDER BY c.vertex, c.device");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        DeviceCost cost = new DeviceCost(row.getString(3), row.getLong(4), row.getLong(5));
        sink.take(new GraphChange.Measured(row.getLong(1), Keys.of(row.getBytes(2)), cost));
      }
    }
  }

  private static void regions(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement find =
        session.prepared("SELECT run, key, record, cost_nanos FROM region ORDER BY key");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        sink.take(
            new GraphChange.Region(
                row.getLong(1), Keys.of(row.getBytes(2)), row.getBytes(3), row.getLong(4)));
      }
    }
  }

  private static void traces(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement find =
        session.prepared("SELECT run, name, key, text FROM trace ORDER BY run, name");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        sink.take(
            new GraphChange.TraceText(
                row.getLong(1), row.getString(2), Keys.of(row.getBytes(3)), row.getBytes(4)));
      }
    }
  }

  private static void scores(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement find =
        session.prepared("SELECT run, name, key, value FROM score ORDER BY run, name");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        byte[] key = row.getBytes(3);
        sink.take(
            new GraphChange.Scored(
                row.getLong(1),
                row.getString(2),
                key == null ? null : Keys.of(key),
                row.getDouble(4)));
      }
    }
  }

  private void artifacts(GraphDatabase.Session session, GraphSink sink)
      throws SQLException, IOException {
    PreparedStatement find =
        session.prepared(
            "SELECT run, key, vertex, hash, bytes, cost_nanos, content, uses FROM artifact ORDER BY"
                + " key");
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        GraphChange.Kept kept =
            new GraphChange.Kept(
                row.getLong(1),
                Keys.of(row.getBytes(2)),
                Keys.of(row.getBytes(3)),
                Keys.of(row.getBytes(4)),
                row.getLong(5),
                row.getLong(6),
                row.getBytes(7),
                row.getLong(8));
        if (kept.content() != null) {
          sink.take(kept);
        } else {
          Artifact artifact =
              new Artifact(kept.key(), kept.hash(), kept.bytes(), kept.costNanos(), null);
          sink.take(kept, () -> StoredStream.of(store, artifact));
        }
      }
    }
  }

  // ---- to here

  @Override
  public Begun begin(GraphChange.Run run) {
    return store
        .database()
        .change(session -> {
          PreparedStatement find =
              session.prepared(
                  "SELECT id FROM run WHERE started = ? AND user = ? AND host = ? AND script = ?"
                      + " AND coalesce(status, 'no end') = ? ORDER BY id LIMIT 1");
          find.setLong(1, run.facts().startedMillis());
          find.setString(2, run.facts().user());
          find.setString(3, run.facts().host());
          find.setString(4, run.facts().script());
          find.setString(5, run.status());
          try (ResultSet row = find.executeQuery()) {
            if (row.next()) {
              return new Begun(row.getLong(1), false);
            }
          }
          Updates updates = new Updates(session, store, 0);
          long id = updates.begin(run.facts());
          updates.ended(run.status(), run.seconds());
          return new Begun(id, true);
        });
  }

  @Override
  public boolean has(Key key) {
    return store.find(key) != null;
  }

  @Override
  public void bring(Key hash, long bytes, GraphSink.Opening content) throws IOException {
    Path there = store.files().of(hash);
    if (drafts.containsKey(hash)
        || isLaid(hash)
        || Files.exists(there) && Files.size(there) == bytes) {
      return;
    }
    Path draft = store.files().draft();
    drafts.put(hash, draft);
    try (InputStream in = content.open()) {
      Files.copy(in, draft);
    }
    try (InputStream in = Files.newInputStream(draft)) {
      if (!ContentHash.of(in).equals(hash)) {
        throw new IOException("the content of fingerprint " + hash + " was damaged on its way");
      }
    }
    cut(hash, draft);
  }

  private boolean isLaid(Key hash) throws IOException {
    try {
      return store.contents().layoutOf(hash) != null;
    } catch (DamagedContentException e) {
      // What comes takes its place.
      return false;
    }
  }

  /** Cuts a content as a run would have; one that stays whole keeps its draft. */
  private void cut(Key hash, Path draft) throws IOException {
    PieceWriter pieces = store.contents().newPieces();
    cut.put(hash, pieces);
    if (!WholeContent.cut(draft, pieces)) {
      cut.remove(hash).close();
    }
  }

  @Override
  public void write(List<GraphChange> changes) throws IOException {
    try {
      store
          .database()
          .change(session -> {
            try {
              for (GraphChange change : changes) {
                write(session, change);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return null;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      for (Path left : drafts.values()) {
        Files.deleteIfExists(left);
      }
      for (PieceWriter left : cut.values()) {
        left.close();
      }
      drafts.clear();
      cut.clear();
    }
    store.keepWithinBudget(0);
  }

  private void write(GraphDatabase.Session session, GraphChange change)
      throws SQLException, IOException {
    switch (change) {
      case GraphChange.Seen seen -> {
        updates(session, seen.run()).vertex(seen.vertex());
        PreparedStatement more =
            session.prepared("UPDATE vertex SET frequency = frequency + ? WHERE key = ?");
        more.setLong(1, seen.frequency() - 1);
        GraphDatabase.setKey(more, 2, seen.vertex().key());
        more.executeUpdate();
      }
      case GraphChange.Measured measured ->
          updates(session, measured.run()).measured(measured.vertex(), measured.cost());
      case GraphChange.Kept kept -> keep(session, kept);
      case GraphChange.Region region ->
          updates(session, region.run()).region(region.key(), region.record(), region.costNanos());
      case GraphChange.TraceText trace ->
          updates(session, trace.run()).trace(trace.name(), trace.key(), trace.text());
      case GraphChange.Scored score ->
          updates(session, score.run()).score(score.name(), score.key(), score.value());
      case GraphChange.Run _, GraphChange.Used _, GraphChange.Ended _, GraphChange.Removed _ ->
          throw new IllegalArgumentException("no change of a copy: " + change);
    }
  }

  private Updates updates(GraphDatabase.Session session, long run) {
    return new Updates(session, store, run);
  }

  private void keep(GraphDatabase.Session session, GraphChange.Kept kept)
      throws SQLException, IOException {
    Artifact artifact =
        new Artifact(kept.key(), kept.hash(), kept.bytes(), kept.costNanos(), kept.content());
    Updates updates = updates(session, kept.run());
    if (add(session, updates, kept, artifact) && kept.uses() > 0) {
      updates.uses(Map.of(kept.key(), (int) Math.min(kept.uses(), Integer.MAX_VALUE)));
    }
  }

  private boolean add(
      GraphDatabase.Session session, Updates updates, GraphChange.Kept kept, Artifact artifact)
      throws SQLException, IOException {
    Key hash = kept.hash();
    if (kept.content() != null) {
      return updates.artifact(artifact, kept.vertex(), (Path) null);
    }
    PieceWriter pieces = cut.get(hash);
    if (pieces != null) {
      // A piece that was known may have gone meanwhile: then the content stays whole.
      return updates.artifact(artifact, kept.vertex(), pieces)
          || updates.artifact(artifact, kept.vertex(), drafts.get(hash));
    }
    Path draft = drafts.remove(hash);
    if (draft == null) {
      // It is here with another artifact.
      draft = store.files().draft();
      if (Files.exists(store.files().of(hash))) {
        // A copy takes the place of its file, which has the same bytes.
        Files.copy(store.files().of(hash), draft);
      } else if (!new LaidContents(session, store.pieces()).has(hash)) {
        throw new IOException("the content of " + kept.key() + " did not come with it");
      }
    }
    try {
      return updates.artifact(artifact, kept.vertex(), draft);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
