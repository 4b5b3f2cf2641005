package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LoopStatistics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When iterations are stored without their items, and when that ends. */
class RecordedLoopEventsTest {
  private static final int ITERATIONS = 1000;

  /** The first 32 iterations are traced as ever, and one more to know its path. */
  private static final int TRACED = 33;

  private static final int RECORDED = ITERATIONS - TRACED;
  private static final LoopStatistics ALL_RECORDED = new LoopStatistics(RECORDED, 0);

  private static final String DATA =
      "X = matrix(seq(1, 9), 3, 3) %% 5\na = sum(X)\nL = matrix(1, 60, 60)\n";

  private static LoopStatistics loops(String body) {
    return loops(Scripts.config(), body);
  }

  /** Of one loop around the body. */
  private static LoopStatistics loops(SessionConfig config, String body) {
    return Scripts.run(config, loop(ITERATIONS, body) + "print(sum(a))").statistics().loops();
  }

  private static String loop(int iterations, String body) {
    return DATA + "for (i in 1:" + iterations + ") {\n" + body + "\n}\n";
  }

  private static LoopStatistics loopsOf(String script) {
    return Scripts.run(script).statistics().loops();
  }

  /** A run that records nothing. */
  private static Scripts.Outcome plain(String script) {
    return Scripts.run(Scripts.config().withDedup(false), script);
  }

  @Test
  void aLoopOverScalarsIsRecordedOnceItsPathIsKnown() {
    assertThat(loops("a = (a * 3 + i) %% 1001")).isEqualTo(ALL_RECORDED);
  }

  @Test
  void smallMatricesAndWritesIntoCellsAreRecorded() {
    assertThat(loops("X = (X * 3 + i) %% 11\nX[2, 1] = a\na = as.scalar(X[1, 3]) + i"))
        .isEqualTo(ALL_RECORDED);
  }

  @Test
  void aSecondPathIsTracedOnce() {
    assertThat(loops("if (i %% 2 == 0) { a = a * 0.5 } else { a = a + i }"))
        .isEqualTo(new LoopStatistics(RECORDED - 1, 1));
  }

  @Test
  void aWhileLoopIsRecordedUntilItsConditionFails() {
    String script = DATA + "i = 0\nwhile (i < 1000) { i = i + 1\na = a * 0.5 + i }\nprint(a)";
    assertThat(loopsOf(script)).isEqualTo(new LoopStatistics(RECORDED, 1));
  }

  @Test
  void onlyIterationsWithAnEffectAreTracedAgain() {
    assertThat(loops("a = a * 0.5 + i\nif (i %% 100 == 0) { print(lineage(X)) }"))
        .isEqualTo(new LoopStatistics(RECORDED - 10, 10));
  }

