package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.lineage.ContentHash;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that may read a store and not write to it. */
class ReadOnlyStoreTest {
  private static final String SCRIPT =
      """
      fit = function(Matrix[Double] X, Double reg) return (Matrix[Double] B) {
        B = solve(t(X) %*% X + diag(matrix(reg, ncol(X), 1)), t(X) %*% rowSums(X))
      }
      X = rand(rows=20000, cols=100, seed=1)
      print(sum(fit(X, 0.5)))
      score(fit(X, 0.5), 1, "s")
      """;

  @TempDir private Path folder;

  private StoreConfig store() {
    return Scripts.keepingAll(folder.resolve("store"));
  }

  private SessionConfig with(StoreConfig store) {
    return Scripts.config().withWorkingDirectory(folder).withStore(store);
  }

  /** All files with what is in them, but for what SQLite makes to read: empty, or shared memory. */
  private Map<String, String> files() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> found = Files.walk(folder.resolve("store"))) {
      for (Path each : found.filter(Files::isRegularFile).toList()) {
        if (!each.toString().endsWith("-shm") && Files.size(each) > 0) {
          all.put(each.toString(), ContentHash.of(Files.readAllBytes(each)).toString());
        }
      }
    }
    return all;
  }

  @Test
  void valuesAreFoundAndNothingIsChanged() throws IOException {
    String expected = Scripts.run(with(store()), SCRIPT).output();
    Map<String, String> before = files();
    String wider = SCRIPT + "print(sum(fit(X, 0.7)))\n";
    for (int round = 0; round < 2; round++) {
      Outcome same = Scripts.run(with(store().asReadOnly()), SCRIPT);
      assertThat(same.output()).isEqualTo(expected);
      assertThat(same.statistics().store().hits() + same.statistics().store().regions())
          .isPositive();
      Outcome more = Scripts.run(with(store().asReadOnly()), wider);
      assertThat(more.output())
          .isEqualTo(Scripts.run(Scripts.config(), wider).output())
          .startsWith(expected);
      // What is new is computed each time, and dropped.
      assertThat(more.statistics().of("solve").executed()).isEqualTo(1);
      assertThat(more.statistics().store().kept()).isZero();
      assertThat(more.statistics().store().problem()).isNull();
      assertThat(more.liveBuffers()).isZero();
    }
    assertThat(files()).isEqualTo(before);
    try (ExperimentStore store = ExperimentStore.open(store())) {
      assertThat(new Experiments(store).totals().runs()).isEqualTo(1);
    }
  }

  @Test
  void wholeRunsAreRecalledWithoutANoteOfIt() throws Exception {
    try (Session session = Reprise.session(with(store()))) {
      assertThat(session.recall(SCRIPT, CompileOptions.none())).isNull();
      session.compile(SCRIPT, CompileOptions.none()).run().close();
    }
    Map<String, String> before = files();
    assertThat(Recalls.beforeSession(with(store().asReadOnly()), SCRIPT)).isNotNull();
    assertThat(files()).isEqualTo(before);
    assertThat(Recalls.beforeSession(with(store()), SCRIPT)).isNotNull();
    assertThat(files()).isNotEqualTo(before);
  }
}
