package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ReplayRequest.Comparison.WithKept;
import dev.reprise.Scripts.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.OperandException;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.Keys;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.GraphSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a store are computed again from what its graph knows of how they came to be. */
class AnyValueTest {
  private static final String FUNCTION =
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

  private static final String CALLS =
      FUNCTION
          + """
          for (i in 1:3) {
            [B, loss] = fit(X, y, i / 10)
            print(i + " " + loss + " " + sum(B))
          }
          """;

  private static final String SCALARS =
      """
      n = 5000
      X = rand(rows=n, cols=60, min=-0.5, max=1, pdf="normal", seed=7) * 2
      flag = as.scalar(X[1, 1]) > 0 | TRUE
      s = "quotes \\"and\\" back\\\\slash\\ntwo lines, \u00fc \u20ac" + toString(X[1:2, 1:2]) + flag
      A = X * length(s) + as.integer(2.7) - 1e-300
      A = rbind(A, A) * ifelse(flag, -0.5, 7)
      C = t(A) %*% A
      C = t(X / 3.25) %*% (X + sum(C))
      print(sum(C))
      """;

  private static final String FRAMES =
      """
      F = as.frame(round(rand(rows=5000, cols=3, min=0, max=9, seed=3)))
      F = map(F, "x -> x + \\"'%s'\\"")
      spec = "{\\"ids\\": true, \\"recode\\": [1, 2, 3]}"
      [E, M] = transformencode(target=F, spec=spec)
      L = list(E=E, half=E / 2, name="a b")
      H = as.matrix(L["half"])
      H = cbind(H, rand(rows=5000, cols=60, seed=-1))
      P = t(H) %%*%% H
      [values, vectors] = eigen(P)
      print(sum(P) + sum(values) + nrow(M))
      """
          .formatted("long ".repeat(400));

  private static final String LOOPS =
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

  @TempDir private Path folder;
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

  private Path storeFolder() {
    return folder.resolve("store");
  }

  private SessionConfig stored() {
    StoreConfig store = StoreConfig.of(storeFolder()).withWritingShare(1);
    return Scripts.config().withWorkingDirectory(folder).withStore(store);
  }

