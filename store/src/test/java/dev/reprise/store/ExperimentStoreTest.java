package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ResourceException;
import dev.reprise.store.StoreFixture.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What runs leave in a store, and what others find there. */
class ExperimentStoreTest {
  private static final int SMALL = 100;
  private static final int LARGE = 100_000;

  @TempDir private Path folder;

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** A run that offers contents, each under the key and with the cost of its number. */
  private static List<Bytes> offer(ExperimentStore store, int length, int... numbers) {
    List<Bytes> contents = new ArrayList<>();
    try (RunLog log = store.begin(facts(), 1L << 30)) {
      for (int number : numbers) {
        Bytes content = new Bytes(length, number);
        contents.add(content);
        log.offer(key(number), key(number), 1_000L * number, content);
      }
      log.ended("finished", 0.5);
    }
    return contents;
  }

  @Test
  void whatOneOffersAnotherFindsInlineOrAsAFile() throws IOException {
    try (ExperimentStore store = open()) {
      List<Bytes> contents = offer(store, SMALL, 1);
      contents.addAll(offer(store, LARGE, 2));
      assertThat(contents).allMatch(content -> content.released.get() == 1);
    }
    try (ExperimentStore store = open()) {
      Artifact small = store.find(key(1));
      Artifact large = store.find(key(2));
      assertThat(small.isInline()).isTrue();
      assertThat(small.content()).hasSize(SMALL);
      assertThat(large.isInline()).isFalse();
      assertThat(Files.size(store.fileOf(large))).isEqualTo(LARGE);
      assertThat(store.find(key(3))).isNull();
      assertThat(store.artifactBytes()).isEqualTo(SMALL + LARGE);
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
    }
  }

  @Test
  void overItsBudgetTheGraphForgetsWhatNoRunHasMetForLongest() {
    try (ExperimentStore store = open()) {
      for (int run = 1; run <= 3; run++) {
        try (RunLog log = store.begin(facts(), 1L << 30)) {
          int number = run;
          log.seen(() -> List.of(new Vertex(key(number), "rand", List.of(key(90)), 5, 8)));
          log.region(key(10 + run), () -> new byte[500], 1L << 40);
          log.trace("f" + run, key(run), () -> "text");
          log.used(key(11));
        }
      }
      // The outcome of the first run was of use to all.
      long bytes = new GraphRows(store.database()).bytes();
      assertThat(store.trimGraph(bytes)).isZero();
      assertThat(store.trimGraph(bytes - 100)).isEqualTo(2);
      assertThat(store.region(key(11))).isNotNull();
      assertThat(store.costsOf(List.of(key(1)))).isEmpty();
      assertThat(store.costsOf(List.of(key(2))).get(key(2)).leastNanos()).isEqualTo(5);
      assertThat(store.trimGraph(0)).isEqualTo(7);
      assertThat(new GraphRows(store.database()).bytes()).isZero();
      assertThat(store.region(key(13))).isNull();
    }
  }

  @Test
  void openingDoesNotWaitForOthersWhoWriteToNoteWhatWasRecalled() throws SQLException {
    open().close();
    RecalledPrograms programs = new RecalledPrograms(folder.resolve("store"));
    programs.note(key(1), facts(), 0.5);
    String graph = "jdbc:sqlite:" + folder.resolve("store/graph.db");
    try (Connection other = DriverManager.getConnection(graph);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      // A store that waited would do so each time; a machine that stands still does not.
      assertThat(opensAtOnce() || opensAtOnce() || opensAtOnce()).isTrue();
      try (ExperimentStore store = open()) {
        assertThat(new Experiments(store).runs(9)).isEmpty();
        assertThat(programs.noted()).hasSize(1);
        statement.execute("ROLLBACK");
        // What must be written waits as ever.
        offer(store, SMALL, 1);
        assertThat(new Experiments(store).runs(9)).hasSize(1);
      }
    }
    try (ExperimentStore store = open()) {
      assertThat(new Experiments(store).runs(9)).hasSize(2);
      assertThat(programs.noted()).isEmpty();
    }
  }

  /** Sooner than others who write are waited for. */
  private boolean opensAtOnce() {
    long start = System.nanoTime();
    open().close();
    return System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(GraphDatabase.BUSY_MILLIS);
  }

