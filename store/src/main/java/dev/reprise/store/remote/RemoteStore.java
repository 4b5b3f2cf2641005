package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.Artifact;
import dev.reprise.store.ExperimentSource;
import dev.reprise.store.Layout;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreException;
import dev.reprise.store.TableContent;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The store of a server, for the runs of one session. */
public final class RemoteStore implements RunStore {
  /** Several round trips of a local network; no clock is asked, so that hits can be repeated. */
  static final double ASKING_NANOS = 2e6;

  private final ServerConnection connection;
  private final LeasedClaims claims;
  private final RemoteContents contents;
  private final boolean readOnly;

  private RemoteStore(ServerConnection connection, boolean readOnly) {
    this.connection = connection;
    this.claims = new LeasedClaims(connection);
    this.contents = new RemoteContents(connection);
    this.readOnly = readOnly;
  }

  /**
   * Greets the server. One that does not answer gives a store that has nothing and takes nothing.
   *
   * @param tell takes the one sentence about a server that does not answer
   * @throws StoreException when the server answers and refuses the token
   */
  public static RemoteStore open(ServerAddress address, boolean readOnly, Consumer<String> tell) {
    ServerConnection connection = new ServerConnection(address, tell);
    try {
      connection.greet();
      return new RemoteStore(connection, readOnly);
    } catch (TokenRefusedException e) {
      connection.close();
      throw new StoreException(e.getMessage(), e);
    } catch (StoreException e) {
      return new RemoteStore(connection, readOnly);
    }
  }

  @Override
  public String name() {
    return connection.name();
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public double worthAskingNanos() {
    return connection.problem() == null ? ASKING_NANOS : Double.POSITIVE_INFINITY;
  }

  @Override
  public StoreException problem() {
    return connection.problem();
  }

  @Override
  public Artifact find(Key key) {
    ServerConnection.Answer answer = connection.get("/v1/artifacts/" + key);
    if (answer.status() == ServerConnection.ABSENT) {
      return null;
    }
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(answer.body()));
    try {
      return new Artifact(key, in.key(), in.number(), in.number(), in.bytesOrNull());
    } catch (IOException e) {
      throw connection.garbled(e);
    }
  }

  @Override
  public Path fileOf(Artifact artifact) {
    return Path.of(connection.address().uri().getAuthority(), artifact.hash().toString());
  }

  @Override
  public MemorySegment contentOf(Artifact artifact, Arena arena) throws IOException {
    return artifact.isInline()
        ? MemorySegment.ofArray(artifact.content())
        : contents.load(artifact.hash(), artifact.bytes(), arena);
  }

  @Override
  public TableContent tableOf(Artifact artifact) throws IOException {
    Layout layout =
        artifact.isInline() ? null : contents.layoutOf(artifact.hash(), artifact.bytes());
    if (layout == null || layout.cellBytes() == 1) {
      return null;
    }
    return new TableContent() {
      @Override
      public byte[] header() {
        return layout.header();
      }

      @Override
      public void cellsInto(MemorySegment cells) throws IOException {
        contents.piecesOf(layout).read(cells);
      }
    };
  }

  @Override
  public byte[] headerOf(Artifact artifact) {
    try {
      Layout layout = contents.layoutOf(artifact.hash(), artifact.bytes());
      return layout == null || layout.bytes() != artifact.bytes() ? null : layout.header();
    } catch (IOException | StoreException e) {
      // Whoever loads the content finds out.
      return null;
    }
  }

  @Override
  public byte[] region(Key key) {
    ServerConnection.Answer answer = connection.get("/v1/regions/" + key);
    return answer.status() == ServerConnection.ABSENT ? null : answer.body();
  }

  @Override
  public Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return RemoteCosts.of(connection, vertices);
  }

  @Override
  public List<ScoredModel> models(String score, int most) {
    String path = "/v1/models?limit=" + most + "&name=" + RemoteExperiments.encoded(score);
    ServerConnection.Answer answer = connection.get(path);
    if (answer.status() == ServerConnection.ABSENT) {
      throw new StoreException(
          "the experiment store " + name() + " is of a version that knows no models", null, true);
    }
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(answer.body()));
    List<ScoredModel> models = new ArrayList<>();
    try {
      for (GraphChange each = in.next(); each != null; each = in.next()) {
        if (each instanceof GraphChange.Scored model && model.key() != null) {
          models.add(new ScoredModel(model.run(), model.key(), model.value()));
        }
      }
    } catch (IOException e) {
      throw connection.garbled(e);
    }
    return models;
  }

  @Override
  public ExperimentSource experiments() {
    return new RemoteExperiments(connection);
  }

  @Override
  public byte[] trace(long run, String name) {
    return RemoteExperiments.compressedTrace(connection, run, name);
  }

  @Override
  public StoreClaim tryClaim(Key key) {
    return readOnly ? null : claims.tryClaim(key);
  }

  @Override
  public RunLog begin(RunFacts facts, long queueBytes) {
    return readOnly || connection.problem() != null
        ? null
        : new RunLog(new RemoteTarget(connection, contents, facts), queueBytes);
  }

  @Override
  public void close() {
    claims.close();
    connection.close();
  }
}
