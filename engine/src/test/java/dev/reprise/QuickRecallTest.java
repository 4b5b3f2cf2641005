package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.RunEntry;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.Inspection;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.exchange.Merge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs that are found beside the graph of a store, before there is a session. */
class QuickRecallTest {
  private static final String SCRIPT =
      """
      X = read("d.csv", format="csv")
      B = t(X) %*% X
      print(sum(B))
      score(B, 0.5, "fit")
      write(B, "B.csv", format="csv")
      """;

  @TempDir private Path folder;

  @BeforeEach
  void file() throws IOException {
    Files.writeString(folder.resolve("d.csv"), "1,2,3\n4,5,6\n7,8,10\n");
    // Long ago, so that the clock of the file system tells changes apart.
    Files.setLastModifiedTime(folder.resolve("d.csv"), FileTime.fromMillis(1_000_000));
  }

  private SessionConfig stored(String name) {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(StoreConfig.of(folder.resolve(name)));
  }

  /** What a session prints that executes, or recalls from the graph. */
  private static String run(SessionConfig config) {
    return Recalls.run(config, SCRIPT).output();
  }

  /** What is printed without a session; null when one is needed. */
  private static String recalled(SessionConfig config) {
    return Recalls.beforeSession(config, SCRIPT);
  }

  private List<Path> programs() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store/programs"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void theSecondRunNeedsNeitherASessionNorTheGraph() throws Exception {
    assertThat(recalled(stored("store"))).isNull();
    String first = run(stored("store"));
    byte[] cells = Files.readAllBytes(folder.resolve("B.csv"));
    Files.delete(folder.resolve("B.csv"));
    Path graph = folder.resolve("store/graph.db");
    byte[] before = Files.readAllBytes(graph);
    Files.writeString(graph, "no database");
    assertThat(recalled(stored("store"))).isEqualTo(first).isNotEmpty();
    assertThat(Files.readAllBytes(folder.resolve("B.csv"))).isEqualTo(cells);
    Files.write(graph, before);
  }

  @Test
  void whoOpensTheGraphNextWritesThereThatItWasRecalled() throws Exception {
    run(stored("store"));
    recalled(stored("store"));
    recalled(stored("store"));
    for (int look = 0; look < 2; look++) {
      try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
        Experiments experiments = new Experiments(store);
        List<RunEntry> runs = experiments.runs(10);
        assertThat(runs)
            .extracting(RunEntry::status)
            .containsExactly("recalled", "recalled", "finished");
        for (RunEntry entry : runs) {
          assertThat(entry.scores()).hasSize(1);
          assertThat(experiments.traces(entry.id()))
              .filteredOn(trace -> trace.name().equals("B.csv"))
              .hasSize(1);
        }
        assertThat(experiments.trace(runs.getFirst().id(), "B.csv"))
            .isEqualTo(experiments.trace(runs.getLast().id(), "B.csv"));
      }
    }
  }

  @Test
  void aChangedFileIsReadAgainAndATouchedOneIsNot() throws Exception {
    String first = run(stored("store"));
    Files.setLastModifiedTime(folder.resolve("d.csv"), FileTime.fromMillis(2_000_000));
    assertThat(recalled(stored("store"))).isEqualTo(first);
    Files.writeString(folder.resolve("d.csv"), "1,2,3\n4,5,6\n7,8,11\n");
    Files.setLastModifiedTime(folder.resolve("d.csv"), FileTime.fromMillis(2_000_000));
    assertThat(recalled(stored("store"))).isNull();
    Files.delete(folder.resolve("d.csv"));
    assertThat(recalled(stored("store"))).isNull();
  }

  @Test
  void aSidecarThatAppearsChangesWhatIsRead() throws Exception {
    run(stored("store"));
    Files.writeString(folder.resolve("d.csv.mtd"), "{\"format\": \"csv\", \"header\": true}");
    assertThat(recalled(stored("store"))).isNull();
  }

  @Test
  void anotherOptionIsLeftToTheSession() throws Exception {
    run(stored("store"));
    assertThat(recalled(stored("store").withNumerics(Numerics.EXACT))).isNull();
    assertThat(recalled(stored("store").withReuse(ReuseMode.NONE))).isNull();
    assertThat(recalled(stored("store").withVerifyReuse(1))).isNull();
    assertThat(recalled(stored("store").withSeed(99))).isNull();
    assertThat(recalled(stored("store"))).isNotNull();
  }

  @Test
  void aDamagedProgramIsNotThereAndTheNextRunReplacesIt() throws Exception {
    String first = run(stored("store"));
    Path program = programs().getFirst();
    byte[] bytes = Files.readAllBytes(program);
    bytes[bytes.length / 2] ^= 1;
    Files.write(program, bytes);
    assertThat(recalled(stored("store"))).isNull();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
      assertThat(new Inspection(store).run(true).problems()).hasSize(1);
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
    }
    assertThat(programs()).isEmpty();
    assertThat(run(stored("store"))).isEqualTo(first);
    assertThat(recalled(stored("store"))).isEqualTo(first);
  }

  @Test
  void whatTheGraphForgetsIsNotFoundBesideIt() throws Exception {
    run(stored("store"));
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
      store.trimGraph(0);
    }
    assertThat(recalled(stored("store"))).isNull();
  }

  @Test
  void whatCameFromAnotherStoreIsFoundOnceASessionHasFoundIt() throws Exception {
    String first = run(stored("other"));
    try (ExperimentStore from = ExperimentStore.open(StoreConfig.of(folder.resolve("other")));
        ExperimentStore to = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
      Merge merge = new Merge(new FolderGraph(to));
      new FolderGraph(from).giveTo(merge);
      merge.finish();
    }
    assertThat(recalled(stored("store"))).isNull();
    assertThat(run(stored("store"))).isEqualTo(first);
    assertThat(recalled(stored("store"))).isEqualTo(first);
  }
}
