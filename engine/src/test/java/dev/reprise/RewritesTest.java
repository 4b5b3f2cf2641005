package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with rewrites and without: the same bits with exact numerics, close ones by default. */
class RewritesTest {
  private static final int PROGRAMS = 150;
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?");

  /** Sums of at most a few thousand positive products, some of them differences. */
  private static final double RELATIVE = 1e-9;

  static LongStream seeds() {
    return LongStream.range(0, PROGRAMS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomProgramsGiveTheSameWithRewrites(long seed) {
    String script = new Generator(seed).program();
    for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
      SessionConfig config = Scripts.config().withReuse(mode);
      String exact = run(config.withNumerics(Numerics.EXACT), script, true);
      String written = run(config.withNumerics(Numerics.EXACT), script, false);
      assertThat(exact).describedAs(script).isEqualTo(written);
      close(run(config, script, true), written, script);
    }
  }

  @Test
  void theChainOfAProductWithItsTransposeCountsAsOneOperation() {
    String script =
        """
        X = rand(rows=300, cols=20, seed=1)
        v = rand(rows=20, cols=1, seed=2)
        w = rand(rows=300, cols=1, seed=3)
        print(sum(t(X) %*% (X %*% v)))
        print(sum(t(X) %*% (w * (X %*% (v + 1)))))
        print(sum(t(X) %*% ((X %*% (v + 2)) - w)))
        """;
    Scripts.Outcome planned = Scripts.run(Scripts.config(), script);
    assertThat(calls(planned, "mmchain")).isEqualTo(3);
    assertThat(calls(planned, "matmul")).isZero();
    Scripts.Outcome exact = Scripts.run(Scripts.config().withNumerics(Numerics.EXACT), script);
    assertThat(calls(exact, "mmchain")).isZero();
    assertThat(calls(exact, "matmul")).isEqualTo(6);
    close(planned.output(), exact.output(), script);
  }

  /** Both factors as they are and transposed; small products and exact numerics as written. */
  @ParameterizedTest
  @ValueSource(strings = {"sum", "rowSums", "colSums"})
  void whatIsAddedUpOfALargeProductNeedsNoProduct(String sum) {
    for (String product :
        List.of("A %*% B", "t(At) %*% B", "A %*% t(Bt)", "t(At) %*% t(Bt)", "F %*% B", "A %*% v")) {
      String script =
          """
          A = rand(rows=3000, cols=7, seed=1)
          B = rand(rows=7, cols=2500, sparsity=0.3, seed=2)
          At = t(A)
          Bt = t(B)
          F = A[1:5, ]
          v = B[, 3]
          R = as.matrix(%s(%s))
          print(nrow(R) + " " + ncol(R) + " " + sum(R) + " " + sum(matrix(R, length(R), 1) * seq(1, length(R))))
          """
              .formatted(sum, product);
      boolean isLarge = !product.contains("F") && !product.contains("v");
      for (ReuseMode mode : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
        SessionConfig config = Scripts.config().withReuse(mode);
        Scripts.Outcome planned = Scripts.run(config, script);
        Scripts.Outcome exact = Scripts.run(config.withNumerics(Numerics.EXACT), script);
        close(planned.output(), exact.output(), script);
        // Of each factor that is added up, instead of the product.
        long sums = isLarge ? (sum.equals("sum") ? 2 : 1) : sum.equals("sum") ? 0 : 1;
        assertThat(calls(planned, "colSums") + calls(planned, "rowSums"))
            .as(product)
            .isEqualTo(sums);
        assertThat(planned.liveBuffers()).isZero();
      }
    }
  }

  @Test
  void factorsThatDoNotFitAreToldAsThoseOfAProduct() {
    String script = "A = matrix(1, 3000, 7)\nB = matrix(1, 8, 2500)\nprint(sum(A %*% B))";
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("3:13")
        .hasMessageContaining("3000x7")
        .hasMessageContaining("8x2500");
  }

  @Test
  void theChainDoesNotDependOnTheNumberOfThreads() {
    String script =
        """
        X = rand(rows=20000, cols=30, seed=1)
        v = rand(rows=30, cols=1, seed=2)
        S = rand(rows=20000, cols=30, sparsity=0.02, seed=4)
        print(toString(t(X) %*% (X %*% v), decimal=17))
        print(toString(t(S) %*% (S %*% v), decimal=17))
        """;
    String one = Scripts.run(Scripts.config().withThreads(1), script).output();
    assertThat(Scripts.run(Scripts.config().withThreads(4), script).output()).isEqualTo(one);
  }

  @Test
  void whatALoopMakesFromItsLastValueIsNeitherProbedNorKeptWhenTheProgramRunsOnce() {
    String script =
        """
        G = rand(rows=200, cols=200, seed=1)
        r = rand(rows=200, cols=1, seed=2)
        for (i in 1:20) {
          r = G %*% r
          r = r / (sum(r) * sum(exp(G)))
        }
        print(sum(r))
        """;
    RunStatistics once = statistics(script, CompileOptions.none().runsOnce(true));
    RunStatistics again = statistics(script, CompileOptions.none());
    assertThat(again.misses()).isGreaterThanOrEqualTo(20);
    assertThat(once.misses()).isLessThan(again.misses() - 15);
    assertThat(once.hits()).isEqualTo(again.hits()).isGreaterThanOrEqualTo(19);
  }

  @Test
  void aGridSearchFindsAsMuchWhetherOrNotTheProgramRunsOnce() {
    String script =
        """
        X = rand(rows=500, cols=40, seed=1)
        y = rand(rows=500, cols=1, seed=2)
        train = function(Matrix[Double] X, Matrix[Double] y, Double reg)
            return (Matrix[Double] w) {
          w = matrix(0, ncol(X), 1)
          for (i in 1:5) { w = w - 0.0001 * (t(X) %*% (X %*% w - y) + reg * w) }
        }
        for (k in 1:3) {
          for (j in 1:3) { print(sum(train(X, y, j / 10))) }
        }
        """;
    RunStatistics once = statistics(script, CompileOptions.none().runsOnce(true));
    RunStatistics again = statistics(script, CompileOptions.none());
    assertThat(once.hits()).isEqualTo(again.hits()).isPositive();
    assertThat(once.misses()).isEqualTo(again.misses());
  }

  private static RunStatistics statistics(String script, CompileOptions options) {
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    try (Session session = Reprise.session(Scripts.config().withOutput(out, out));
        RunResult result = session.compile(script, options).run()) {
      return result.statistics();
    } catch (dev.reprise.language.CompileException e) {
      throw new AssertionError(script + e.diagnostics(), e);
    }
  }

  @Test
  void productsAreExecutedInTheOrderOfLeastWork() {
    String matrices =
        """
        A = rand(rows=60, cols=50, seed=1)
        B = rand(rows=50, cols=40, seed=2)
        v = rand(rows=40, cols=1, seed=3)
        """;
    SessionConfig exact = Scripts.config().withNumerics(Numerics.EXACT);
    String expected =
        Scripts.run(exact, matrices + "z = A %*% (B %*% v)\nprint(lineage(z))").output();
    String script = matrices + "z = A %*% B %*% v\nprint(lineage(z))";
    assertThat(Scripts.run(Scripts.config(), script).output()).isEqualTo(expected);
    assertThat(Scripts.run(exact, script).output()).isNotEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "z = t(X) %*% (X %*% y)",
        "z = t(X) %*% (v * (X %*% v))",
        "z = t(X) %*% ((X %*% v) - v)",
        "z = X %*% X %*% v",
        "z = t(X) %*% y %*% v",
        "z = t(t(X) %*% v)",
        "z = trace(X %*% v)",
        "z = sum(t(n))",
        "z = t(X) %*% (n * (X %*% y))",
        "z = sum(exp(X)) + exp(X) %*% exp(X)",
        "a = 2\nz = a + X[a, 99]",
      })
  void errorsAreTheSameWithRewrites(String statement) {
    String script =
        """
        X = rand(rows=30, cols=20, seed=1)
        v = rand(rows=20, cols=1, seed=2)
        y = rand(rows=30, cols=1, seed=3)
        n = 7
        """
            + statement
            + "\nprint(sum(z) + sum(y) + sum(v) + n)";
    assertThat(failure(script, true)).isEqualTo(failure(script, false)).isNotEmpty();
  }

