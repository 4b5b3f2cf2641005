package dev.reprise;

import static dev.reprise.Calls.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole calls are found by the contents of their small inputs, whatever way these came to be, and
 * go on with the history of the inputs at hand.
 */
class EqualCallsTest {
  private static final String WORDS =
      """
      translate = function(Matrix[Double] e, Matrix[Double] W)
        return (Matrix[Double] H, Double score)
      {
        H = max(e %*% W, 0)
        S = exp((H - max(H)) / 100)
        score = sum(S) + sum(t(W) %*% t(H))
      }
      E = rand(rows=10, cols=200, min=-1, max=1, seed=1)
      W = rand(rows=200, cols=200, min=-1, max=1, seed=2)
      stream = matrix("3 5 3 7 5 3 3 1", 8, 1)
      R = matrix(0, 8, 2)
      """;

  private static final String LOOP =
      """
      (i in 1:8) {
        w = as.scalar(stream[i, 1])
        [H, score] = translate(E[w, ], W)
        R[i, 1] = score
        R[i, 2] = sum(H)
      }
      """;

  @TempDir private Path folder;

  private static void assertFound(LevelStatistics calls, long hits, long misses) {
    assertThat(calls.hits()).as("hits").isEqualTo(hits);
    assertThat(calls.byContents()).as("of these by contents").isEqualTo(hits);
    assertThat(calls.misses()).as("misses").isEqualTo(misses);
  }

  /**
   * One worker finds all that come again. Of two both may execute what neither has left yet.
   *
   * @param values that come again
   */
  private static void assertFoundIn(String loop, Outcome outcome, long times, long values) {
    long least = loop.equals("parfor (i in 1:8)") ? times - values : times;
    assertThat(outcome.statistics().functions().byContents()).isBetween(least, times);
  }

  /** Bits of all cells. */
  private static String print(int rows, int cols) {
    return "for (i in 1:%d) for (j in 1:%d) print(as.scalar(R[i, j]))".formatted(rows, cols);
  }

  @Test
  void wordsThatComeAgainAreTranslatedOnce() {
    Outcome outcome = run(WORDS + "for " + LOOP + print(8, 2));
    assertFound(outcome.statistics().functions(), 4, 4);
    assertThat(outcome.statistics().of("exp").executed()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"1, FULL", "2, FULL", "4, FULL", "1, HYBRID", "2, HYBRID", "4, HYBRID"})
  void workersFindWhatOthersHaveLeft(int threads, ReuseMode mode) {
    String script = WORDS + "parfor " + LOOP + print(8, 2);
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    Outcome outcome = Scripts.run(Scripts.config().withThreads(threads).withReuse(mode), script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.liveBuffers()).isZero();
    LevelStatistics calls = outcome.statistics().functions();
    if (mode == ReuseMode.FULL) {
      assertThat(calls).isEqualTo(LevelStatistics.NONE);
    } else {
      assertThat(calls.hits() + calls.misses()).isEqualTo(8);
      assertThat(calls.misses()).isBetween(4L, 3L + threads);
      assertThat(calls.byContents()).isEqualTo(calls.hits());
    }
  }