  @Test
  void onlySoManyRecallsWaitForTheGraph() {
    RecalledPrograms programs = new RecalledPrograms(folder.resolve("store"));
    for (int i = 0; i < RecalledPrograms.MOST_NOTES + 5; i++) {
      programs.note(key(1), facts(), i);
    }
    assertThat(programs.noted()).hasSize(RecalledPrograms.MOST_NOTES);
    open().close();
    assertThat(programs.noted()).isEmpty();
    programs.note(key(1), facts(), 0.5);
    assertThat(programs.noted()).hasSize(1);
  }

  @Test
  void equalContentsShareAFileAndCountOnce() throws IOException {
    try (ExperimentStore store = open()) {
      RunLog log = store.begin(facts(), 1L << 30);
      log.offer(key(1), key(1), 10, new Bytes(LARGE, 7));
      log.offer(key(2), key(2), 10, new Bytes(LARGE, 7));
      log.close();
      assertThat(store.artifactBytes()).isEqualTo(LARGE);
      assertThat(store.fileOf(store.find(key(1)))).isEqualTo(store.fileOf(store.find(key(2))));
      // The file stays as long as one of the two needs it.
      assertThat(store.evictDownTo(LARGE - 1)).isEqualTo(2);
      assertThat(store.artifactBytes()).isZero();
      assertThat(store.files().all()).isEmpty();
    }
  }

  @Test
  void theBudgetHoldsAndWhatSavesLeastGoesFirst() {
    StoreConfig config = StoreConfig.of(folder.resolve("store")).withBudgetBytes(10 * LARGE);
    try (ExperimentStore store = ExperimentStore.open(config)) {
      offer(store, LARGE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      assertThat(store.artifactBytes()).isEqualTo(10 * LARGE);
      offer(store, LARGE, 11);
      assertThat(store.artifactBytes()).isEqualTo(9 * LARGE);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNull();
      assertThat(store.find(key(3))).isNotNull();
      assertThat(store.find(key(11))).isNotNull();
    }
  }

  @Test
  void whatWasOfUseIsWorthMore() {
    try (ExperimentStore store = open()) {
      offer(store, LARGE, 1, 2, 3);
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        for (int i = 0; i < 9; i++) {
          log.used(key(1));
        }
      }
      store.evictDownTo(LARGE);
      assertThat(store.find(key(1))).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Materialisation.Method.class)
  void whatIsChosenAnewFromTheGraphHoldsTheBudgetAndKeepsWhatIsDearest(
      Materialisation.Method method) {
    try (ExperimentStore store = open()) {
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        for (int i = 1; i <= 6; i++) {
          long cost = 1_000_000_000L * i;
          Vertex vertex = new Vertex(key(i), "tsmm", List.of(key(100 + i)), cost, LARGE);
          log.seen(() -> List.of(vertex));
          log.offer(key(i), key(i), cost, new Bytes(LARGE, i));
        }
      }
      assertThat(new Materialisation(store).keepBest(method, 3 * LARGE)).isEqualTo(3);
      assertThat(store.artifactBytes()).isEqualTo(3 * LARGE);
      for (int i = 1; i <= 6; i++) {
        assertThat(store.find(key(i)) != null).as("artifact %d", i).isEqualTo(i > 3);
      }
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
    }
  }

  @Test
  void aFullQueueDropsAndSaysSo() {
    try (ExperimentStore store = open()) {
      RunLog log = store.begin(facts(), SMALL);
      Bytes content = new Bytes(LARGE, 1);
      assertThat(log.offer(key(1), key(1), 10, content)).isFalse();
      assertThat(content.released).hasValue(1);
      assertThat(log.dropped()).isEqualTo(1);
      log.close();
      assertThat(store.find(key(1))).isNull();
    }
  }

