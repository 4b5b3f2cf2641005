package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Recalls.Ran;
import dev.reprise.Scripts.Outcome;
import dev.reprise.runtime.Precision;
import dev.reprise.store.Artifact;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings that begin from the best earlier model of the store. */
class WarmStartTest {
  /** Descent that is the same in one go and in two, so that values tell where one began. */
  private static final String TRAINING =
      """
      X = matrix(seq(1, 120), 40, 3) %% 7 / 3
      y = X %*% matrix("1 -2 0.5", 3, 1)
      W = START
      for (e in 1:EPOCHS) {
        W = W - RATE * (t(X) %*% (X %*% W - y)) / 40
      }
      loss = sum((X %*% W - y)^2)
      score(W, loss, "loss", smaller=TRUE)
      print(toString(W, decimal=17))
      """;

  private static final String WARM = "warmstart(matrix(0, 3, 1), X, \"loss\")";

  @TempDir private Path folder;

  private StoreConfig store() {
    return StoreConfig.of(folder.resolve("store"));
  }

  private SessionConfig plain() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private SessionConfig cold() {
    return plain().withStore(store());
  }

  private SessionConfig warm() {
    return plain().withStore(store().withWarmStart());
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private static String training(String start, int epochs, double rate) {
    return TRAINING
        .replace("START", start)
        .replace("EPOCHS", "" + epochs)
        .replace("RATE", "" + rate);
  }

  private static String training(int epochs) {
    return training(WARM, epochs, 0.1);
  }

  private void assertCold(Outcome outcome) {
    assertThat(outcome.statistics().store().warmStarts()).isZero();
    assertThat(outcome.statistics().store().coldStarts()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "PARTIAL", "MULTILEVEL", "HYBRID"})
  void aTrainingGoesOnWhereTheBestEarlierOneEnded(ReuseMode mode) {
    String twice = run(plain(), training("matrix(0, 3, 1)", 100, 0.1)).output();
    String once = run(plain(), training("matrix(0, 3, 1)", 50, 0.1)).output();
    Outcome first = run(warm().withReuse(mode), training(50));
    assertThat(first.output()).isEqualTo(once).isNotEqualTo(twice);
    assertCold(first);
    Outcome second = run(warm().withReuse(mode), training(50));
    assertThat(second.output()).isEqualTo(twice);
    assertThat(second.statistics().store().warmStarts()).isEqualTo(1);
    assertThat(second.statistics().store().coldStarts()).isZero();
  }

  @Test
  void nothingOfThatHappensUnlessAskedFor() {
    String once = run(plain(), training(50)).output();
    for (int round = 0; round < 3; round++) {
      Outcome outcome = run(cold(), training(50));
      assertThat(outcome.output()).isEqualTo(once);
      assertThat(outcome.statistics().store().warmStarts()).isZero();
      assertThat(outcome.statistics().store().coldStarts()).isZero();
    }
    assertThat(run(plain().withReuse(ReuseMode.NONE), training(50)).output()).isEqualTo(once);
  }

  @Test
  void coldRunsKeepTheLineageOfTheInitialValueAndWarmOnesSayWhatTheyBeganFrom() {
    String script = training(5) + "print(lineage(W))";
    String cold = run(cold(), script).output();
    assertThat(cold).doesNotContain("warm");
    assertThat(run(warm(), script).output()).contains("= warm{name=loss} %");
    assertThat(run(cold(), script).output()).isEqualTo(cold);
  }

  @Test
  void theTraceOfAWarmStartIsReplayedToTheSameBitsWithoutTheStore() throws IOException {
    run(cold(), training(20));
    String script = training(20) + "write(W, 'W.csv', format='csv')";
    assertThat(run(warm(), script).statistics().store().warmStarts()).isEqualTo(1);
    try (Session session = Reprise.session(plain())) {
      session.replay(folder.resolve("W.csv.lineage"), folder.resolve("again.csv"), "csv");
    }
    assertThat(Files.readAllBytes(folder.resolve("again.csv")))
        .isEqualTo(Files.readAllBytes(folder.resolve("W.csv")));
  }

  @Test
  void theModelOfAScoreCanBeReplayedByItsName() throws IOException {
    run(cold(), training(20) + "write(W, 'W.csv', format='csv')");
    try (ExperimentStore opened = ExperimentStore.open(store())) {
      new Experiments(opened)
          .withTraceFile(
              1,
              "score loss",
              trace -> {
                try (Session session = Reprise.session(plain())) {
                  session.replay(trace, folder.resolve("again.csv"), "csv");
                }
              });
    }
    assertThat(Files.readAllBytes(folder.resolve("again.csv")))
        .isEqualTo(Files.readAllBytes(folder.resolve("W.csv")));
  }

  @Test
  void aFileThatIsCalledLikeTheTraceOfAModelIsNotTakenForIt() {
    run(cold(), training(20) + "write(X, 'score loss', format='csv')");
    try (ExperimentStore opened = ExperimentStore.open(store())) {
      assertThat(new Experiments(opened).traces(1))
          .extracting(Experiments.TraceEntry::name)
          .containsExactly("./score loss", "score loss");
      assertThat(opened.models("loss", 9)).hasSize(1);
    }
    assertThat(run(warm(), training(20)).statistics().store().warmStarts()).isEqualTo(1);
  }

  @Test
  void theBestOfSeveralModelsIsTakenWhateverTheirOrder() {
    String best = run(plain(), training("matrix(0, 3, 1)", 200, 0.1)).output();
    run(cold(), training(20));
    run(cold(), training(100));
    run(cold(), training(3));
    // As many more as the best one lacks.
    assertThat(run(warm(), training(100)).output()).isEqualTo(best);
  }

  @Test
  void withinARunTheBestModelOfAScoreCounts() {
    String several =
        """
        X = matrix(seq(1, 12), 4, 3)
        for (i in 1:5) { score(X[1, ] * i, 10 - (i - 3)^2, "s") }
        score(X[2, ], 1, "other")
        """;
    run(cold(), several);
    String script =
        "X = matrix(seq(1, 12), 4, 3)\nprint(toString(warmstart(matrix(0, 1, 3), X, 's')))";
    assertThat(run(warm(), script).output()).startsWith("3.000 6.000 9.000");
    assertThat(run(warm(), script.replace("'s'", "'other'")).output())
        .startsWith("4.000 5.000 6.000");
  }

  @Test
  void otherDataShapesScoresAndPrecisionsFindNothing() {
    run(cold(), training(5));
    assertCold(run(warm(), training(5).replace("%% 7", "%% 11")));
    assertCold(run(warm(), training(5).replace("\"loss\")", "\"error\")")));
    assertCold(run(warm(), training("warmstart(matrix(0, 3, 2), X, 'loss')", 5, 0.1)));
    assertCold(run(warm().withPrecision(Precision.FP32), training(5)));
    assertCold(run(warm().withNumerics(Numerics.EXACT), training(5)));
    assertThat(run(warm(), training(5)).statistics().store().warmStarts()).isEqualTo(1);
  }

  @Test
  void allPartsOfAListOfDataMustBeThoseOfTheModel() {
    run(cold(), training(5));
    String both = training("warmstart(matrix(0, 3, 1), list(X, y), 'loss')", 5, 0.1);
    assertThat(run(warm(), both).statistics().store().warmStarts()).isEqualTo(1);
    assertCold(run(warm(), both.replace("list(X, y)", "list(X, y + 1)")));
  }

  @Test
  void dataThatWasPreparedInACallIsRecognised() {
    String script =
        """
        prepare = function(Integer n) return (Matrix[Double] X, Matrix[Double] y) {
          X = matrix(seq(1, n * 3), n, 3) %% 7 / 3
          y = X %*% matrix("1 -2 0.5", 3, 1)
        }
        train = function(Integer n, Integer epochs) return (Matrix[Double] W) {
          [X, y] = prepare(n)
          W = warmstart(matrix(0, 3, 1), X, "loss")
          for (e in 1:epochs) { W = W - 0.1 * (t(X) %*% (X %*% W - y)) / n }
        }
        for (i in 1:2) { W = train(40, 10) }
        score(W, sum(abs(W)), "loss", smaller=TRUE)
        print(toString(W, decimal=17))
        """;
    String cold = run(cold(), script).output();
    Outcome warm = run(warm(), script);
    assertThat(warm.statistics().store().warmStarts()).isEqualTo(2);
    assertThat(warm.output()).isNotEqualTo(cold);
    // What the calls of warm runs left answers for no call of a cold one.
    assertThat(run(cold(), script).output()).isEqualTo(cold);
  }

  private static final String LISTS =
      """
      X = matrix(seq(1, 20), 10, 2)
      L = warmstart(list(W=matrix(0, 2, 1), b=0), X, "s")
      W = as.matrix(L["W"]) + t(X[1:1, ])
      b = as.scalar(L["b"]) + 1
      print(sum(W) + " " + b)
      score(list(W=W, b=b), b, "s")
      """;

  @Test
  void aModelOfSeveralPartsIsAList() {
    assertThat(run(cold(), LISTS).output()).isEqualTo("3.0 1\n");
    Outcome second = run(warm(), LISTS);
    assertThat(second.output()).isEqualTo("6.0 2\n");
    assertThat(run(warm(), LISTS).output()).isEqualTo("9.0 3\n");
    // Other names are another model.
    assertThat(run(warm(), LISTS.replace("b=0", "c=0").replace("L[\"b\"]", "L[\"c\"]")).output())
        .isEqualTo("3.0 1\n");
  }

  @Test
  void aWholeRunIsRecalledOnlyIfNoModelMayHaveComeBetween() {
    assertThat(recalled(cold(), training(5))).isNull();
    String cold = recalled(cold(), training(5));
    assertThat(cold).isNotNull();
    // What a cold run left is no answer for a warm one, nor what an earlier warm one left.
    assertThat(recalled(warm(), training(5))).isNull();
    assertThat(recalled(warm(), training(5))).isNull();
    assertThat(recalled(cold(), training(5))).isEqualTo(cold);
    // A script that begins from nothing is recalled all the same.
    String other = "print(sum(matrix(1, 3, 3)))";
    assertThat(recalled(warm(), other)).isNull();
    assertThat(recalled(warm(), other)).isEqualTo("9.0\n");
  }

  /** What a recalled run printed; null when it had to be executed, which is done then. */
  private static String recalled(SessionConfig config, String script) {
    Ran ran = Recalls.run(config, script);
    return ran.isRecalled() ? ran.output() : null;
  }

  @Test
  void callsThatMayBeginElsewhereAreEnteredEachTime() {
    String script =
        """
        X = rand(rows=2000, cols=50, seed=1)
        train = function(Matrix[Double] X, Double rate) return (Matrix[Double] W) {
          W = warmstart(matrix(1, ncol(X), 1), X, "s")
          for (e in 1:5) { W = W - rate * (t(X) %*% (X %*% W)) / nrow(X) }
        }
        W = train(X, 0.01)
        score(W, -sum(W^2), "s")
        print(toString(W[1:2, ], decimal=17))
        """;
    String ten = run(plain(), script.replace("1:5", "1:10")).output();
    String five = run(cold(), script).output();
    assertThat(run(cold(), script).output()).isEqualTo(five);
    assertThat(run(warm(), script).output()).isEqualTo(ten);
    assertThat(run(cold(), script).output()).isEqualTo(five);
  }

  @Test
  void allIterationsBeginFromTheSameModelWithAnyNumberOfWorkers() {
    run(cold(), training(5));
    String script =
        """
        X = matrix(seq(1, 120), 40, 3) %% 7 / 3
        R = matrix(0, 3, 8)
        LOOP (i in 1:8) {
          W = warmstart(matrix(0, 3, 1), X, "loss")
          R[, i] = W * i
          score(W * i, 100 * i, "loss")
        }
        print(toString(R, decimal=17))
        print(lineage(R))
        """;
    String expected = run(readOnly(), script.replace("LOOP", "for")).output();
    for (int threads : new int[] {1, 4}) {
      Outcome outcome = run(readOnly().withThreads(threads), script.replace("LOOP", "parfor"));
      assertThat(outcome.output()).isEqualTo(expected);
      assertThat(outcome.statistics().store().warmStarts()).isEqualTo(8);
    }
    String cells = script.replace("LOOP", "for").replace("print(lineage(R))", "");
    String shown = run(readOnly(), cells).output();
    assertThat(expected).startsWith(shown);
    assertThat(run(readOnly().withDedup(false), cells).output()).isEqualTo(shown);
    assertThat(run(readOnly().withHostBytes(1 << 20), cells).output()).isEqualTo(shown);
  }

  private SessionConfig readOnly() {
    return plain().withStore(store().withWarmStart().asReadOnly());
  }

  @Test
  void aStoreThatIsOnlyReadGivesModelsAndTakesNone() throws IOException {
    run(cold(), training(5));
    String ten = run(plain(), training("matrix(0, 3, 1)", 10, 0.1)).output();
    for (int round = 0; round < 2; round++) {
      assertThat(run(readOnly(), training(5)).output()).isEqualTo(ten);
    }
  }

  @Test
  void aSessionDoesNotFindItsOwnModels() throws Exception {
    try (Session session = Reprise.session(warm())) {
      for (int round = 0; round < 2; round++) {
        try (RunResult result = session.compile(training(5), CompileOptions.none()).run()) {
          assertThat(result.statistics().store().warmStarts()).isZero();
        }
      }
    }
    assertThat(run(warm(), training(5)).statistics().store().warmStarts()).isEqualTo(1);
  }

  @Test
  void aDamagedModelIsPassedOverForTheNextBest() throws Exception {
    String wide =
        """
        X = rand(rows=2000, cols=10, seed=1)
        W = warmstart(matrix(0, 2000, 1), X, "s") + rowSums(X) * FACTOR
        score(W, FACTOR, "s")
        print(toString(W[1, 1], decimal=17))
        """;
    run(cold(), wide.replace("FACTOR", "1"));
    run(cold(), wide.replace("FACTOR", "2"));
    String fromSecond =
        run(
                plain(),
                wide.replace("FACTOR", "3")
                    .replace(
                        "warmstart(matrix(0, 2000, 1), X, \"s\")",
                        "(matrix(0, 2000, 1) + rowSums(X) * 2)"))
            .output();
    assertThat(run(readOnly(), wide.replace("FACTOR", "3")).output()).isEqualTo(fromSecond);
    try (ExperimentStore opened = ExperimentStore.open(store())) {
      for (ArtifactEntry each : new Experiments(opened).artifacts(2, 100)) {
        Artifact artifact = opened.find(each.key());
        if (!artifact.isInline()) {
          Files.write(opened.fileOf(artifact), new byte[] {1, 2, 3});
        }
      }
    }
    Outcome third = run(readOnly(), wide.replace("FACTOR", "3"));
    assertThat(third.statistics().store().damaged()).isPositive();
    assertThat(third.statistics().store().warmStarts()).isEqualTo(1);
    assertThat(third.output())
        .isEqualTo(
            run(
                    plain(),
                    wide.replace("FACTOR", "3")
                        .replace(
                            "warmstart(matrix(0, 2000, 1), X, \"s\")",
                            "(matrix(0, 2000, 1) + rowSums(X))"))
                .output());
  }

  @Test
  void aTraceThatIsNotThatOfTheModelIsPassedOver() throws Exception {
    run(cold(), training(5));
    run(cold(), training(7));
    try (Connection graph =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store/graph.db"));
        Statement statement = graph.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "UPDATE trace SET text = (SELECT text FROM trace WHERE run = 1) WHERE run = 2"))
          .isEqualTo(1);
    }
    assertThat(run(readOnly(), training(5)).output())
        .isEqualTo(run(plain(), training("matrix(0, 3, 1)", 10, 0.1)).output());
  }

  @Test
  void whatIsNoModelOrNoDataIsRefused() {
    assertThat(Scripts.failure(warm(), "F = as.frame(matrix(1, 2, 2))\nW = warmstart(F, F, 's')"))
        .hasMessageContaining(
            "'warmstart' begins from a matrix, or a list of matrices and scalars");
    assertThat(Scripts.failure(warm(), "X = matrix(1, 2, 2)\nW = warmstart(X, 3, 's')"))
        .hasMessageContaining("'warmstart' needs the data that the model is trained on");
    assertThat(Scripts.failure(warm(), "X = matrix(1, 2, 2)\nW = warmstart(X, X, X)"))
        .hasMessageContaining("'warmstart' needs the name of a score");
    assertThat(Scripts.failure(warm(), "X = matrix(1, 2, 2)\nscore(X, 1, 's', smaller=X)"))
        .hasMessageContaining("'smaller' of 'score'");
  }
}
