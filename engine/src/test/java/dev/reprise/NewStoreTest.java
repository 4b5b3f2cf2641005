package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Scripts.Outcome;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that are made while the first run goes on. */
class NewStoreTest {
  private static final String SCRIPT =
      """
      X = rand(rows=400, cols=200, seed=1)
      print(sum(t(X) %*% X))
      """;

  @TempDir private Path folder;

  private SessionConfig stored(Path store) {
    return Scripts.config().withStore(StoreConfig.of(store));
  }

  @Test
  void aScriptThatEndsBeforeItsStoreIsOpenIsNotedAllTheSame() {
    Path store = folder.resolve("store");
    assertThat(Scripts.run(stored(store), "print(1)").output()).isEqualTo("1\n");
    try (ExperimentStore opened = ExperimentStore.open(StoreConfig.of(store))) {
      assertThat(new Experiments(opened).runs(9))
          .singleElement()
          .matches(run -> run.status().equals("finished"));
    }
  }

  @Test
  void aRunWhoseNewStoreCannotBeMadeKeepsNothingAndSaysSo() throws IOException {
    Path store = Files.createDirectories(folder.resolve("store"));
    // The folder can be written, the database cannot be made.
    Files.createSymbolicLink(store.resolve("graph.db"), folder.resolve("nowhere/graph.db"));
    Outcome outcome = Scripts.run(stored(store), SCRIPT);
    String expected = Scripts.output(SCRIPT);
    assertThat(outcome.output()).contains(expected).contains("this run keeps nothing");
    assertThat(outcome.liveBuffers()).isZero();
    assertThat(outcome.statistics().store().kept()).isZero();
  }

  @Test
  void aStoreWhoseFolderCannotBeMadeEndsTheRunAtItsStart() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> Scripts.run(stored(file), SCRIPT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a file of that name is there");
  }
}