  private Outcome run(String script) {
    Outcome outcome = Scripts.run(stored(), script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private Session reading() {
    notes.reset();
    PrintStream out = new PrintStream(notes, true, StandardCharsets.UTF_8);
    return Reprise.session(
        Scripts.config()
            .withWorkingDirectory(folder)
            .withOutput(out, out)
            .withStore(StoreConfig.of(storeFolder()).asReadOnly()));
  }

  private ReplayResult replay(ReplayRequest request) throws IOException {
    Session session = reading();
    ReplayResult result;
    try (session) {
      result = session.replay(request);
    }
    assertThat(session.liveBuffersAtClose()).isZero();
    return result;
  }

  private String text(Key key) throws IOException {
    return replay(ReplayRequest.ofStored(key.toString())).text();
  }

  private ReplayResult.Comparison compared(Key key) throws IOException {
    return replay(ReplayRequest.ofStored(key.toString()).with(new WithKept())).comparison();
  }

  private String notes() {
    return notes.toString(StandardCharsets.UTF_8);
  }

  private List<Vertex> vertices() throws IOException {
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

  private List<ArtifactEntry> artifacts() {
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      return new Experiments(store).artifacts(0, 10_000);
    }
  }

  private Key keyOf(String operation) throws IOException {
    return vertices().stream()
        .filter(vertex -> vertex.operation().equals(operation))
        .map(Vertex::key)
        .findFirst()
        .orElseThrow();
  }

  private Key keptKeyOf(String operation) {
    return artifacts().stream()
        .filter(artifact -> artifact.operation().equals(operation))
        .map(ArtifactEntry::lineage)
        .findFirst()
        .orElseThrow();
  }

  /** Changes rows of the graph; texts and keys take the places of question marks. */
  private int change(String sql, Object... values) throws Exception {
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

  /** A value that is kept is computed as it was, without what is kept; every other one at all. */
  private void everyVertexIsReplayed() throws IOException {
    List<Vertex> vertices = vertices();
    assertThat(vertices).hasSizeGreaterThan(20);
    // Of the first run's artifacts it is known of which build they are.
    List<Key> verified =
        artifacts().stream()
            .filter(artifact -> artifact.run() == 1)
            .map(ArtifactEntry::lineage)
            .toList();
    assertThat(verified).hasSizeGreaterThan(2);
    try (Session session = reading()) {
      for (Vertex vertex : vertices) {
        ReplayRequest request = ReplayRequest.ofStored(vertex.key().toString());
        if (verified.contains(vertex.key())) {
          // Some were put together from parts, which may cost the last bits.
          assertThat(session.replay(request.with(new WithKept())).comparison().isEqual())
              .as(vertex.operation())
              .isTrue();
        } else {
          assertThat(session.replay(request).text()).as(vertex.operation()).isNotNull();
        }
      }
    }
    assertThat(notes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {CALLS, SCALARS, FRAMES_NAME, LOOPS})
  void everyValueOfTheGraphIsComputedAgain(String script) throws IOException {
    run(script.equals(FRAMES_NAME) ? FRAMES : script);
    everyVertexIsReplayed();
  }

  private static final String FRAMES_NAME = "frames";

  @Test
  void soIsWhatASecondRunRecordsOfCallsThatItFinds() throws Exception {
    run(CALLS);
    List<Key> before = vertices().stream().map(Vertex::key).toList();
    // As if the first run had recorded nothing: what the second one knows comes from what it found.
    change("DELETE FROM vertex");
    change("DELETE FROM edge");
    Outcome second =
        run(
            CALLS
                + "Q = t(B) %*% (t(X) %*% (X %*% B))\n"
                + "for (i in 1:2) { Q = Q + sum(X %*% B) }\n"
                + "print(sum(Q))");
    assertThat(second.statistics().store().regions()).isPositive();
    assertThat(vertices()).extracting(Vertex::key).containsAnyElementsOf(before);
    everyVertexIsReplayed();
  }

  @Test
  void aValueHasTheTextThatItHadInTheRun() throws IOException {
    Outcome run =
        run("X = rand(rows=4000, cols=200, seed=1)\nA = t(X) %*% X\nprint(toString(A %*% A))");
    assertThat(text(keptKeyOf("tsmm"))).isNotEmpty();
    Key top =
        vertices().stream()
            .filter(vertex -> vertex.operation().equals("matmul"))
            .map(Vertex::key)
            .findFirst()
            .orElseThrow();
    assertThat(text(top).strip()).isEqualTo(run.output().strip());
  }

  @Test
  void filesAreReadAgainOrOthersInstead() throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      rows.append(i % 7).append(",1,2,3,4,5,6,7,8,9".repeat(4)).append(i % 11).append('\n');
    }
    Path file = Files.writeString(folder.resolve("X 1.csv"), rows);
    run("X = read(\"X 1.csv\", format=\"csv\")\nprint(sum(t(X) %*% X))");
    Key sum = keyOf("tsmm");
    String expected = text(sum);
    Files.move(file, folder.resolve("other.csv"));
    assertThatThrownBy(() -> text(sum))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("X 1.csv");
    ReplayRequest other =
        ReplayRequest.ofStored(sum.toString())
            .withReplacements(Map.of("X 1.csv", folder.resolve("other.csv")));
    assertThat(replay(other).text()).isEqualTo(expected);
    Files.writeString(file, rows.append(rows, 0, rows.indexOf("\n") + 1));
    assertThatThrownBy(() -> text(sum))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("X 1.csv");
  }

  @Test
  void whatTheGraphHasForgottenComesFromATraceOfWhatARunWrote() throws Exception {
    run(FUNCTION + "[B, loss] = fit(X, y, 0.1)\nwrite(B %*% t(B), \"B.csv\", format=\"csv\")");
    List<Vertex> vertices = vertices();
    Key solved = keptKeyOf("solve");
    assertThat(change("DELETE FROM artifact")).isPositive();
    assertThat(change("DELETE FROM vertex WHERE operation = 'rand'")).isEqualTo(2);
    everyOneOf(vertices);
    assertThat(text(solved)).isNotEmpty();
    // A value that is nowhere but in the trace, by its own key and as a part of another.
    change("DELETE FROM vertex");
    assertThat(text(solved)).isNotEmpty();
    assertThat(notes()).isEmpty();
    Key written;
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      written = new Experiments(store).traces(1).getFirst().key();
    }
    replay(ReplayRequest.ofStored(written.toString()).withOutput(folder.resolve("C.csv"), "csv"));
    assertThat(Files.mismatch(folder.resolve("B.csv"), folder.resolve("C.csv"))).isEqualTo(-1);
  }

  @Test
  void soDoIterationsOfLoops() throws Exception {
    run(LOOPS + "write(W, \"W.csv\", format=\"csv\")");
    Map<Key, Vertex> all = new HashMap<>();
    vertices().forEach(vertex -> all.put(vertex.key(), vertex));
    Key written;
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(storeFolder()))) {
      written = new Experiments(store).traces(1).getFirst().key();
    }
    SequencedSet<Vertex> history = new LinkedHashSet<>();
    Deque<Key> open = new ArrayDeque<>(List.of(written));
    while (!open.isEmpty()) {
      Vertex next = all.get(open.pop());
      if (next != null && history.add(next)) {
        open.addAll(next.inputs());
      }
    }
    assertThat(history).hasSizeGreaterThan(100);
    change("DELETE FROM vertex");
    change("DELETE FROM artifact");
    everyOneOf(List.copyOf(history));
    replay(ReplayRequest.ofStored(written.toString()).withOutput(folder.resolve("V.csv"), "csv"));
    assertThat(Files.mismatch(folder.resolve("W.csv"), folder.resolve("V.csv"))).isEqualTo(-1);
  }

  private void everyOneOf(List<Vertex> vertices) throws IOException {
    try (Session session = reading()) {
      for (Vertex vertex : vertices) {
        ReplayRequest request = ReplayRequest.ofStored(vertex.key().toString());
        assertThat(session.replay(request).text()).as(vertex.operation()).isNotNull();
      }
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void whereNoTraceHasItAContentOfThisBuildIsLoadedAndSaidToBe() throws Exception {
    run(CALLS);
    Key product = keptKeyOf("tsmm");
    String expected = text(product);
    assertThat(compared(product).deviation()).isZero();
    List<Key> above =
        artifacts().stream()
            .filter(artifact -> artifact.operation().equals("solve"))
            .map(ArtifactEntry::lineage)
            .toList();
    String solved = text(above.getFirst());
    assertThat(notes()).isEmpty();
    assertThat(change("DELETE FROM vertex WHERE operation = 'rand'")).isEqualTo(2);
    assertThat(text(product)).isEqualTo(expected);
    assertThat(notes().lines())
        .singleElement()
        .asString()
        .startsWith("reprise: note: how lineage ")
        .contains(" is not known any more; what the store keeps of ", "loaded");
    assertThat(text(above.getFirst())).isEqualTo(solved);
    assertThat(notes().lines()).hasSize(1);
    // A content cannot be compared with itself.
    change("DELETE FROM artifact WHERE vertex <> ?", product);
    assertThatThrownBy(() -> compared(product))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nothing to compare");
  }

  @Test
  void whatIsKeptUnderTheContentOfItsOperandsIsLoadedAsWell() throws Exception {
    run(FUNCTION + "r = sum(X[1, 1:2])\n[B, loss] = fit(X, y, r * 2)\nprint(sum(B))");
    Key solved = keptKeyOf("solve");
    String expected = text(solved);
    // It has another key than its lineage would give: the one of another run's has not been kept.
    change("DELETE FROM vertex WHERE operation = 'rand'");
    change(
        "DELETE FROM artifact WHERE vertex <> ? AND vertex NOT IN (SELECT key FROM vertex WHERE"
            + " operation = 'tsmm')",
        solved);
    change("DELETE FROM vertex WHERE operation = 'tsmm'");
    assertThat(text(solved)).isEqualTo(expected);
    assertThat(notes()).contains("lineage " + solved + " came to be is not known any more");
    // Nothing else speaks for the build.
    change("DELETE FROM artifact WHERE vertex <> ?", solved);
    assertThatThrownBy(() -> text(solved)).isInstanceOf(StoreException.class);
  }

  @Test
  void contentsOfAnotherBuildAreNone() throws Exception {
    run(CALLS);
    Key product = keptKeyOf("tsmm");
    change("DELETE FROM vertex WHERE operation = 'rand'");
    change("UPDATE artifact SET key = randomblob(16)");
    assertThatThrownBy(() -> text(product))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the value of lineage " + product + " cannot be replayed")
        .hasMessageContaining("'tsmm' (lineage " + product + ") is made of lineage ")
        .hasMessageContaining("A run with this store that writes the value");
  }

  @Test
  void rowsThatSayTheWrongThingAreGaps() throws Exception {
    run(CALLS);
    Key product = keptKeyOf("tsmm");
    String expected = text(product);
    change("DELETE FROM artifact WHERE vertex <> ?", product);
    for (String row : List.of("rand{a=b}", "read @ \"x\"", "literal double 1.0", "", "%1 = rand")) {
      assertThat(
              change(
                  "UPDATE vertex SET operation = ? WHERE operation LIKE 'rand%' OR operation = ''"
                      + " OR operation LIKE 'read%' OR operation LIKE '\\%1%' ESCAPE '\\' OR"
                      + " operation = 'literal double 1.0'",
                  row))
          .isPositive();
      assertThat(text(product)).isEqualTo(expected);
      assertThat(notes()).contains("is not known any more");
    }
    change("DELETE FROM artifact");
    assertThatThrownBy(() -> text(product)).isInstanceOf(StoreException.class);
  }

  @Test
  void rowsOfOlderVersionsAreUnderstoodAndBecomeNewOnes() throws Exception {
    run(SCALARS);
    List<Vertex> vertices = vertices();
    for (String type : List.of("double", "integer", "boolean")) {
      String typed = "literal " + type + " ";
      change(
          "UPDATE vertex SET operation = 'literal ' || substr(operation, ?) WHERE operation LIKE ?",
          Integer.toString(typed.length() + 1),
          typed + "%");
    }
    change(
        "UPDATE vertex SET operation = 'literal ' || replace(substr(operation, 17), '\"', '')"
            + " WHERE operation LIKE 'literal string \"%' AND operation NOT LIKE '%\\%'");
    assertThat(vertices()).noneMatch(vertex -> vertex.operation().startsWith("literal double"));
    everyOneOf(vertices);
    // Another run with the same values writes them as they are written now.
    run(SCALARS + "print(1)");
    assertThat(vertices()).extracting(Vertex::operation).contains("literal double 3.25");
    everyOneOf(vertices());
  }

  @Test
  void whereALongHistoryEndsItsContentIsLoaded() throws Exception {
    // Sorting takes longer than loading on every machine, so that both tables are kept.
    run(
        "X = order(target=rand(rows=100000, cols=3, seed=1), by=1)\nw = X[1, ]\n"
            + "for (i in 1:2000) { w = w * 0.5 + i }\n"
            + "Y = order(target=X * w, by=2)\nprint(sum(Y))");
    Map<Key, Vertex> known =
        vertices().stream().collect(Collectors.toMap(Vertex::key, vertex -> vertex));
    assertThat(known.values().stream().flatMap(vertex -> vertex.inputs().stream()))
        .anyMatch(input -> !known.containsKey(input));
    Key sorted =
        known.values().stream()
            .filter(vertex -> vertex.operation().startsWith("order"))
            .filter(vertex -> known.get(vertex.inputs().getFirst()).operation().equals("*"))
            .findFirst()
            .orElseThrow()
            .key();
    assertThat(text(sorted)).isNotEmpty();
    assertThat(notes()).contains("is not known any more");
  }

  @Test
  void digitsThatNameNoneOrSeveralAreSaidToBe() throws Exception {
    run(CALLS);
    Key product = keptKeyOf("tsmm");
    String expected = text(product);
    String digits = product.toString().substring(0, 12);
    assertThat(replay(ReplayRequest.ofStored(digits)).text()).isEqualTo(expected);
    change(
        "INSERT INTO vertex SELECT ?, operation, 0, 0, 1, 1, 1 FROM vertex LIMIT 1",
        new Key(product.high(), product.low() ^ 1));
    assertThatThrownBy(() -> replay(ReplayRequest.ofStored(digits)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("several values have a lineage that begins with " + digits);
    assertThat(text(product)).isEqualTo(expected);
    assertThatThrownBy(() -> replay(ReplayRequest.ofStored("0123456789")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("knows no value whose lineage begins with 0123456789");
    try (Session session = Reprise.session(Scripts.config())) {
      assertThatThrownBy(() -> session.replay(ReplayRequest.ofStored(digits)))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("session with an experiment store");
    }
  }
}
