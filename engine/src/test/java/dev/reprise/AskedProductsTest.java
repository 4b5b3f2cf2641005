package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.LoopStatistics;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.Scripts.Outcome;
import dev.reprise.runtime.Precision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Products and aggregates are asked for before an operand of theirs is computed cell by cell that
 * nothing else reads.
 */
class AskedProductsTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String DATA =
      """
      X = matrix(seq(1, 20000), 200, 100) %% 17 + 1
      Y = matrix(seq(1, 20000), 200, 100) %% 13
      B = matrix(seq(1, 300), 100, 3) %% 7
      """;

  /** A function that ends each call with something of its own, so no call is found as a whole. */
  private static String calls(String statement) {
    return """
    f = function(Matrix[Double] X, Matrix[Double] Y, Matrix[Double] B, Double i)
        return (Double s) {
      print("call " + i)
      P = %s
      s = sum(P * i)
      print(s)
    }
    """
            .formatted(statement)
        + DATA
        + "for (i in 1:3) { s = f(X, Y, B, i) }\n";
  }

  /** For which there is room in the memory: those of the data, a fourth more, and the scalars. */
  private static final long FEW_CELLS = 50_000;

  /** How often a value had to leave the memory, or to stay out of it, for lack of room. */
  private static long leftMemory(RunStatistics run) {
    DiskUse disk = run.disk();
    return disk.spills() + disk.pages() + disk.retries() + run.cache().evictions();
  }

  private static OpcodeStatistics of(Outcome outcome, String opcode) {
    return outcome.statistics().of(opcode);
  }

  private static long probes(Outcome outcome, String opcode) {
    OpcodeStatistics counts = of(outcome, opcode);
    return counts.hits() + counts.misses() + counts.waits();
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome =
        Assertions.assertTimeoutPreemptively(LIMIT, () -> Scripts.run(config, script));
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "PARTIAL", "MULTILEVEL", "HYBRID"})
  void anOperandOfAProductThatIsFoundIsNeitherComputedNorLookedUp(ReuseMode mode) {
    String script = calls("sqrt(X) %*% B");
    Outcome asked = run(Scripts.config().withReuse(mode), script);
    assertThat(of(asked, "sqrt").executed()).isEqualTo(1);
    assertThat(probes(asked, "sqrt")).isEqualTo(1);
    assertThat(of(asked, "matmul").executed()).isEqualTo(1);
    assertThat(of(asked, "matmul").misses()).isEqualTo(1);
    assertThat(asked.output())
        .isEqualTo(run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
  }

  @Test
  void withoutFusionTheOperandIsLookedUpEachTime() {
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL);
    Outcome unfused = run(config.withFusion(false), calls("sqrt(X) %*% B"));
    assertThat(probes(unfused, "sqrt")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqrt(X) %*% B",
        "t(sqrt(X)) %*% Y",
        "B %*% t(sqrt(X[1:100, 1:3]))",
        "t(sqrt(X)) %*% sqrt(X)",
        "sqrt(X) %*% t(sqrt(Y))",
        "t(B) %*% sqrt(X[1:100, ])",
        "colVars(sqrt(X))",
        "rowSds(sqrt(X))",
        "matrix(var(sqrt(X)), 1, 1)",
        "matrix(median(matrix(sqrt(X), 20000, 1) + 1), 1, 1)",
        "sqrt(X * 2 + 1) %*% B",
        "sqrt(X / (1 + abs(Y))) %*% t(exp(X * 0.01) - Y)",
        "sqrt(X[1:100, ]) %*% sqrt(X[1:100, ])"
      })
  void whateverIsAskedHasTheBitsOfTheOperationsOneByOne(String statement) {
    String script = calls(statement);
    for (Precision precision : Precision.values()) {
      SessionConfig config = Scripts.config().withPrecision(precision).withNumerics(Numerics.EXACT);
      String expected = run(config.withReuse(ReuseMode.NONE).withFusion(false), script).output();
      for (ReuseMode mode : ReuseMode.values()) {
        assertThat(run(config.withReuse(mode), script).output())
            .as("%s %s", precision, mode)
            .isEqualTo(expected);
      }
      Outcome starved = run(config.withHostBytes(FEW_CELLS * precision.bytesPerCell()), script);
      assertThat(starved.output()).isEqualTo(expected);
      assertThat(leftMemory(starved.statistics())).isPositive();
      // Defers nothing, since each operation is looked up: that hits have the bits of what is
      // computed where these products are, under the same keys as asked ones.
      assertThat(run(config.withVerifyReuse(1), script).output()).isEqualTo(expected);
    }
  }

  @Test
  void aChainBelowAProductIsComputedInOneLoopAndOnce() {
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL);
    Outcome chain = run(config, calls("sqrt(X * 2 + 1) %*% B"));
    // That of the data, and the chain.
    assertThat(of(chain, "fused").executed()).isEqualTo(2);
    assertThat(of(chain, "sqrt").executed()).isZero();
    assertThat(of(chain, "matmul").hits()).isEqualTo(2);
  }

  @Test
  void anOperandThatSomethingElseReadsIsComputedWhereItStands() {
    Outcome outcome =
        run(
            Scripts.config().withReuse(ReuseMode.FULL),
            DATA + "A = sqrt(X)\nP = A %*% B\nprint(sum(P ^ 2) + sum(A ^ 3) + sum(X ^ 3))\n");
    assertThat(of(outcome, "sqrt").executed()).isEqualTo(1);
    assertThat(of(outcome, "sqrt").misses()).isEqualTo(1);
  }

  @Test
  void theOperandIsFoundWhereAnotherProductHasMadeIt() {
    Outcome outcome = run(Scripts.config().withReuse(ReuseMode.FULL), calls("sqrt(X) %*% (B * i)"));
    assertThat(of(outcome, "matmul").misses()).isEqualTo(3);
    assertThat(of(outcome, "sqrt").executed()).isEqualTo(1);
    assertThat(of(outcome, "sqrt").hits()).isEqualTo(2);
  }

  @Test
  void anOperandThatALoopComputesAgainAndAgainIsFoundThere() {
    Outcome outcome =
        run(
            Scripts.config().withReuse(ReuseMode.FULL),
            DATA + "for (i in 1:4) { print(sum(sqrt(X) %*% (B + i))) }\n");
    assertThat(of(outcome, "sqrt").executed()).isEqualTo(1);
    assertThat(of(outcome, "sqrt").hits()).isEqualTo(3);
  }

  @Test
  void operandsThatDoNotFitAreReportedAsEver() {
    for (String mistake :
        new String[] {"print(sum(sqrt(X) %*% Y))", "A = X + t(Y)\nprint(sum(A %*% B))"}) {
      ScriptException asked = Scripts.failure(Scripts.config(), DATA + mistake);
      SessionConfig unfused = Scripts.config().withFusion(false).withReuse(ReuseMode.NONE);
      ScriptException plain = Scripts.failure(unfused, DATA + mistake);
      assertThat(asked.getMessage()).isEqualTo(plain.getMessage());
      assertThat(asked.position()).isEqualTo(plain.position());
      assertThat(asked.position().line()).isEqualTo(4);
    }
  }

  @Test
  void aLaterAssignmentDoesNotReachAnOperandThatIsComputedAfterIt() {
    String script =
        DATA + "A = sqrt(X)\nX[1, 1] = 4000\nP = A %*% B\nprint(sum(P) + \" \" + sum(X))\n";
    assertThat(run(Scripts.config(), script).output())
        .isEqualTo(run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
  }

  @RepeatedTest(50)
  void workersThatWantOneProductComputeItAndItsOperandOnce() {
    Outcome outcome =
        run(
            Scripts.config(),
            """
            X = rand(rows=1000, cols=40, seed=1)
            R = matrix(0, 8, 1)
            parfor (i in 1:8, par=8) { A = t(sqrt(X)) %*% sqrt(X); R[i, 1] = sum(A) }
            print(sum(R == min(R)))
            """);
    assertThat(outcome.output()).isEqualTo("8.0\n");
    assertThat(of(outcome, "tsmm").executed()).isEqualTo(1);
    assertThat(of(outcome, "tsmm").hits() + of(outcome, "tsmm").waits()).isEqualTo(7);
    assertThat(of(outcome, "sqrt").executed()).isEqualTo(1);
    assertThat(probes(outcome, "sqrt")).isEqualTo(1);
  }

  @RepeatedTest(20)
  void stopInOneWorkerLeavesNobodyWaiting() {
    ScriptException failure =
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                Scripts.failure(
                    Scripts.config(),
                    """
                    X = rand(rows=1000, cols=30, seed=1)
                    R = matrix(0, 40, 1)
                    parfor (i in 1:40, par=8) {
                      A = t(sqrt(X + i %% 3)) %*% exp(X)
                      if (i >= 5) { stop("iteration " + i) }
                      R[i, 1] = sum(A)
                    }
                    """));
    assertThat(failure.detail()).isEqualTo("iteration 5");
  }

  @Test
  void workersThatTakeTurnsForMemoryFinishWithTheSameResult() {
    String script =
        """
        X = rand(rows=300, cols=300, seed=1)
        R = matrix(0, 12, 1)
        parfor (i in 1:12, par=4) { A = sqrt(X + i %% 4) %*% exp(X); R[i, 1] = sum(A) }
        print(sum(R))
        """;
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    long matrix = 300 * 300 * 8L;
    long retries = 0;
    // That nobody ever happens to be in another one's way is out of question.
    for (int round = 0; round < 100 && retries == 0; round++) {
      Outcome outcome = run(Scripts.config().withHostBytes(5 * matrix), script);
      assertThat(outcome.output()).isEqualTo(expected);
      retries = outcome.statistics().disk().retries();
    }
    assertThat(retries).isPositive();
  }

  /** The first 32 iterations are traced as ever, and one more to know its path. */
  private static final int TRACED = 33;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sqrt(X) %*% B                  | matmul  | sqrt | 1",
        "t(exp(X + i %% 3)) %*% sqrt(Y) | matmul  | exp  | 3",
        "colVars(exp(X * 0.01))         | colVars | exp  | 1",
      })
  void aRecordedLoopAsksForItsProducts(
      String statement, String product, String operand, long times) {
    String script =
        DATA + "r = 0\nfor (i in 1:200) { P = " + statement + "\nr = r + i * sum(P) }\nprint(r)\n";
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL);
    Outcome recorded = run(config, script);
    Outcome traced = run(config.withDedup(false), script);
    assertThat(recorded.statistics().loops()).isEqualTo(new LoopStatistics(200 - TRACED, 0));
    assertThat(traced.statistics().loops()).isEqualTo(LoopStatistics.NONE);
    for (Outcome outcome : new Outcome[] {recorded, traced}) {
      assertThat(of(outcome, product).executed()).isEqualTo(times);
      assertThat(of(outcome, product).hits()).isEqualTo(200 - times);
      assertThat(probes(outcome, operand)).isEqualTo(times);
    }
    assertThat(recorded.output()).isEqualTo(traced.output());
    assertThat(recorded.output())
        .isEqualTo(run(config.withReuse(ReuseMode.NONE).withFusion(false), script).output());
  }

  /** Asked twice in one session: the draws of a run begin anew. */
  @Test
  void aHitDrawsTheSeedsOfItsOperandsAllTheSame() throws Exception {
    String script =
        """
        B = matrix(seq(1, 300), 100, 3) %% 7
        P = sqrt(rand(rows=200, cols=100) * 2) %*% B
        print(sum(P))
        print(sum(rand(rows=2, cols=2)))
        """;
    String plain = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL).withOutput(out, out);
    try (Session session = Reprise.session(config)) {
      for (int round = 0; round < 2; round++) {
        try (RunResult result = session.compile(script, CompileOptions.none()).run()) {
          assertThat(result.statistics().of("matmul").hits()).isEqualTo(round);
          assertThat(result.statistics().of("sqrt").executed()).isZero();
          assertThat(result.statistics().of("fused").executed()).isEqualTo(1 - round);
        }
      }
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(plain + plain);
  }

  /**
   * Each finds that somebody else has begun, or given up, or begins by itself. An operation that is
   * short of memory alone takes 63 ms to give up, one after the other.
   */
  @RepeatedTest(50)
  void anOperandThatFailsIsReportedByWhoeverWantsTheProduct() {
    SessionConfig config = Scripts.config().withHostBytes(3_000_000).withDiskBytes(0);
    ScriptException failure =
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                Scripts.failure(
                    config,
                    """
                    X = matrix(7, 500, 500)
                    v = matrix(1, 500, 1)
                    R = matrix(0, 4, 1)
                    parfor (i in 1:4, par=4) {
                      A = sqrt(X)
                      P = A %*% v
                      R[i, 1] = sum(P)
                    }
                    """));
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.position().line()).isEqualTo(5);
  }
}
