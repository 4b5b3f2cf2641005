package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ReplayRequest.Comparison.WithKept;
import dev.reprise.Scripts.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.OperandException;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a store are computed again from what its graph knows of how they came to be. */
class AnyValueTest extends ReplayedStore {
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
