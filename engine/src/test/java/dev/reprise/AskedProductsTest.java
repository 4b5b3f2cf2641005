package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.Scripts.Outcome;
import dev.reprise.runtime.Precision;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
      assertThat(run(config.withHostBytes(1 << 20), script).output()).isEqualTo(expected);
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
    assertThat(run(Scripts.config().withHostBytes(12 * matrix), script).output())
        .isEqualTo(expected);
  }
}
