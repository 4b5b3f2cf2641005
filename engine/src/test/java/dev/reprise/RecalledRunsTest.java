package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Recalls.Ran;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs that are found in the store instead of being executed. */
class RecalledRunsTest {
  private static final String SCRIPT =
      """
      source("part.dml") as part
      X = read("d.csv", format="csv")
      B = part::twice(t(X) %*% X)
      parfor (i in 1:3) { print(i + " " + sum(B[i, ])) }
      write(B, "out/B.csv", format="csv")
      """;

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("d.csv"), "1,2,3\n4,5,6\n7,8,10\n");
    Files.writeString(
        folder.resolve("part.dml"),
        "twice = function(Matrix[Double] A) return (Matrix[Double] B) { B = A * 2 }\n");
  }

  private SessionConfig stored() {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  private Ran run(String script) {
    return run(stored(), script);
  }

  private static Ran run(SessionConfig config, String script) {
    Ran ran = Recalls.run(config, script);
    if (ran.isRecalled()) {
      assertThat(ran.statistics().store().programs()).isEqualTo(1);
      assertThat(ran.statistics().operations()).isEmpty();
    }
    return ran;
  }

  private boolean recalls(String script) {
    return Recalls.inSession(stored(), script) != null;
  }

  @Test
  void theSecondRunPrintsAndWritesTheSameWithoutBeingExecuted() throws Exception {
    Ran first = run(SCRIPT);
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder.resolve("out/B.csv"));
    byte[] cells = Files.readAllBytes(folder.resolve("out/B.csv"));
    byte[] trace = Files.readAllBytes(folder.resolve("out/B.csv.lineage"));
    Files.delete(folder.resolve("out/B.csv"));
    Files.delete(folder.resolve("out/B.csv.lineage"));
    Ran second = run(SCRIPT);
    assertThat(first.isRecalled()).isFalse();
    assertThat(second.isRecalled()).isTrue();
    assertThat(second.output()).isEqualTo(first.output()).isNotEmpty();
    assertThat(Files.readAllBytes(folder.resolve("out/B.csv"))).isEqualTo(cells);
    assertThat(Files.getPosixFilePermissions(folder.resolve("out/B.csv"))).isEqualTo(rights);
    assertThat(Files.readAllBytes(folder.resolve("out/B.csv.lineage"))).isEqualTo(trace);
  }

  @Test
  void whatIsReplacedKeepsItsRightsWhetherTheRunIsRecalledOrExecuted() throws Exception {
    run(SCRIPT);
    Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-rw----");
    for (String script : List.of(SCRIPT, SCRIPT + "\n")) {
      for (String each : List.of("B.csv", "B.csv.mtd", "B.csv.lineage")) {
        Path file = Files.writeString(folder.resolve("out").resolve(each), "");
        Files.setPosixFilePermissions(file, rights);
      }
      assertThat(run(script).isRecalled()).isEqualTo(script.equals(SCRIPT));
      for (String each : List.of("B.csv", "B.csv.mtd", "B.csv.lineage")) {
        Path file = folder.resolve("out").resolve(each);
        assertThat(file).isNotEmptyFile();
        assertThat(Files.getPosixFilePermissions(file)).as(each).isEqualTo(rights);
      }
    }
  }

  @Test
  void anotherTextArgumentSeedOrOptionIsAnotherRun() throws Exception {
    run(SCRIPT);
    assertThat(run(SCRIPT + "\n").isRecalled()).isFalse();
    assertThat(run(stored().withSeed(43), SCRIPT).isRecalled()).isFalse();
    assertThat(run(stored().withNumerics(Numerics.EXACT), SCRIPT).isRecalled()).isFalse();
    assertThat(run(stored().withReuse(ReuseMode.FULL), SCRIPT).isRecalled()).isFalse();
    SessionConfig single = stored().withPrecision(Precision.FP32);
    assertThat(run(single, SCRIPT).isRecalled()).isFalse();
    assertThat(run(single.withProducts(ProductPrecision.TF32), SCRIPT).isRecalled()).isFalse();
    assertThat(run(single.withProducts(ProductPrecision.BF16), SCRIPT).isRecalled()).isFalse();
    assertThat(run(single, SCRIPT).isRecalled()).isTrue();
    assertThat(run(SCRIPT).isRecalled()).isTrue();
  }

  @Test
  void aFileThatHasChangedIsReadAgain() throws Exception {
    run(SCRIPT);
    Files.writeString(folder.resolve("d.csv"), "1,2,3\n4,5,6\n7,8,11\n");
    Ran changed = run(SCRIPT);
    assertThat(changed.isRecalled()).isFalse();
    assertThat(changed.output())
        .isEqualTo(run(Scripts.config().withWorkingDirectory(folder), SCRIPT).output());
    Files.delete(folder.resolve("d.csv"));
    assertThat(recalls(SCRIPT)).isFalse();
  }

  @Test
  void aSourcedFileThatHasChangedOrIsShadowedIsCompiledAgain() throws Exception {
    run(SCRIPT);
    Files.writeString(
        folder.resolve("part.dml"),
        "twice = function(Matrix[Double] A) return (Matrix[Double] B) { B = A * 3 }\n");
    assertThat(recalls(SCRIPT)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "print(time() > 0)",
        "X = read('d.csv', format='csv')\nwrite(X, 'd.csv', format='csv')\nprint(sum(X))",
        "X = matrix(1, 2, 2)\nwrite(X, 'w.csv', format='csv')\nY = read('w.csv', format='csv')\n"
            + "print(sum(Y))",
        "print(file.exists('d.csv'))"
      })
  void whatDependsOnMoreThanWasNotedIsExecutedEachTime(String script) throws Exception {
    String first = run(script).output();
    Ran second = run(script);
    assertThat(second.isRecalled()).isFalse();
    assertThat(second.output()).isEqualTo(first);
  }

  @Test
  void seedsThatTheSystemDrawsAreRecalledWithTheSameSeedOnly() throws Exception {
    String script = "print(sum(rand(rows=10, cols=10)))";
    String first = run(script).output();
    Ran second = run(script);
    assertThat(second.isRecalled()).isTrue();
    assertThat(second.output()).isEqualTo(first);
    SessionConfig drawn =
        SessionConfig.defaults()
            .withWorkingDirectory(folder)
            .withStore(Scripts.keepingAll(folder.resolve("store")));
    assertThat(run(drawn, script).isRecalled()).isFalse();
    assertThat(run(drawn, script).isRecalled()).isFalse();
  }

  @Test
  void theBestScoreOfARunIsKeptAlsoWhenItIsRecalled() throws Exception {
    String script =
        "X = rand(rows=9, cols=2, seed=1)\n"
            + "for (i in 1:3) { score(X * i, 4 - abs(i - 2)) }\n"
            + "score(X, 0.5, name='accuracy')\nprint(sum(X))";
    run(script);
    assertThat(run(script).isRecalled()).isTrue();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
      for (Experiments.RunEntry each : new Experiments(store).runs(9)) {
        assertThat(each.scores())
            .extracting(score -> score.name() + " " + score.value())
            .containsExactly("accuracy 0.5", "score 4.0");
      }
    }
    assertThat(Scripts.failure(stored(), "score(matrix(1, 1, 1), 'good')"))
        .hasMessageContaining("'score' needs a number");
  }

  @Test
  void aModelWhoseScoreIsNotANumberHasNoneAndEndsNothing() throws Exception {
    String script =
        "X = matrix(3, 1, 1)\nscore(X, X[1, 1] / 0 - X / 0, 'q')\nscore(X, X, 'r')\nprint(1)";
    assertThat(run(script).isRecalled()).isFalse();
    assertThat(run(script).isRecalled()).isFalse();
    try (ExperimentStore store = ExperimentStore.open(StoreConfig.of(folder.resolve("store")))) {
      for (Experiments.RunEntry each : new Experiments(store).runs(9)) {
        assertThat(each.scores()).extracting(Experiments.Score::name).containsExactly("r");
      }
    }
  }

  @Test
  void whatALinkToADeviceNamesIsWrittenThroughAndNotReplaced() throws Exception {
    String script = "X = matrix(1, 3, 3)\nwrite(X, 'o.csv', format='csv')\nprint(sum(X))";
    run(script);
    assertThat(recalls(script)).isTrue();
    Files.delete(folder.resolve("o.csv"));
    Files.createSymbolicLink(folder.resolve("o.csv"), Path.of("/dev/null"));
    assertThat(recalls(script)).isFalse();
    assertThat(Files.isSymbolicLink(folder.resolve("o.csv"))).isTrue();
  }

  /** Which stays, as what lies beside its file: the run itself writes where it leads. */
  @Test
  void aFileThatIsALinkIsWrittenByTheRunItself() throws Exception {
    String script = "X = matrix(1, 3, 3)\nwrite(X, 'o.csv', format='csv')\nprint(sum(X))";
    run(script);
    assertThat(recalls(script)).isTrue();
    Path file = folder.resolve("o.csv");
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("real.csv"));
    assertThat(recalls(script)).isFalse();
    assertThat(run(script + " ").output()).isEqualTo("9.0\n");
    assertThat(recalls(script + " ")).isFalse();
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("real.csv"));
    assertThat(folder.resolve("real.csv")).hasContent("1.0,1.0,1.0\n".repeat(3));
    assertThat(folder.resolve("real.csv.mtd")).exists();
  }

  @Test
  void aRunThatByALinkToAFolderComesToReadWhatItWritesIsExecuted() throws Exception {
    String script =
        """
        X = read("in/x.csv", format="csv")
        write(X * 2, "out/x.csv", format="csv")
        Z = read("in/x.csv", format="csv")
        print(sum(X) + " " + sum(Z))
        """;
    Path in = Files.createDirectories(folder.resolve("in"));
    Files.writeString(in.resolve("x.csv"), "1,2\n3,4\n");
    assertThat(run(script).output()).isEqualTo("10.0 10.0\n");
    assertThat(recalls(script)).isTrue();
    for (String each : List.of("x.csv", "x.csv.mtd", "x.csv.lineage")) {
      Files.delete(folder.resolve("out").resolve(each));
    }
    Files.delete(folder.resolve("out"));
    Files.createSymbolicLink(folder.resolve("out"), Path.of("in"));
    assertThat(run(script)).isEqualTo(new Ran("10.0 20.0\n", null));
  }

  @Test
  void aRunThatByALinkToAFileComesToReadWhatItWritesIsExecuted() throws Exception {
    String script =
        """
        X = read("x.csv", format="csv")
        write(X * 2, "y.csv", format="csv")
        Z = read("x.csv", format="csv")
        print(sum(X) + " " + sum(Z))
        """;
    Path read = folder.resolve("x.csv");
    Path written = folder.resolve("y.csv");
    Files.writeString(read, "1,2\n3,4\n");
    assertThat(run(script).output()).isEqualTo("10.0 10.0\n");
    assertThat(recalls(script)).isTrue();
    for (String beside : List.of(".mtd", ".lineage")) {
      Files.delete(folder.resolve("y.csv" + beside));
    }
    Files.move(read, written, StandardCopyOption.REPLACE_EXISTING);
    Files.createSymbolicLink(read, Path.of("y.csv"));
    assertThat(run(script)).isEqualTo(new Ran("10.0 20.0\n", null));
  }

  @Test
  void aFileWhoseNameIsComputedIsWrittenByTheRunItself() throws Exception {
    String script =
        "X = matrix(1, 3, 3)\nwrite(X, 'o' + sum(X) + '.csv', format='csv')\nprint(sum(X))";
    run(script);
    assertThat(recalls(script)).isFalse();
  }

  @Test
  void aDamagedRecordIsAsIfItWereNotThere() throws Exception {
    run(SCRIPT);
    assertThat(recalls(SCRIPT)).isTrue();
    try (Connection graph =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store/graph.db"));
        Statement statement = graph.createStatement()) {
      int changed =
          statement.executeUpdate(
              "UPDATE region SET record = CAST(substr(record, 1, 40) || x'7f' || substr(record, 42)"
                  + " AS BLOB)");
      assertThat(changed).isPositive();
    }
    assertThat(recalls(SCRIPT)).isFalse();
  }

  @Test
  void aRunThatFailsIsNotKept() throws Exception {
    String script = "print('before')\nstop('on purpose')";
    for (int round = 0; round < 2; round++) {
      assertThat(recalls(script)).isFalse();
      assertThat(Scripts.failure(stored(), script)).hasMessageContaining("on purpose");
    }
  }
}