  private static String failure(String script, boolean optimized) {
    try {
      run(Scripts.config(), script, optimized);
      return "";
    } catch (ScriptException e) {
      return e.position() + " " + e.getMessage();
    }
  }

  private static long calls(Scripts.Outcome outcome, String opcode) {
    return outcome.statistics().of(opcode).executed();
  }

  private static String run(SessionConfig config, String script, boolean optimized) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    Session session = Reprise.session(config.withOutput(out, out));
    try (session) {
      CompileOptions options = CompileOptions.none().optimized(optimized);
      session.compile(script, options).run().close();
    } catch (dev.reprise.language.CompileException e) {
      throw new AssertionError(script + e.diagnostics(), e);
    }
    out.flush();
    assertThat(session.liveBuffersAtClose()).describedAs(script).isZero();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Equal words, and numbers that differ by rounding alone. */
  private static void close(String actual, String expected, String script) {
    assertThat(NUMBER.matcher(actual).replaceAll("#"))
        .describedAs(script)
        .isEqualTo(NUMBER.matcher(expected).replaceAll("#"));
    List<Double> a = numbers(actual);
    List<Double> b = numbers(expected);
    for (int i = 0; i < a.size(); i++) {
      double scale = Math.max(1e-300, Math.abs(b.get(i)));
      assertThat(a.get(i)).describedAs(script).isCloseTo(b.get(i), within(RELATIVE * scale));
    }
  }

