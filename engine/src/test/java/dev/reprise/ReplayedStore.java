package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReplayRequest.Comparison.WithKept;
import dev.reprise.Scripts.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.Keys;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.GraphSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A store whose values are computed again: what its graph has of them, and what becomes of it. */
abstract class ReplayedStore {
  static final String FUNCTION =
      """
      fit = function(matrix[double] X, matrix[double] y, double reg)
        return (matrix[double] B, double loss)
      {
        A = t(X) %*% X + diag(matrix(reg, ncol(X), 1))
        B = solve(A, t(X) %*% y)
        loss = sum((X %*% B - y)^2)
      }
      X = rand(rows=5000, cols=60, seed=1)
      y = rand(rows=5000, cols=1, seed=2)
      """;

  static final String CALLS =
      FUNCTION
          + """
          for (i in 1:3) {
            [B, loss] = fit(X, y, i / 10)
            print(i + " " + loss + " " + sum(B))
          }
          """;

  static final String LOOPS =
      """
      X = rand(rows=3000, cols=50, seed=5)
      W = matrix(0, 50, 1)
      for (i in 1:40) {
        g = t(X) %*% (X %*% W - 1) / nrow(X)
        W = W - g * 0.01 * i
      }
      k = 0
      while (k < 12) {
        W = W + t(X) %*% (X %*% W) / sum(X)
        k = k + 1
      }
      R = matrix(0, 4, 1)
      parfor (j in 1:4) {
        R[j, 1] = sum(t(X) %*% (X * j))
      }
      G = X %*% (W * sum(R))
      print(sum(t(G) %*% G))
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

  private Path storeFolder() {
    return folder.resolve("store");
  }

  private SessionConfig stored() {
    StoreConfig store = Scripts.keepingAll(storeFolder()).withWritingShare(1);
    return Scripts.config().withWorkingDirectory(folder).withStore(store);
  }

  final Outcome run(String script) {
    Outcome outcome = Scripts.run(stored(), script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  final Session reading() {
    notes.reset();
    PrintStream out = new PrintStream(notes, true, StandardCharsets.UTF_8);
    return Reprise.session(
        Scripts.config()
            .withWorkingDirectory(folder)
            .withOutput(out, out)
            .withStore(StoreConfig.of(storeFolder()).asReadOnly()));
  }

  final ReplayResult replay(ReplayRequest request) throws IOException {
    Session session = reading();
    ReplayResult result;
    try (session) {
      result = session.replay(request);
    }
    assertThat(session.liveBuffersAtClose()).isZero();
    return result;
  }

  final String text(Key key) throws IOException {
    return replay(ReplayRequest.ofStored(key.toString())).text();
  }

  final ReplayResult.Comparison compared(Key key) throws IOException {
    return replay(ReplayRequest.ofStored(key.toString()).with(new WithKept())).comparison();
  }

  final String notes() {
    return notes.toString(StandardCharsets.UTF_8);
  }

  final List<Vertex> vertices() throws IOException {
    List<Vertex> all = new ArrayList<>();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      new FolderGraph(store)
          .giveTo(
              new GraphSink() {
                @Override
                public void take(GraphChange change) {
                  if (change instanceof GraphChange.Seen seen) {
                    all.add(seen.vertex());
                  }
                }

                @Override
                public void take(GraphChange.Kept kept, Opening content) {}

                @Override
                public void finish() {}
              });
    }
    return all;
  }

  final List<ArtifactEntry> artifacts() {
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      return new Experiments(store).artifacts(0, 10_000);
    }
  }

  final Key keyOf(String operation) throws IOException {
    return vertices().stream()
        .filter(vertex -> vertex.operation().equals(operation))
        .map(Vertex::key)
        .findFirst()
        .orElseThrow();
  }

  final Key keptKeyOf(String operation) {
    return artifacts().stream()
        .filter(artifact -> artifact.operation().equals(operation))
        .map(ArtifactEntry::lineage)
        .findFirst()
        .orElseThrow();
  }

  /** The value that the first run has written. */
  final Key writtenKey() {
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      return new Experiments(store).traces(1).getFirst().key();
    }
  }

  /** Changes rows of the graph; texts and keys take the places of question marks. */
  final int change(String sql, Object... values) throws Exception {
    try (Connection graph =
            DriverManager.getConnection("jdbc:sqlite:" + storeFolder().resolve("graph.db"));
        PreparedStatement statement = graph.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        if (values[i] instanceof Key key) {
          statement.setBytes(i + 1, Keys.bytes(key));
        } else {
          statement.setString(i + 1, (String) values[i]);
        }
      }
      return statement.executeUpdate();
    }
  }

  /** All of these are computed without a word. */
  final void everyOneOf(List<Vertex> vertices) throws IOException {
    try (Session session = reading()) {
      for (Vertex vertex : vertices) {
        ReplayRequest request = ReplayRequest.ofStored(vertex.key().toString());
        assertThat(session.replay(request).text()).as(vertex.operation()).isNotNull();
      }
    }
    assertThat(notes()).isEmpty();
  }
}