  @Test
  void damagedContentIsFoundAndGoesWhenMended() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, LARGE, 1, 2);
      Path file = store.fileOf(store.find(key(1)));
      byte[] bytes = Files.readAllBytes(file);
      bytes[LARGE / 2] ^= 1;
      Files.write(file, bytes);
      Files.delete(store.fileOf(store.find(key(2))));
      Inspection.Report before = new Inspection(store).run(false);
      assertThat(before.problems()).hasSize(2).allMatch(line -> line.startsWith("artifact "));
      assertThat(store.find(key(1))).isNotNull();
      new Inspection(store).run(true);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNull();
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
      // It can be kept again.
      offer(store, LARGE, 1);
      assertThat(new Inspection(store).run(false).isClean()).isTrue();
      assertThat(store.find(key(1))).isNotNull();
    }
  }

  @Test
  void damagedContentThatTwoShareIsReplacedByTheFirstWhoComputesIt() throws IOException {
    try (ExperimentStore store = open()) {
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        log.offer(key(1), key(1), 10, new Bytes(LARGE, 7));
        log.offer(key(2), key(2), 10, new Bytes(LARGE, 7));
      }
      Path file = store.fileOf(store.find(key(1)));
      byte[] bytes = Files.readAllBytes(file);
      bytes[5] ^= 1;
      Files.write(file, bytes);
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        log.damaged(store.find(key(1)));
        log.offer(key(1), key(1), 10, new Bytes(LARGE, 7));
      }
      assertThat(new Inspection(store).run(false).problems()).isEmpty();
      assertThat(store.find(key(1))).isNotNull();
      assertThat(store.artifactBytes()).isEqualTo(LARGE);
    }
  }

  @Test
  void aCopyOfARunThatCannotBeWrittenLosesNothingElse() throws IOException {
    try (ExperimentStore store = open()) {
      Files.writeString(folder.resolve("store/programs"), "where the folder would be");
      RunLog log = store.begin(facts(), 1L << 30);
      try (log) {
        log.offer(key(1), key(1), 10, new Bytes(SMALL, 1));
        Program program = new Program(new byte[] {1}, List.of(), List.of());
        log.program(key(2), () -> new byte[] {1}, () -> program, 1_000_000_000L);
        log.copyProgram(key(3), () -> program);
      }
      assertThat(log.problem()).isNull();
      assertThat(store.find(key(1))).isNotNull();
      assertThat(store.region(key(2))).containsExactly(1);
    }
  }

  @Test
  void aContentThatBeginsAnewIsWrittenOnceAndOneThatCannotBeWrittenIsLeftOut() {
    try (ExperimentStore store = open()) {
      RunLog log = store.begin(facts(), 1L << 30);
      Bytes twice =
          new Bytes(LARGE, 1) {
            @Override
            public Written writeTo(ContentOutput out) throws IOException {
              super.writeTo(out);
              out.restart();
              return super.writeTo(out);
            }
          };
      Bytes absent =
          new Bytes(LARGE, 2) {
            @Override
            public Written writeTo(ContentOutput out) {
              throw new ResourceException("no room to bring it back");
            }
          };
      log.offer(key(1), key(1), 10, twice);
      log.offer(key(2), key(2), 10, absent);
      log.offer(key(3), key(3), 10, new Bytes(SMALL, 3));
      log.close();
      assertThat(log.problem()).isNull();
      assertThat(log.dropped()).isEqualTo(1);
      assertThat(absent.released).hasValue(1);
      assertThat(store.find(key(2))).isNull();
      assertThat(store.find(key(3))).isNotNull();
      assertThat(new Inspection(store).run(false).problems()).isEmpty();
    }
  }

  @Test
  void draftsOfDeadProcessesAndFilesWithoutOwnerGo() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, LARGE, 1);
      Path drafts = folder.resolve("store/artifacts/tmp");
      Files.write(drafts.resolve("999999999-1"), new byte[5]);
      Path own = drafts.resolve(ProcessHandle.current().pid() + "-77");
      Files.write(own, new byte[5]);
      List<Path> hidden =
          List.of(
              folder.resolve("store/programs/3f/.999999999-5"),
              folder.resolve("store/recalls/.999999999-6"));
      for (Path draft : hidden) {
        Files.createDirectories(draft.getParent());
        Files.write(draft, new byte[5]);
        Files.write(draft.resolveSibling("." + ProcessHandle.current().pid() + "-8"), new byte[5]);
      }
      Path orphan = store.files().of(key(55));
      Files.createDirectories(orphan.getParent());
      Files.write(orphan, new byte[5]);
      Inspection.Report report = new Inspection(store).run(true);
      assertThat(report.orphans()).isEqualTo(1);
      assertThat(report.drafts()).isEqualTo(3);
      for (Path draft : hidden) {
        assertThat(draft).doesNotExist();
        assertThat(draft.getParent()).isNotEmptyDirectory();
      }
      assertThat(orphan).doesNotExist();
      assertThat(own).exists();
      assertThat(store.find(key(1))).isNotNull();
    }
  }

  @Test
  void theGraphCountsRunsAndKeepsTheLeastCost() {
    try (ExperimentStore store = open()) {
      for (long cost : new long[] {500, 300, 400}) {
        try (RunLog log = store.begin(facts(), 1L << 30)) {
          Vertex vertex = new Vertex(key(1), "tsmm", List.of(key(2), key(3)), cost, 80);
          log.seen(() -> List.of(vertex));
          log.seen(() -> List.of(vertex));
        }
      }
      store
          .database()
          .ask(session -> {
            try (var row =
                session.prepared("SELECT frequency, cost_nanos FROM vertex").executeQuery()) {
              assertThat(row.next()).isTrue();
              assertThat(row.getLong(1)).isEqualTo(3);
              assertThat(row.getLong(2)).isEqualTo(300);
              assertThat(row.next()).isFalse();
            }
            return null;
          });
      assertThat(new Experiments(store).totals().edges()).isEqualTo(2);
      assertThat(new Experiments(store).totals().runs()).isEqualTo(3);
    }
  }

  @Test
  void runsTellHowTheyEndedWhatTheyScoredAndWhatTheyWrote() {
    try (ExperimentStore store = open()) {
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        log.score("r2", key(9), 0.75);
        log.trace("model.csv", key(9), () -> "the text");
        log.ended("finished", 1.25);
      }
      Experiments experiments = new Experiments(store);
      Experiments.RunEntry run = experiments.runs(5).getFirst();
      assertThat(run.status()).isEqualTo("finished");
      assertThat(run.seconds()).isEqualTo(1.25);
      assertThat(run.scores()).containsExactly(new Experiments.Score("r2", key(9), 0.75));
      assertThat(experiments.traces(run.id()))
          .containsExactly(new Experiments.TraceEntry("model.csv", key(9)));
      assertThat(experiments.trace(run.id(), "model.csv")).isEqualTo("the text");
      assertThatThrownBy(() -> experiments.run(77)).hasMessageContaining("no run 77");
      assertThatThrownBy(() -> experiments.trace(run.id(), "other"))
          .hasMessageContaining("no trace named 'other'");
    }
  }

  @Test
  void whatCannotBeAStoreSaysWhy() throws IOException, SQLException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> ExperimentStore.open(StoreConfig.of(file)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a file of that name");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> ExperimentStore.open(StoreConfig.of(absent).asReadOnly()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no experiment store");
    assertThat(absent).doesNotExist();
    Path rubbish = Files.createDirectory(folder.resolve("rubbish"));
    Files.write(rubbish.resolve("graph.db"), new byte[10_000]);
    Files.writeString(rubbish.resolve("graph.db"), "this is no database".repeat(1000));
    assertThatThrownBy(() -> ExperimentStore.open(StoreConfig.of(rubbish)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is damaged");
    open().close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store/graph.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    assertThatThrownBy(this::open).hasMessageContaining("newer version");
  }

  @Test
  void aFailingContentEndsTheWritingAndIsGivenUp() {
    try (ExperimentStore store = open()) {
      RunLog log = store.begin(facts(), 1L << 30);
      offer(store, SMALL, 1);
      Bytes failing =
          new Bytes(LARGE, 3) {
            @Override
            public Written writeTo(ContentOutput out) throws IOException {
              throw new IOException("No space left on device");
            }
          };
      log.offer(key(3), key(3), 10, failing);
      log.close();
      assertThat(log.problem()).hasMessageContaining("No space left on device");
      assertThat(failing.released).hasValue(1);
      assertThat(store.find(key(1))).isNotNull();
      assertThat(store.find(key(3))).isNull();
      Bytes late = new Bytes(SMALL, 4);
      assertThat(log.offer(key(4), key(4), 10, late)).isFalse();
      assertThat(late.released).hasValue(1);
    }
  }

  @Test
  void oneClaimsAKeyAtATime() {
    try (ExperimentStore store = open()) {
      StoreClaim claim = store.tryClaim(key(1));
      assertThat(claim).isNotNull();
      assertThat(store.tryClaim(key(1))).isNull();
      StoreClaim other = store.tryClaim(key(2));
      assertThat(other).isNotNull();
      claim.close();
      StoreClaim again = store.tryClaim(key(1));
      assertThat(again).isNotNull();
      again.close();
      other.close();
    }
  }
}
