package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations on values that an earlier run has computed are executed only when something needs what
 * they make.
 */
class PuttingOffTest {
  /** Sorting takes much longer than loading what it leaves, so that is kept. */
  private static final String SORTED =
      """
      X = order(target=rand(rows=200000, cols=2, seed=1), by=1)
      print(nrow(X))
      """;

  /** New operations on it, of which nothing is needed but shapes. */
  private static final String SHAPES =
      SORTED
          + """
          T = X * 3 - 1
          A = T[, 2]
          B = cbind(t(A), matrix(0, 1, 5))
          C = removeEmpty(target=X, margin="rows", select=(seq(1, nrow(X)) %% 4) == 0)
          D = removeEmpty(target=C, margin="cols", select=matrix("0 1", 1, 2))
          print(nrow(A) + " " + ncol(B) + " " + nrow(C) + " " + ncol(D))
          """;

  private static final String NEEDED =
      SHAPES
          + """
          print(sum(A) + " " + sum(B) + " " + sum(C ^ 2) + " " + as.scalar(D[7, 1]))
          print(sum(X[, 1]) + " " + sum(rowSums(X) > 1))
          """;

  @TempDir private Path folder;
  private SessionConfig stored;

  @BeforeEach
  void config() {
    stored =
        Scripts.config()
            .withWorkingDirectory(folder)
            .withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private static String plain(String script) {
    return run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
  }

  private static StoreUse store(Outcome outcome) {
    return outcome.statistics().store();
  }

  private static long executed(Outcome outcome, String opcode) {
    return outcome.statistics().of(opcode) == null ? 0 : outcome.statistics().of(opcode).executed();
  }

  @Test
  void whatNothingNeedsIsNeverExecuted() {
    run(stored, SORTED);
    Outcome second = run(stored, SHAPES);
    assertThat(second.output()).isEqualTo(plain(SHAPES));
    assertThat(store(second).putOff()).isGreaterThanOrEqualTo(4);
    assertThat(store(second).putOffExecuted()).isZero();
    for (String opcode : List.of("order", "*", "rightIndex", "t", "removeEmpty")) {
      assertThat(executed(second, opcode)).as(opcode).isZero();
    }
    assertThat(store(second).loadedBytes()).isZero();
  }

  @Test
  void whatIsNeededIsExecutedOnceAndTheSame() {
    String expected = plain(NEEDED);
    run(stored, SORTED);
    Outcome second = run(stored, NEEDED);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(store(second).putOffExecuted()).isPositive();
    assertThat(store(second).putOffExecuted()).isLessThanOrEqualTo(store(second).putOff());
    assertThat(executed(second, "order")).isZero();
  }

  @Test
  void theAnswerIsTheSameWhateverTheConfiguration() throws IOException {
    String expected = plain(NEEDED);
    List<SessionConfig> configs =
        List.of(
            stored.withThreads(1),
            stored.withThreads(4),
            stored.withHostBytes(24 << 20),
            stored.withNumerics(Numerics.EXACT),
            stored.withReuse(ReuseMode.TRACE),
            stored.withVerifyReuse(1));
    int number = 0;
    for (SessionConfig config : configs) {
      Path fresh = Files.createDirectories(folder.resolve("store" + number++));
      SessionConfig own = config.withStore(Scripts.keepingAll(fresh));
      run(own, SORTED);
      assertThat(run(own, NEEDED).output()).as("%s", config).isEqualTo(expected);
      assertThat(run(own, NEEDED + "print(\"\")").output()).isEqualTo(expected + "\n");
    }
  }

  @Test
  void aFileThatIsGoneMakesNoDifference() throws IOException {
    run(stored, SORTED);
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      for (Path file : files.filter(PuttingOffTest::isContent).toList()) {
        Files.delete(file);
      }
    }
    Outcome second = run(stored, NEEDED);
    assertThat(second.output()).isEqualTo(plain(NEEDED));
    assertThat(store(second).damaged()).isPositive();
    assertThat(executed(second, "order")).isZero();
    assertThat(store(second).computed()).isPositive();
  }