  private static List<Double> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).map(Double::valueOf).toList();
  }

  /** Straight-line programs over positive matrices, rich in what the optimiser looks for. */
  private static final class Generator {
    private static final int[] SIZES = {1, 3, 17, 40};
    private final SplittableRandom random;
    private final StringBuilder text = new StringBuilder();

    Generator(long seed) {
      this.random = new SplittableRandom(seed);
    }

    String program() {
      for (int rows : SIZES) {
        for (int cols : SIZES) {
          text.append(
              "V%d_%d = rand(rows=%d, cols=%d, min=0.1, max=1, seed=%d)\n"
                  .formatted(rows, cols, rows, cols, 100 * rows + cols));
        }
      }
      text.append("k = 2\nc = k * 3 - 1\n");
      for (int i = 0; i < 8; i++) {
        int rows = size();
        int cols = size();
        text.append("M = ").append(matrix(3, rows, cols)).append('\n');
        text.append("s = ").append(scalar(2)).append('\n');
        text.append("print(sum(M) + \" \" + as.scalar(M[1, 1]) + \" \" + s)\n");
        if (random.nextInt(3) == 0) {
          text.append("V%d_%d = M / (1 + max(M))\n".formatted(rows, cols));
        }
      }
      return text.toString();
    }

    private int size() {
      return SIZES[random.nextInt(SIZES.length)];
    }

    private String leaf(int rows, int cols) {
      return "V" + rows + "_" + cols;
    }

    private String matrix(int depth, int rows, int cols) {
      if (depth == 0) {
        return leaf(rows, cols);
      }
      int inner = size();
      return switch (random.nextInt(16)) {
        case 0, 1 -> "t(" + matrix(depth - 1, cols, rows) + ")";
        case 2 -> "(" + matrix(depth - 1, rows, cols) + " + " + matrix(depth - 1, rows, cols) + ")";
        case 3 -> "(" + matrix(depth - 1, rows, cols) + " * 1)";
        case 4 -> "(0 + (" + leaf(rows, cols) + " > " + leaf(rows, cols) + " / 2))";
        case 5 -> "-(-" + matrix(depth - 1, rows, cols) + ")";
        case 6, 7, 8 ->
            "(" + matrix(depth - 1, rows, inner) + " %*% " + matrix(depth - 1, inner, cols) + ")";
        case 9 ->
            "(t("
                + leaf(inner, rows)
                + ") %*% ("
                + leaf(inner, rows)
                + " %*% "
                + matrix(depth - 1, rows, cols)
                + "))";
        case 10 ->
            "(t("
                + leaf(inner, rows)
                + ") %*% ("
                + matrix(depth - 1, inner, 1)
                + " * ("
                + leaf(inner, rows)
                + " %*% "
                + leaf(rows, cols)
                + ")))";
        case 11 -> "(" + matrix(depth - 1, rows, cols) + " / k)";
        case 12 -> "exp(-" + leaf(rows, cols) + ")";
        case 13 -> rows == 1 ? "colSums(" + matrix(depth - 1, inner, cols) + ")" : leaf(rows, cols);
        case 14 ->
            cols == 1 ? "rowMaxs(t(" + leaf(inner, rows) + "))" : "(c * " + leaf(rows, cols) + ")";
        default -> leaf(rows, cols);
      };
    }

    private String scalar(int depth) {
      int rows = size();
      int cols = size();
      return switch (random.nextInt(9)) {
        case 0 -> "sum(t(" + matrix(depth, rows, cols) + "))";
        case 1 -> "sum(rowSums(" + matrix(depth, rows, cols) + "))";
        case 2 -> "max(colMaxs(" + matrix(depth, rows, cols) + "))";
        case 3 -> "trace(" + matrix(depth, rows, cols) + " %*% " + matrix(depth, cols, rows) + ")";
        case 4 -> "(nrow(t(" + matrix(depth, rows, cols) + ")) + c)";
        case 5 -> "(k * c - 2.5 + mean(t(" + leaf(rows, cols) + ")))";
        case 6 -> "sum(t(t(" + leaf(rows, cols) + ") %*% " + leaf(rows, cols) + "))";
        case 7 -> "min(t(" + matrix(depth, rows, cols) + "))";
        default -> "sum(" + matrix(depth, rows, cols) + ")";
      };
    }
  }
}