  @Test
  void anOperationThatIsLookedUpDoesNotEndTheRecordingOfItsIteration() {
    String body = "a = a * 0.5\nif (i %% 100 == 0) { B = L %*% (L * i)\na = a + sum(B) }";
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.FULL, ReuseMode.TRACE}) {
      LoopStatistics loops = loops(Scripts.config().withReuse(mode), body);
      assertThat(loops.left()).isLessThan(4);
      assertThat(loops.recorded()).isGreaterThan(RECORDED - 4L);
    }
  }

  @Test
  void fusedChainsAreRecordedAndLookedUpAsEver() {
    String script =
        "E = matrix(seq(1, 9000), 100, 90) %% 7\nF = E / 3\na = 1\n"
            + "for (i in 1:200) { E = (E * 0.5 + F) * a - i %% 9\na = sum((E - F) ^ 2) %% 3 }\n"
            + "print(sum(E) + a)";
    Scripts.Outcome stored = Scripts.run(script);
    Scripts.Outcome plain = plain(script);
    assertThat(stored.statistics().loops()).isEqualTo(new LoopStatistics(200 - TRACED, 0));
    assertThat(stored.output()).isEqualTo(plain.output());
    assertThat(stored.statistics().misses()).isEqualTo(plain.statistics().misses()).isPositive();
    Scripts.Outcome traced = Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), script);
    assertThat(traced.statistics().loops()).isEqualTo(new LoopStatistics(200 - TRACED, 0));
  }

  @Test
  void whatIsFoundInARecordedIterationIsFoundWithoutEndingIt() {
    String script =
        "X = matrix(seq(1, 400000), 4000, 100) %% 7\nW = matrix(1, 99, 90) / 100\n"
            + "for (e in 1:5) {\nfor (b in 1:80) {\nA = X[((b - 1) * 50 + 1):(b * 50), 2:100]\n"
            + "B = A %*% W\nW = W * 0.99 - sum(B) * 0.0001\n}\n}\nprint(sum(W))";
    Scripts.Outcome stored = Scripts.run(script);
    Scripts.Outcome plain = plain(script);
    assertThat(stored.output()).isEqualTo(plain.output());
    // Whole rows would be views, which nobody looks up. As many batches as pay for their bytes;
    // what
    // asks in vain asks for another sample where it is recorded.
    assertThat(stored.statistics().of("rightIndex").hits())
        .isEqualTo(plain.statistics().of("rightIndex").hits())
        .isGreaterThan(100);
    assertThat(stored.statistics().loops().recorded()).isGreaterThan(200);
    assertThat(stored.statistics().loops().left()).isLessThan(20);
  }

  @Test
  void batchesOfALargeTableMakeNoIterationWorthAskingFor() {
    String script =
        "X = matrix(seq(1, 6000000), 60000, 100) %% 7\nY = X[, 1:4] + 1\nW = matrix(1, 100, 4)\n"
            + "for (b in 1:1000) {\nA = X[((b - 1) * 50 + 1):(b * 50), ]\n"
            + "T = Y[((b - 1) * 50 + 1):(b * 50), ]\n"
            + "D = A %*% W - T\nW = W - 0.00001 * (t(A) %*% D)\n}\nprint(sum(W))";
    Scripts.Outcome stored = Scripts.run(script);
    assertThat(stored.output()).isEqualTo(plain(script).output());
    // A slice costs what it takes out, not what it is taken from: less than asking for it. Blocks
    // that are asked for would be traced.
    assertThat(stored.statistics().of("rightIndex").misses()).as("Y").isOne();
    assertThat(stored.statistics().blocks().misses()).isZero();
    assertThat(stored.statistics().loops()).isEqualTo(ALL_RECORDED);
  }

  @Test
  void whatIsLookedUpInAnIterationThatWasRecordedSoFarIsFound() {
    String script =
        DATA
            + "C = L %*% (L * 148)\nfor (i in 1:200) {\na = a * 0.5 + i\nk = i - 2\n"
            + "if (i == 150) { B = L %*% (L * k)\nprint(sum(B - C)) }\n}\nprint(a)";
    Scripts.Outcome outcome = Scripts.run(script);
    assertThat(outcome.output()).startsWith("0.0\n");
    assertThat(outcome.statistics().hits()).isEqualTo(1);
    assertThat(outcome.statistics().misses()).isEqualTo(2);
    // The branch is taken once, so the iteration's path is not known.
    assertThat(outcome.statistics().loops().left()).isEqualTo(1);
    assertThat(outcome.statistics().loops().recorded()).isGreaterThan(160);
  }

  @Test
  void aLoopWhoseIterationsAllNeedItemsIsRecordedAndChecked() {
    SessionConfig looking = Scripts.config().withVerifyReuse(1);
    String body = "L = (L %*% L) %% 7\na = a + 1";
    assertThat(loops(looking, body)).isEqualTo(ALL_RECORDED);
  }

  @Test
  void aLoopWhoseIterationsAllContainAnotherLoopOrAnEffectIsLeftToTheInterpreter() {
    assertThat(loops("for (j in 1:2) { a = a * 0.5 }")).isEqualTo(LoopStatistics.NONE);
    assertThat(loops("print(i)")).isEqualTo(LoopStatistics.NONE);
  }

  @Test
  void aLoopThatLooksItsValuesUpInVainIsRecordedAndAskedAsASample() {
    String script = loop(ITERATIONS, "L = rev(L %*% L + i)\na = a + 1") + "print(sum(L))";
    RunStatistics statistics = Scripts.run(script).statistics();
    assertThat(statistics.loops()).isEqualTo(ALL_RECORDED);
    // The product of each iteration until it was known what the loop carries on, and that asking
    // for that was in vain 32 times; then of one of 256.
    assertThat(statistics.misses()).isEqualTo(32 + ITERATIONS / 256);
  }

  @Test
  void productsOfEachIterationsOwnAreAskedForLongerAndAsALargerSample() {
    String script = loop(ITERATIONS, "K = L + i\na = a + sum(rev(K %*% K))") + "print(a)";
    RunStatistics statistics = Scripts.run(script).statistics();
    assertThat(statistics.loops()).isEqualTo(ALL_RECORDED);
    // The product of each iteration until that was in vain 256 times, then of one of sixteen.
    assertThat(statistics.misses()).isBetween(256 + 30L, 256 + 62L);
  }

  @Test
  void anInnerLoopThatLooksItsValuesUpInVainIsRecordedInAllItsExecutions() {
    String script =
        DATA + "for (e in 1:10) {\nfor (b in 1:300) {\nL = (L %*% L + b) %% 7\na = a + e\n}\n}";
    LoopStatistics loops = loopsOf(script + "\nprint(a)");
    // All but the first 32, then the first two of each execution, and one more to know the path.
    assertThat(loops).isEqualTo(new LoopStatistics(300 - TRACED + 9 * (300 - 3), 0));
  }

  @Test
  void constantsThatChangeAreLearnedAnew() {
    String body = "a = a * k\nif (i == 500) { k = 4 }";
    LoopStatistics loops = loopsOf("k = 3\n" + loop(ITERATIONS, body) + "print(a)");
    assertThat(loops.recorded()).isGreaterThan(RECORDED - 8);
    assertThat(loops.left()).isLessThan(8);
  }

  @Test
  void nothingIsRecordedWithoutDeduplicationOrTrace() {
    String body = "a = a * 0.5 + i";
    assertThat(loops(Scripts.config().withDedup(false), body)).isEqualTo(LoopStatistics.NONE);
    assertThat(loops(Scripts.config().withReuse(ReuseMode.NONE), body))
        .isEqualTo(LoopStatistics.NONE);
  }

  @Test
  void loopsInWorkersAndFunctionsAreRecorded() {
    String script =
        "f = function(double x) return (double y) { y = x\n"
            + "for (i in 1:100) { y = y * 0.5 + i } }\n"
            + DATA
            + "R = matrix(0, 4, 1)\nparfor (p in 1:4) { R[p, 1] = f(p) + f(a) }\nprint(sum(R))";
    assertThat(loopsOf(script).recorded()).isGreaterThanOrEqualTo((100 - TRACED) * 5);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"TRACE", "FULL", "HYBRID"})
  void afterAnErrorVariablesHaveTheirItems(ReuseMode mode) throws Exception {
    SessionConfig config = Scripts.config().withReuse(mode);
    String said = afterFailure(config);
    assertThat(said).contains("<input 1>:4").contains("return %");
    assertThat(said).isEqualTo(afterFailure(config.withDedup(false)));
  }

  /** What a failure in the 70th iteration says, and the lineage that variables have then. */
  private static String afterFailure(SessionConfig config) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Session session = Reprise.session(config.withOutput(out, out));
        Workspace workspace = session.workspace()) {
      String script =
          "X = matrix(seq(1, 9), 3, 3)\n"
              + "a = sum(X); b = a\n"
              + "for (i in 1:100) { t = b; b = a * 0.5 + i\n"
              + "a = t + X[i %/% 70 * 3 + 1, 1] * 0 + t }";
      try {
        workspace.run("<input 1>", script);
        throw new AssertionError("the script did not fail");
      } catch (ScriptException e) {
        out.println(e.getMessage());
      }
      workspace.run(
          "<input 2>", "print(lineage(a))\nprint(lineage(b))\nprint(lineage(t))\nprint(i)");
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aTrapTellsTheTraceOfWhatItStopsAt(@TempDir Path folder) {
    SessionConfig config =
        Scripts.config().withWorkingDirectory(folder).withTraps(Set.of(Trap.NAN));
    for (String step : new String[] {"b = log(75 - i - a * 0)", "X = log(X * 0 + 75 - i)"}) {
      String script = loop(100, "a = a * 0.5\n" + step);
      ScriptException failure = Scripts.failure(config, script);
      assertThat(failure.getMessage())
          .contains("made the first NaN")
          .contains("= log %")
          .isEqualTo(Scripts.failure(config.withDedup(false), script).getMessage());
    }
  }

  @Test
  void anOperationThatIsOnlyEstimatedNeedsItsItem() {
    String script = loop(100, "a = a * 0.5\nif (i > 90) { b = sum(L %*% L) }");
    SessionConfig config = Scripts.config().withEstimate(true);
    assertThat(Scripts.run(config, script).statistics().forecast().repeated())
        .isEqualTo(Scripts.run(config.withDedup(false), script).statistics().forecast().repeated())
        .isGreaterThanOrEqualTo(9);
  }
}
