package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.Artifact;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.PieceWriter;
import dev.reprise.store.RunChanges;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunTarget;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Map;

/**
 * Writes a run to a server: contents first, then what is to be known of them. Many changes go in
 * several requests, each of which the server makes as a whole or not at all.
 */
final class RemoteTarget implements RunTarget {
  private static final int BATCH_BYTES = 1 << 20;

  /** Contents that are there without what tells of them: a server takes so many and no more. */
  private static final int MOST_CONTENTS = 32;

  private final ServerConnection connection;
  private final RemoteContents contents;
  private final RunFacts facts;

  /** Its number, 0 before the server knows of it. */
  private long run;

  RemoteTarget(ServerConnection connection, RemoteContents contents, RunFacts facts) {
    this.connection = connection;
    this.contents = contents;
    this.facts = facts;
  }

  @Override
  public String name() {
    return connection.name();
  }

  @Override
  public boolean has(Key key) {
    return connection.send("HEAD", "/v1/artifacts/" + key).status() != ServerConnection.ABSENT;
  }

  @Override
  public Path draft() throws IOException {
    return RemoteContents.draft();
  }

  @Override
  public FileChannel openDraft(Path draft) throws IOException {
    return FileChannel.open(draft, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
  }

  @Override
  public PieceWriter pieces() {
    return connection.takesPieces() ? contents.pieces() : null;
  }

  @Override
  public void remove(Artifact artifact) {
    try {
      Collected changes = new Collected();
      changes.add(new GraphChange.Removed(artifact.key(), artifact.hash()));
      changes.flush();
    } catch (IOException e) {
      throw connection.garbled(e);
    }
  }

  @Override
  public void write(Batch batch) throws IOException {
    if (run == 0) {
      run = begin(connection, new GraphChange.Run(0, facts, -1, null));
    }
    Collected changes = new Collected();
    try {
      batch.applyTo(changes);
    } catch (SQLException e) {
      throw new IllegalStateException("a server's changes need no database", e);
    }
    changes.flush();
  }

  /** The number that the server gives a run. */
  static long begin(ServerConnection connection, GraphChange.Run run) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ChangeWriter(bytes).write(run);
    byte[] answer = connection.send("POST", "/v1/runs", bytes.toByteArray()).body();
    return new ChangeReader(new ByteArrayInputStream(answer)).number();
  }

  /** Changes that wait to be sent together. */
  private final class Collected implements RunChanges {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ChangeWriter writer = new ChangeWriter(bytes);
    private int contentsSent;

    void add(GraphChange change) throws IOException {
      writer.write(change);
      if (bytes.size() >= BATCH_BYTES) {
        flush();
      }
    }

    void flush() throws IOException {
      if (bytes.size() > 0) {
        byte[] body = bytes.toByteArray();
        bytes.reset();
        contentsSent = 0;
        connection.send("POST", "/v1/changes", body);
      }
    }

    @Override
    public void ended(String status, double seconds) throws IOException {
      add(new GraphChange.Ended(run, status, seconds));
    }

    @Override
    public void vertex(Vertex vertex) throws IOException {
      add(new GraphChange.Seen(run, vertex, 1));
      if (vertex.measured() != null) {
        measured(vertex.key(), vertex.measured());
      }
    }

    @Override
    public void measured(Key vertex, DeviceCost cost) throws IOException {
      if (connection.knowsCosts()) {
        add(new GraphChange.Measured(run, vertex, cost));
      }
    }

    private interface Sending {
      void send() throws IOException;
    }

    @Override
    public boolean artifact(Artifact artifact, Key vertex, Path draft) throws IOException {
      if (draft == null) {
        add(artifact, vertex);
        return true;
      }
      return sent(artifact, vertex, () -> contents.store(artifact.hash(), artifact.bytes(), draft));
    }

    @Override
    public boolean artifact(Artifact artifact, Key vertex, PieceWriter content) throws IOException {
      return sent(artifact, vertex, () -> contents.store(artifact.hash(), content));
    }

    /** The content first; false when there is no room for it, or too much on its way at once. */
    private boolean sent(Artifact artifact, Key vertex, Sending content) throws IOException {
      try {
        content.send();
      } catch (StoreException e) {
        if (connection.problem() != null || !e.isPassing()) {
          throw e;
        }
        return false;
      }
      add(artifact, vertex);
      if (++contentsSent >= MOST_CONTENTS) {
        flush();
      }
      return true;
    }

    private void add(Artifact artifact, Key vertex) throws IOException {
      add(
          new GraphChange.Kept(
              run,
              artifact.key(),
              vertex,
              artifact.hash(),
              artifact.bytes(),
              artifact.costNanos(),
              artifact.content(),
              0));
    }

    @Override
    public void uses(Map<Key, Integer> uses) throws IOException {
      for (Map.Entry<Key, Integer> use : uses.entrySet()) {
        add(new GraphChange.Used(run, use.getKey(), use.getValue()));
      }
    }

    @Override
    public void region(Key key, byte[] record, long costNanos) throws IOException {
      if (record.length <= Protocol.LONGEST_RECORD_BYTES) {
        add(new GraphChange.Region(run, key, record, costNanos));
      }
    }

    @Override
    public void trace(String name, Key key, byte[] text) throws IOException {
      if (text.length <= Protocol.LONGEST_RECORD_BYTES) {
        add(new GraphChange.TraceText(run, name, key, text));
      }
    }

    @Override
    public void score(String name, Key key, double value) throws IOException {
      add(new GraphChange.Scored(run, name, key, value));
    }
  }
}