  private static boolean isContent(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file) && (name.contains("/artifacts/") || name.contains("/pieces/"));
  }

  @Test
  void workersOfALoopShareIt() {
    String script =
        SORTED
            + """
            A = X * 3
            R = matrix(0, 40, 1)
            parfor (i in 1:40, par=4) {
              R[i, 1] = sum(A[(i * 100):(i * 100 + 50), ] * i)
            }
            print(sum(R))
            """;
    run(stored, SORTED);
    Outcome second = run(stored.withThreads(4), script);
    assertThat(second.output()).isEqualTo(plain(script));
    assertThat(executed(second, "order")).isZero();
    assertThat(store(second).putOff()).isPositive();
    assertThat(store(second).putOffExecuted()).isLessThanOrEqualTo(store(second).putOff());
  }

  @Test
  void whatAnEarlierRunExecutedAndDidNotKeepIsPutOffToo() {
    String script =
        SORTED
            + """
            Y = rand(rows=1000000, cols=3, seed=7)
            C = removeEmpty(target=Y, margin="rows", select=(seq(1, nrow(Y)) %% 2) == 0)
            print(nrow(C))
            """;
    run(stored, script);
    Outcome second = run(stored, script + "print(ncol(C))");
    assertThat(second.output()).isEqualTo(plain(script + "print(ncol(C))"));
    assertThat(executed(second, "removeEmpty")).isZero();
    String more = script + "print(sum(C))";
    assertThat(run(stored, more).output()).isEqualTo(plain(more));
  }

  @Test
  void mistakesAreReportedWhereTheyAre() {
    run(stored, SORTED);
    for (String mistake :
        List.of(
            "print(1)\nA = X[, 3]\nprint(ncol(A))",
            "A = X + matrix(1, 3, 3)\nprint(ncol(A))",
            "A = X %*% X\nprint(ncol(A))",
            "A = cbind(X, matrix(1, 3, 3))\nprint(ncol(A))",
            "A = removeEmpty(target=X, margin=\"rows\", select=matrix(1, 3, 1))\nprint(ncol(A))",
            "A = removeEmpty(target=X, margin=\"diagonal\")\nprint(ncol(A))")) {
      String script = SORTED + mistake;
      ScriptException expected =
          Scripts.failure(Scripts.config().withReuse(ReuseMode.NONE), script);
      ScriptException found = Scripts.failure(stored, script);
      assertThat(found.getMessage()).isEqualTo(expected.getMessage());
    }
  }

  @Test
  void aSelectionThatLeavesNothingIsAsEver() {
    String script =
        SORTED
            + """
            none = matrix(0, nrow(X), 1)
            A = removeEmpty(target=X, margin="rows", select=none)
            B = removeEmpty(target=X, margin="rows", select=none, empty.return=FALSE)
            C = removeEmpty(target=X, margin="cols", select=matrix("0 1", 2, 1))
            print(nrow(A) + " " + nrow(B) + " " + sum(A) + " " + sum(C))
            """;
    run(stored, SORTED);
    assertThat(run(stored, script).output()).isEqualTo(plain(script));
  }

  @Test
  void aLoopOverWhatIsToComeEndsWithTheSameValue() {
    String script =
        SORTED
            + """
            A = X
            for (i in 1:100) {
              T = A * 0.9 + i
              A = T[, 1] + X
            }
            print(sum(A))
            """;
    run(stored, SORTED);
    assertThat(run(stored, script).output()).isEqualTo(plain(script));
  }

  @Test
  void itMayBeWrittenIntoListedPassedAndWritten() throws IOException {
    String script =
        """
        less = function(Matrix[Double] M) return (Matrix[Double] R) {
          R = M - 1
        }
        """
            + SORTED
            + """
            A = X * 3
            L = list(a=A, b=A + 1)
            B = less(A)
            A[1, 1] = 7
            b = as.matrix(L[2])
            write(B[1:9, ], "B.csv", format="csv")
            write(B * 2, "B2.bin", format="binary")
            print(sum(A) + " " + sum(b) + " " + sum(X) + " " + nrow(B))
            """;
    run(stored, SORTED);
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    String expected =
        run(Scripts.config().withReuse(ReuseMode.NONE).withWorkingDirectory(elsewhere), script)
            .output();
    Outcome second = run(stored, script);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(store(second).putOff()).isPositive();
    for (String file : List.of("B.csv", "B2.bin")) {
      assertThat(folder.resolve(file)).hasSameBinaryContentAs(elsewhere.resolve(file));
    }
  }
}
