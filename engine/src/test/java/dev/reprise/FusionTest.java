package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A fused run must not be told from an unfused one but by its statistics. */
class FusionTest {
  private static final double[] SPECIAL = {
    0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-300, 1e-41, 3e38, -2
  };

  static java.util.stream.LongStream seeds() {
    return java.util.stream.LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomExpressionsHaveTheSameBitsAndTracesFusedAndUnfused(long seed) throws Exception {
    assertSameFusedAndUnfused(seed, Precision.FP64);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void andSoTheyDoInFp32(long seed) throws Exception {
    assertSameFusedAndUnfused(seed + 1000, Precision.FP32);
  }

  private static void assertSameFusedAndUnfused(long seed, Precision precision) throws Exception {
    Random random = new Random(seed);
    int[] shape =
        new int[][] {{1, 1}, {4, 6}, {1, 9000}, {9000, 1}, {100, 90}, {3, 3000}, {90, 100}}
            [random.nextInt(7)];
    String script = new Expressions(random).script();
    Inputs inputs =
        Inputs.of("X", matrix(random, shape[0], shape[1]))
            .and("Y", matrix(random, shape[0], shape[1]))
            .and("r", matrix(random, 1, shape[1]))
            .and("c", matrix(random, shape[0], 1))
            .and("o", matrix(random, 1, 1))
            .and("s", random.nextGaussian());
    SessionConfig config = Scripts.config().withPrecision(precision);
    List<String> expected =
        answers(config.withFusion(false).withReuse(ReuseMode.TRACE), script, inputs, 1);
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, ReuseMode.TRACE, ReuseMode.HYBRID}) {
      boolean traced = mode.traces();
      List<String> wanted = traced ? expected : expected.subList(0, (expected.size() + 1) / 2);
      assertThat(answers(config.withReuse(mode), script, inputs, 1)).as(script).isEqualTo(wanted);
    }
    assertThat(answers(config, script, inputs, 3)).as(script).isEqualTo(expected);
    assertThat(answers(config.withHostBytes(4 << 20), script, inputs, 2))
        .as(script)
        .isEqualTo(expected);
    assertThat(answers(config.withNumerics(Numerics.EXACT).withThreads(1), script, inputs, 1))
        .as(script)
        .isEqualTo(expected);
  }

  private static double[][] matrix(Random random, int rows, int cols) {
    double[][] cells = new double[rows][cols];
    for (double[] row : cells) {
      for (int j = 0; j < cols; j++) {
        row[j] =
            random.nextInt(12) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : random.nextGaussian();
      }
    }
    return cells;
  }

  /** What each variable holds, bit by bit, or the error; then the traces, when there are any. */
  private static List<String> answers(SessionConfig config, String script, Inputs inputs, int runs)
      throws Exception {
    List<String> answers = new ArrayList<>();
    Session session = Reprise.session(config);
    try (session) {
      Script compiled =
          session.compile(
              script, CompileOptions.inputs("X", "Y", "r", "c", "o", "s").outputs("A", "B", "C"));
      for (int i = 0; i < runs; i++) {
        answers.clear();
        try (RunResult result = compiled.run(inputs)) {
          for (String name : List.of("A", "B", "C")) {
            answers.add(ResultBits.of(result, name));
          }
          for (String name : List.of("A", "B", "C")) {
            if (config.reuse().traces()) {
              answers.add(result.lineage(name));
            }
          }
        } catch (ScriptException e) {
          String where = e.getMessage() + " at " + e.position();
          answers.clear();
          answers.add(where);
        }
      }
    }
    assertThat(session.liveBuffersAtClose()).as("leaked buffers").isZero();
    return answers;
  }