  @Test
  void aBudgetThatHoldsNothingLosesValuesAndNoResult() {
    String script = WORDS + "for " + LOOP.replace("1:8", "1:8") + print(8, 2);
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    for (long bytes : new long[] {1 << 20, 600_000}) {
      Outcome outcome = Scripts.run(Scripts.config().withHostBytes(bytes), script);
      assertThat(outcome.output()).as("%d bytes", bytes).isEqualTo(expected);
      assertThat(outcome.liveBuffers()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"for ", "parfor "})
  void theHistoryIsThatOfTheInputsAtHand(String loop) {
    String script =
        WORDS
            + loop
            + LOOP
            + """
            print(lineage(R))
            w = as.scalar(stream[8, 1]) + as.scalar(stream[7, 1])
            [G, g] = translate(E[w - 3, ], W)
            print(lineage(G))
            print(lineage(g))
            """;
    String traced = Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), script).output();
    Outcome found = Scripts.run(Scripts.config(), script);
    assertThat(found.output()).isEqualTo(traced);
    assertThat(found.statistics().functions().byContents()).isPositive();
  }

  @Test
  void whatWasFoundIsReplayed() throws IOException {
    String script =
        WORDS
            + "for "
            + LOOP
            + """
            write(R, "R.bin", format="binary")
            write(H, "H.bin", format="binary")
            """;
    Outcome outcome = Scripts.run(Scripts.config().withWorkingDirectory(folder), script);
    assertThat(outcome.statistics().functions().byContents()).isEqualTo(4);
    try (Session session =
        Reprise.session(
            SessionConfig.defaults().withWorkingDirectory(folder).withReuse(ReuseMode.NONE))) {
      for (String name : new String[] {"R.bin", "H.bin"}) {
        ReplayRequest request =
            ReplayRequest.of(folder.resolve(name + ".lineage"))
                .with(new ReplayRequest.Comparison.WithFile(folder.resolve(name)));
        assertThat(session.replay(request).comparison().isEqual()).as(name).isTrue();
      }
    }
  }

  /** What a function with one small parameter answers to values that a data set has. */
  private static LevelStatistics ofNumbers(String type, String values, String body) {
    String script =
        """
        f = function(%s z, Matrix[Double] W) return (Double r) { r = sum(W %%*%% W) * 0 + %s }
        W = rand(rows=60, cols=60, seed=1)
        V = %s
        for (i in 1:nrow(V)) print(f(as.scalar(V[i, 1]), W))
        """
            .formatted(type, body, values);
    return run(script).statistics().functions();
  }

  @Test
  void zerosOfBothSignsAreTwoContents() {
    assertFound(ofNumbers("Double", "matrix(\"1 -1 1 -1\", 4, 1) * 0", "1 / z"), 2, 2);
  }

  @Test
  void whatIsNotANumberIsFound() {
    assertFound(ofNumbers("Double", "matrix(0, 3, 1) / 0", "ifelse(is.nan(z), 1, 2)"), 2, 1);
  }

  @Test
  void textsAndTruthValuesAreContents() {
    String frame = "as.frame(matrix(\"7 8 7 7\", 4, 1))";
    assertFound(ofNumbers("String", frame, "as.double(z)"), 2, 2);
    assertFound(ofNumbers("Boolean", "matrix(\"1 0 1 1\", 4, 1)", "as.double(z)"), 2, 2);
    assertFound(ofNumbers("Integer", "matrix(\"2 3 2 2\", 4, 1)", "z"), 2, 2);
  }

  @Test
  void aNumberAndALiteralAreNotTheSame() {
    // What is computed from literals is a literal: the histories differ.
    Outcome outcome =
        run(
            """
            f = function(Double z, Matrix[Double] W) return (Double r) {
              r = sum((W * (z + 1)) %*% W)
            }
            W = rand(rows=60, cols=60, seed=1)
            print(f(2, W) + f(sum(matrix(1, 2, 1)), W) + f(2, W) + f(sum(matrix(2, 1, 1)), W))
            """);
    assertThat(outcome.statistics().functions().hits()).isEqualTo(2);
    assertThat(outcome.statistics().functions().byContents()).isEqualTo(1);
  }

  @Test
  void matricesOfOtherShapeOrMoreBytesAreOtherInputs() {
    String script =
        """
        f = function(Matrix[Double] A, Matrix[Double] W) return (Double r) {
          r = nrow(A) + sum(A) + sum(W %%*%% W)
        }
        W = rand(rows=60, cols=60, seed=1)
        A = rand(rows=%1$d, cols=32, seed=2)
        B = A * 2
        print(f(A * 2, W) + f(B, W) + f(A + A, W) + f(matrix(B, ncol(B), nrow(B)), W))
        """;
    // The second has the history of the first.
    LevelStatistics small = run(script.formatted(31)).statistics().functions();
    assertThat(small.hits()).isEqualTo(2);
    assertThat(small.byContents()).isEqualTo(1);
    LevelStatistics large = run(script.formatted(33)).statistics().functions();
    assertThat(large.hits()).isEqualTo(1);
    assertThat(large.byContents()).isZero();
  }

  @Test
  void inputsThatWereOneValueMustBeOneAgain() {
    String script =
        """
        f = function(Double a, Double b, Matrix[Double] W) return (Double r) {
          r = a / b + sum(W %*% W)
        }
        W = rand(rows=60, cols=60, seed=1)
        V = matrix("2 2 2", 3, 1)
        x = as.scalar(V[1, 1]); y = as.scalar(V[2, 1]); z = as.scalar(V[3, 1])
        r = f(x, x, W)
        print(r)
        s = f(y, z, W)
        print(s)
        t = f(z, z, W)
        print(t)
        """;
    Outcome outcome = run(script);
    assertFound(outcome.statistics().functions(), 1, 2);
    String lineage = script + "print(lineage(r)); print(lineage(s)); print(lineage(t))";
    assertThat(Scripts.run(Scripts.config(), lineage).output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), lineage).output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"for (i in 1:8)", "parfor (i in 1:8, par=1)", "parfor (i in 1:8)"})
  void loopsInFunctionsKeepTheirForm(String loop) {
    String script =
        """
        walk = function(Matrix[Double] e, Double z, Integer n, Matrix[Double] W)
          return (Matrix[Double] H, Double s, Integer k)
        {
          H = e
          s = z
          k = n
          for (i in 1:n) {
            H = H %%*%% W / 100 + z
            if (i %%%% 2 == 0) { s = s + sum(H) } else { s = s * 0.5 + i }
            for (j in 1:2) { s = s + j * z }
            k = k + i
          }
          B = W[(k %%%% n) + 1, ]
          s = s + sum(B)
        }
        W = rand(rows=150, cols=150, seed=1)
        E = rand(rows=9, cols=150, seed=2)
        stream = matrix("3 5 3 7 5 3 3 5", 8, 1)
        R = matrix(0, 8, 3)
        %s {
          w = as.scalar(stream[i, 1])
          [H, s, k] = walk(E[w, ], w / 7, as.integer(w) + 36, W)
          R[i, 1] = s
          R[i, 2] = sum(H)
          R[i, 3] = k
        }
        [G, g, n] = walk(E[as.scalar(stream[1, 1]) + 2, ], as.scalar(stream[2, 1]) / 7, 41, W)
        [F, f, m] = walk(E[as.scalar(stream[1, 1]) + 2, ], as.scalar(stream[5, 1]) / 7, 41, W)
        R[1, 1] = f - g
        """
            .formatted(loop);
    Outcome outcome = run(script + print(8, 3));
    assertFoundIn(loop, outcome, 6, 2);
    String lineage = script + "print(lineage(R)); print(lineage(F)); print(lineage(f))";
    for (boolean dedup : new boolean[] {true, false}) {
      SessionConfig config = Scripts.config().withDedup(dedup);
      assertThat(Scripts.run(config, lineage).output())
          .isEqualTo(Scripts.run(config.withReuse(ReuseMode.TRACE), lineage).output());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"for (i in 1:8)", "parfor (i in 1:8, par=1)", "parfor (i in 1:8)"})
  void aTrainedListIsFoundWithTheLoopThatTrainedIt(String loop) throws IOException {
    String script =
        """
        f = function(Double z, Matrix[Double] e, List[Unknown] net)
          return (Double r, Matrix[Double] H)
        {
          W = as.matrix(net["W"])
          H = max(e %%*%% W, 0) * z
          for (k in 1:20) { H = H * 0.9 + k }
          V = W
          for (k in 1:20) { V = V * 0.5 + k }
          r = sum(H) + sum(V)
        }
        W = rand(rows=100, cols=100, seed=1)
        for (i in 1:200) W = W * 0.9999 + 0.00001
        net = list(W=W, b=3)
        E = rand(rows=9, cols=100, seed=2)
        stream = matrix("3 5 3 7 5 3 3 5", 8, 1)
        R = matrix(0, 8, 2)
        %s {
          w = as.scalar(stream[i, 1])
          [r, H] = f(w, E[w, ], net)
          R[i, 1] = r
          R[i, 2] = sum(H)
        }
        """
            .formatted(loop);
    Outcome outcome = run(script + print(8, 2));
    assertFoundIn(loop, outcome, 5, 2);
    String lineage = script + "print(lineage(R))";
    for (boolean dedup : new boolean[] {true, false}) {
      SessionConfig config = Scripts.config().withDedup(dedup);
      assertThat(Scripts.run(config, lineage).output())
          .isEqualTo(Scripts.run(config.withReuse(ReuseMode.TRACE), lineage).output());
    }
    Scripts.run(
        Scripts.config().withWorkingDirectory(folder),
        script + "write(R, \"R.bin\", format=\"binary\")");
    try (Session session =
        Reprise.session(
            SessionConfig.defaults().withWorkingDirectory(folder).withReuse(ReuseMode.NONE))) {
      ReplayRequest request =
          ReplayRequest.of(folder.resolve("R.bin.lineage"))
              .with(new ReplayRequest.Comparison.WithFile(folder.resolve("R.bin")));
      assertThat(session.replay(request).comparison().isEqual()).isTrue();
    }
  }

  @Test
  void howFarANumberIsFromItsSizeIsPartOfWhatItIs() {
    String script =
        """
        f = function(Integer n, Matrix[Double] W) return (Double s) {
          s = sum(W %*% W)
          m = n + 1
          for (i in 1:30) { B = W[m - 1, ]; s = s + sum(exp(B)) * m; m = m + 1 - 1 }
        }
        W = rand(rows=80, cols=80, seed=1)
        a = f(nrow(W), W)
        b = f(nrow(W) + 1 - 1 + 2 - 2 + 3 - 3 + 0, W)
        c = f(ncol(W) + 1 - 1 + 2 - 2 + 3 - 3 + 0, W)
        d = f(ncol(W), W)
        print(a + " " + b + " " + c + " " + d)
        """;
    String lineage = script + "print(lineage(b)); print(lineage(c)); print(lineage(d))";
    assertThat(Scripts.run(Scripts.config(), lineage).output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), lineage).output());
    assertFound(run(script).statistics().functions(), 2, 2);
  }

  @Test
  void sizesAndCountersGoByTheirHistory() {
    // With what a loop counts, a number of rows makes literals; a number from data does not.
    String script =
        """
        f = function(Integer n, Matrix[Double] W) return (Double s) {
          s = sum(W %*% W)
          for (i in 1:30) { B = W[((i - 1) %% n) + 1, ]; s = s + sum(exp(B)) }
        }
        W = rand(rows=80, cols=80, seed=1)
        V = matrix(80, 2, 1)
        a = f(nrow(W), W)
        b = f(as.integer(as.scalar(V[1, 1])), W)
        c = f(ncol(W), W)
        d = f(as.integer(as.scalar(V[2, 1])), W)
        print(a + " " + b + " " + c + " " + d)
        """;
    assertFound(run(script).statistics().functions(), 2, 2);
    String lineage = script + "print(lineage(b)); print(lineage(c)); print(lineage(d))";
    assertThat(Scripts.run(Scripts.config(), lineage).output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), lineage).output());
  }

  @Test
  void whatHasAnEffectHappensEachTime() {
    Outcome outcome =
        run(
            """
            f = function(Double z, Matrix[Double] W) return (Double r) {
              r = sum(W %*% W) * z
              if (z > 2) print("large")
            }
            W = rand(rows=60, cols=60, seed=1)
            V = matrix("1 3 1 3 3", 5, 1)
            for (i in 1:5) print(f(as.scalar(V[i, 1]), W))
            """);
    assertFound(outcome.statistics().functions(), 1, 1);
  }

  @Test
  void whatFailsFailsEachTime() {
    String script =
        """
        f = function(Double z, Matrix[Double] W) return (Double r) {
          r = sum(W %*% W) * z
          if (z > 2) stop("too large: " + z)
        }
        W = rand(rows=60, cols=60, seed=1)
        V = matrix("1 1 3", 3, 1)
        for (i in 1:3) r = f(as.scalar(V[i, 1]), W)
        """;
    for (ReuseMode mode : ReuseMode.values()) {
      ScriptException failure = Scripts.failure(Scripts.config().withReuse(mode), script);
      assertThat(failure.getMessage()).contains("too large: 3");
    }
  }

  @Test
  void listsOfResultsAndPassedInputs() {
    String script =
        """
        f = function(Matrix[Double] e, Double z, Matrix[Double] W)
          return (List[Unknown] all, Matrix[Double] same, Matrix[Double] whole)
        {
          same = e
          whole = W
          all = list(product=exp((W * z) %*% W), number=z * 2, given=e, inner=list(W * z))
        }
        W = rand(rows=100, cols=100, seed=1)
        E = rand(rows=5, cols=100, seed=2)
        stream = matrix("2 4 2 2", 4, 1)
        for (i in 1:4) {
          w = as.scalar(stream[i, 1])
          [L, same, whole] = f(E[w, ], w, W)
          P = as.matrix(L["product"])
          print(sum(P) + " " + as.scalar(L["number"]) + " " + sum(same) + " " + sum(whole))
        }
        """;
    Outcome outcome = run(script);
    assertThat(outcome.statistics().functions().byContents()).isEqualTo(2);
    String lineage = script + "print(lineage(P)); print(lineage(same)); print(lineage(L))";
    assertThat(Scripts.run(Scripts.config(), lineage).output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), lineage).output());
  }

  @Test
  void blocksAreFoundLikewise() {
    Outcome outcome =
        run(
            """
            W = rand(rows=150, cols=150, seed=1)
            stream = matrix("2 4 2 2 4", 5, 1)
            for (i in 1:5) {
              w = as.scalar(stream[i, 1])
              print(i)
              A = W * w
              B = A %*% W
              s = sum(B)
              print(s)
            }
            """);
    LevelStatistics blocks = outcome.statistics().blocks();
    assertThat(blocks.byContents()).isEqualTo(3);
    assertThat(outcome.statistics().of("sum").executed()).isEqualTo(2);
  }

  @Test
  void whatNeverComesAgainIsGivenUpAndBegunAgain() {
    String script =
        """
        f = function(Double z, Matrix[Double] W) return (Double r) { r = sum((W * z) %%*%% W) }
        W = rand(rows=70, cols=70, seed=1)
        V = %s
        s = 0.0
        for (i in 1:nrow(V)) s = s + f(as.scalar(V[i, 1]), W)
        print(s)
        """;
    // 64 questions, 1,024 executions without, then again.
    String late = script.formatted("rbind(seq(1, 64 + 1024), seq(1, 100))");
    assertThat(run(late).statistics().functions().byContents()).isEqualTo(64);
    String early = script.formatted("rbind(seq(1, 50), seq(1, 50), seq(1, 50))");
    assertThat(run(early).statistics().functions().byContents()).isEqualTo(100);
  }
}
