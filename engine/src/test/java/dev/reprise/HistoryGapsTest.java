package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Where the graph has gaps in the history of a value, traces of what runs wrote fill them, then
 * contents of this build; who asks is told of these.
 */
class HistoryGapsTest extends ReplayedStore {
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
    Key written = writtenKey();
    replay(ReplayRequest.ofStored(written.toString()).withOutput(folder.resolve("C.csv"), "csv"));
    assertThat(Files.mismatch(folder.resolve("B.csv"), folder.resolve("C.csv"))).isEqualTo(-1);
  }

  @Test
  void soDoIterationsOfLoops() throws Exception {
    run(LOOPS + "write(W, \"W.csv\", format=\"csv\")");
    Map<Key, Vertex> all = new HashMap<>();
    vertices().forEach(vertex -> all.put(vertex.key(), vertex));
    Key written = writtenKey();
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
}