  /** Random expressions over X, Y (equal shapes), row r, column c, 1x1 matrix o and number s. */
  private record Expressions(Random random) {
    private static final List<String> OPERATORS =
        List.of("+", "-", "*", "/", "*", "+", "^", "%%", "%/%", "<", ">=", "==", "!=", "&", "|");
    private static final List<String> FUNCTIONS =
        List.of(
            "abs", "exp", "sqrt", "round", "floor", "ceil", "sign", "sigmoid", "tanh", "sin", "-",
            "!", "atan", "log", "relu", "gelu", "silu", "selu");
    private static final List<String> AGGREGATES =
        List.of(
            "sum",
            "mean",
            "min",
            "max",
            "rowSums",
            "rowMeans",
            "rowMaxs",
            "rowMins",
            "colSums",
            "colMeans",
            "colMaxs",
            "colMins",
            "rowIndexMax",
            "var");

    String script() {
      String function =
          """
          f = function(Matrix[Double] X, Matrix[Double] Y) return (Matrix[Double] D) {
            T = X - Y
            U = T * T
            D = 1 / (1 + U)
          }
          """;
      String loop =
          random.nextBoolean()
              ? ""
              : "for (i in 1:3) { A = %s * i; B = B + sum(A * %s) }\n"
                  .formatted(matrix(2), matrix(1));
      return function
          + "A = %s\nB = %s(%s)\nC = f(%s, X) + %s\n"
              .formatted(matrix(4), pick(AGGREGATES), matrix(3), matrix(2), matrix(1))
          + loop
          + "C = C - A\n";
    }

    private String pick(List<String> words) {
      return words.get(random.nextInt(words.size()));
    }

    /** An expression of the shape of X; rarely one that does not fit. */
    private String matrix(int depth) {
      if (depth == 0) {
        return random.nextInt(60) == 0 ? "matrix(1, 7, 5)" : random.nextBoolean() ? "X" : "Y";
      }
      return switch (random.nextInt(7)) {
        case 0 -> "(" + pick(FUNCTIONS) + "(" + matrix(depth - 1) + "))";
        case 1 -> "ifelse(" + matrix(depth - 1) + ", " + matrix(depth - 1) + ", " + choice() + ")";
        case 2 -> "(" + any(depth - 1) + " " + pick(OPERATORS) + " " + matrix(depth - 1) + ")";
        case 3 -> "max(" + matrix(depth - 1) + ", " + any(depth - 1) + ")";
        case 4 -> pairs();
        default -> "(" + matrix(depth - 1) + " " + pick(OPERATORS) + " " + any(depth - 1) + ")";
      };
    }

    /** Of the column and the row, which have the shape of X; rarely the other way round. */
    private String pairs() {
      String column = random.nextBoolean() ? "c" : "(c * 2 - s)";
      return random.nextInt(40) == 0
          ? "(r - c)"
          : "("
              + column
              + " "
              + pick(OPERATORS)
              + " "
              + (random.nextBoolean() ? "r" : "abs(r)")
              + ")";
    }

    private String choice() {
      return random.nextInt(20) == 0 ? "r" : List.of("s", "X", "o").get(random.nextInt(3));
    }

    private String any(int depth) {
      return switch (random.nextInt(7)) {
        case 0 -> "r";
        case 1 -> "(c * 2 - s)";
        case 2 -> "o";
        case 3 -> random.nextBoolean() ? "s" : "(s * 2 + 1)";
        case 4 -> List.of("2", "0.5", "-1", "0", "TRUE").get(random.nextInt(5));
        default -> matrix(depth);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aChainWithItsAggregateIsOneLoop(Precision precision) {
    SessionConfig config = Scripts.config().withPrecision(precision);
    String script =
        """
        X = matrix(seq(1, 12000), 100, 120)
        Y = X / 7
        print(sum((X - Y) ^ 2))
        """;
    Scripts.Outcome fused = Scripts.run(config, script);
    Scripts.Outcome unfused = Scripts.run(config.withFusion(false), script);
    assertThat(fused.output()).isEqualTo(unfused.output());
    assertThat(fused.statistics().of("fused").executed()).isEqualTo(1);
    assertThat(fused.statistics().of("^").executed()).isZero();
    assertThat(unfused.statistics().of("fused").executed()).isZero();
    assertThat(unfused.statistics().of("^").executed()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void anOperationThatRunsBetweenTwoMembersDoesNotSplitTheLoop(Precision precision) {
    Scripts.Outcome outcome =
        Scripts.run(
            Scripts.config().withPrecision(precision),
            """
            X = matrix(seq(1, 10000) / 10000, 100, 100)
            V = 0.9 * X - 0.1 * (t(X) %*% X)
            print(sum(V))
            """);
    assertThat(outcome.statistics().of("fused").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
  }

  /** Pairs misfitted once; nothing of the size of the result is made here, the sum being on top. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void allPairsOfAColumnAndARowAreOneLoopWithTheirSum(Precision precision) {
    SessionConfig config = Scripts.config().withPrecision(precision);
    String script =
        """
        c = matrix(seq(1, 100), 100, 1)
        r = matrix(seq(1, 120), 1, 120)
        print(sum((c - r) ^ 2))
        """;
    Scripts.Outcome fused = Scripts.run(config, script);
    assertThat(fused.output()).isEqualTo("2.5598E7\n");
    assertThat(Scripts.run(config.withFusion(false), script).output()).isEqualTo(fused.output());
    assertThat(fused.statistics().of("fused").executed()).isEqualTo(1);
    assertThat(fused.statistics().of("-").executed()).isZero();
  }

  @Test
  void smallMatricesAreNotWorthALoop() {
    Scripts.Outcome outcome = Scripts.run("X = matrix(2, 3, 4)\nprint(sum((X - 1) * X))");
    assertThat(outcome.output()).isEqualTo("24.0\n");
    assertThat(outcome.statistics().of("fused").executed()).isZero();
  }

  @Test
  void aValueThatTwoStatementsReadIsComputedOnce() {
    Scripts.Outcome outcome =
        Scripts.run(
            """
            X = matrix(seq(1, 10000), 100, 100)
            D = X * 3
            print(sum(D - 1) + sum(D + 1))
            """);
    assertThat(outcome.statistics().of("*").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("fused").executed()).isEqualTo(2);
  }

  @Test
  void aFusedValueIsFoundByTheSameUnfusedLineage() {
    Scripts.Outcome outcome =
        Scripts.run(
            """
            X = matrix(seq(1, 10000), 100, 100)
            a = sum((X - 3) * X)
            D = X - 3
            E = D * X
            if (nrow(D) == 100) { b = sum(E) }
            print(a - b)
            """);
    assertThat(outcome.output()).isEqualTo("0.0\n");
    assertThat(outcome.statistics().of("sum").hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aMemberThatComesAgainIsComputedByItselfOnceAndFoundFromThenOn(Precision precision) {
    Function<Boolean, RunStatistics> run =
        fusion ->
            Scripts.run(
                    Scripts.config().withPrecision(precision).withFusion(fusion),
                    """
                    f = function(Matrix[Double] X, Double i) return (Double s) {
                      s = sum(exp(X) * i)
                    }
                    X = matrix(seq(1, 10000), 100, 100) / 10000
                    for (i in 1:10) { print(f(X, i)) }
                    """)
                .statistics();
    assertThat(run.apply(false).of("exp").executed()).isEqualTo(1);
    assertThat(run.apply(false).of("exp").hits()).isEqualTo(9);
    RunStatistics fused = run.apply(true);
    assertThat(fused.of("exp").executed()).isEqualTo(1);
    assertThat(fused.of("exp").hits()).isEqualTo(8);
    assertThat(fused.of("fused").executed()).isEqualTo(1);
  }

  @Test
  void whatALoopComputesAgainAndAgainIsNotPulledIntoWhatChanges() {
    RunStatistics fused =
        Scripts.run(
                """
                X = matrix(seq(1, 10000), 100, 100) / 10000
                for (i in 1:10) { print(sum((exp(X) + 1) * i)) }
                """)
            .statistics();
    // exp(X) + 1 is one loop, once; the products with i are ten.
    assertThat(fused.of("+").hits()).isEqualTo(9);
    assertThat(fused.of("fused").executed()).isEqualTo(11);
  }

  @Test
  void workersOfAParforComputeAFusedValueOnce() {
    Scripts.Outcome outcome =
        Scripts.run(
            Scripts.config().withThreads(4),
            """
            X = matrix(seq(1, 40000), 200, 200) / 40000
            R = matrix(0, 32, 1)
            parfor (i in 1:32, par=4) { R[i, 1] = sum(1 / (1 + exp(-X))) + i }
            print(sum(R))
            """);
    assertThat(outcome.statistics().of("sum").misses()).isLessThanOrEqualTo(2);
    assertThat(outcome.statistics().of("fused").executed()).isLessThanOrEqualTo(1);
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void trainingInFp32FusesWhatItDoesInFp64() {
    String script =
        """
        X = matrix(seq(1, 20000), 100, 200) %% 13 / 13
        W = matrix(seq(1, 20000), 200, 100) %% 7 / 700
        V = W * 0
        for (i in 1:60) {
          D = X %*% W - 0.3
          V = 0.9 * V - 0.01 * (t(X) %*% D)
          W = W + V
        }
        print(sum(W) + " " + sum((W - 0.1) ^ 2))
        print(lineage(W))
        """;
    SessionConfig floats = Scripts.config().withPrecision(Precision.FP32);
    Scripts.Outcome unfused = Scripts.run(floats.withFusion(false), script);
    for (int threads : new int[] {1, 3}) {
      Scripts.Outcome fused = Scripts.run(floats.withThreads(threads), script);
      assertThat(fused.output()).isEqualTo(unfused.output());
      assertThat(fused.statistics().of("fused").executed())
          .isEqualTo(Scripts.run(script).statistics().of("fused").executed())
          .isEqualTo(63);
      assertThat(fused.statistics().loops().recorded()).isGreaterThan(20);
    }
  }

  @Test
  void mistakesAreReportedWhereTheUnfusedProgramMeetsThem() {
    for (String script :
        List.of(
            "X = matrix(1, 3000, 4)\nY = matrix(1, 2, 4)\nprint(sum((X * 2 + Y) ^ 2))",
            "X = matrix(1, 3000, 4)\nZ = 2 * X - X %*% X\nprint(sum(Z))",
            "X = matrix(1, 3000, 4)\nprint(sum(abs(X * 2) - \"a\"))",
            "X = matrix(1, 3000, 1)\nprint(sum(abs(2 * t(X) - X)))",
            "X = matrix(1, 3000, 4)\nprint(sum(ifelse(X > 1, X, matrix(1, 3, 3)) * 2))")) {
      ScriptException fused = Scripts.failure(Scripts.config(), script);
      ScriptException unfused = Scripts.failure(Scripts.config().withFusion(false), script);
      assertThat(fused.getMessage()).isEqualTo(unfused.getMessage());
      assertThat(fused.position()).isEqualTo(unfused.position());
    }
  }

  @Test
  void aFailureBetweenTwoMembersLeavesNothingBehind() {
    Session session = Reprise.session(Scripts.config());
    try (session) {
      Script script =
          compile(session, "X = matrix(1, 300, 400)\nZ = (X * 2) - X %*% X\nprint(sum(Z))");
      assertThat(org.assertj.core.api.Assertions.catchThrowable(script::run))
          .hasMessageContaining("needs as many columns");
    }
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  private static Script compile(Session session, String text) {
    try {
      return session.compile(text, CompileOptions.none());
    } catch (dev.reprise.language.CompileException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void compressedAndSmallerMatricesRunUnfusedWithTheSameResult() {
    String script =
        """
        S = rand(rows=2000, cols=1000, sparsity=0.01, seed=1)
        print(sum((S * 2 + S) ^ 2))
        print(sum(((S > 0.5) * -3) / 2))
        """;
    Scripts.Outcome fused = Scripts.run(script);
    assertThat(fused.output())
        .isEqualTo(Scripts.run(Scripts.config().withFusion(false), script).output());
    assertThat(fused.statistics().of("fused").executed()).isZero();
  }
}
