package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random programs over binds, cuts and products: with parts reused they give what they give
 * without, cold, starved, and with several workers.
 */
class PartialProgramsTest {
  private static final int PROGRAMS = 300;

  static LongStream seeds() {
    return LongStream.range(0, PROGRAMS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void partsGiveTheSameResult(long seed) {
    String script = new Generator(seed).program();
    SessionConfig config = Scripts.config();
    double[][] expected = PartialRuns.run(config.withReuse(ReuseMode.NONE), script, 1).result();
    same(expected, config.withReuse(ReuseMode.PARTIAL), script, 1);
    switch ((int) (seed % 3)) {
      case 0 ->
          same(expected, config.withReuse(ReuseMode.PARTIAL).withHostBytes(6 << 20), script, 1);
      case 1 -> same(expected, config.withThreads(1), script, 2);
      default -> same(expected, config.withPolicy("lru").withHostBytes(8 << 20), script, 1);
    }
  }

  @Test
  void theProgramsReallyReuseParts() {
    List<String> fired = new ArrayList<>();
    for (long seed = 0; seed < 60; seed++) {
      PartialRuns.run(
              Scripts.config().withReuse(ReuseMode.PARTIAL), new Generator(seed).program(), 1)
          .statistics()
          .partial()
          .forEach(each -> fired.add(each.rewrite()));
    }
    assertThat(fired)
        .contains(
            "projection",
            "product-of-bound-rows",
            "product-of-bound-columns",
            "product-over-inner",
            "self-product-of-inner",
            "self-product-of-blocks",
            "cells-over-binds",
            "aggregate-across",
            "aggregate-along");
  }

  private static void same(double[][] expected, SessionConfig config, String script, int times) {
    try {
      PartialRuns.assertSame(expected, PartialRuns.run(config, script, times).result());
    } catch (AssertionError e) {
      throw new AssertionError(config.reuse() + " differs for:\n" + script, e);
    }
  }

  /** Every result is brought down to numbers of at most 1, so that one tolerance fits all. */
  private static final class Generator {
    private static final int ROWS = 400;

    private record Tall(String text, int rows, int cols) {}

    private final SplittableRandom random;
    private final StringBuilder script = new StringBuilder();
    private final List<Tall> matrices = new ArrayList<>();
    private int next;
    private int results;

    Generator(long seed) {
      random = new SplittableRandom(seed);
    }

    String program() {
      int count = 3 + random.nextInt(2);
      for (int i = 0; i < count; i++) {
        int cols = 12 + random.nextInt(30);
        define("rand(rows=" + ROWS + ", cols=" + cols + ", min=-1, max=1, seed=" + i + ")", cols);
      }
      script.append("R = matrix(0, 40, 6)\n");
      for (int i = 0; i < 9; i++) {
        derive();
      }
      boolean parallel = random.nextBoolean();
      String loop =
          parallel ? "parfor (i in 1:6, par=" + (2 + random.nextInt(3)) + ")" : "for (i in 1:6)";
      script.append(loop).append(" {\n");
      for (int i = 0; i < 8; i++) {
        result();
      }
      script.append("}\n");
      return script.toString();
    }

    private void define(String text, int cols) {
      String name = "M" + next++;
      script.append(name).append(" = ").append(text).append('\n');
      matrices.add(new Tall(name, ROWS, cols));
    }

    private void derive() {
      Tall a = any();
      Tall b = any();
      switch (random.nextInt(6)) {
        case 0, 1 -> define("cbind(" + a.text + ", " + b.text + ")", a.cols + b.cols);
        case 2 ->
            define(
                "cbind(" + a.text + ", matrix(" + (1 + random.nextInt(3)) + ", " + ROWS + ", 1))",
                a.cols + 1);
        case 3 -> {
          int at = 1 + random.nextInt(b.cols);
          define(
              "cbind(" + a.text + ", " + b.text + "[, " + at + "], " + b.text + "[, 1:2])",
              a.cols + 3);
        }
        case 4 -> {
          int to = 2 + random.nextInt(a.cols - 1);
          define(a.text + "[, 1:" + to + "]", to);
        }
        default -> {
          int half = 100 + 20 * random.nextInt(10);
          define(
              "rbind("
                  + a.text
                  + "[1:"
                  + half
                  + ", ], "
                  + a.text
                  + "["
                  + (half + 1)
                  + ":"
                  + ROWS
                  + ", ])",
              a.cols);
        }
      }
    }

    /** One line that computes something within the loop and notes it. */
    private void result() {
      Tall a = within(any());
      Tall b = within(any());
      script.append("  A = ").append(a.text).append('\n');
      script.append("  B = ").append(b.text).append('\n');
      script.append("  W = ").append(weights(a.cols)).append('\n');
      String value =
          switch (random.nextInt(9)) {
            case 0, 1 -> "t(A) %*% A";
            case 2 -> "t(A) %*% B";
            case 3 -> "A %*% W";
            case 4 -> "A %*% W[, 1:" + (1 + random.nextInt(6)) + "]";
            case 5 -> "t(A) %*% B[, " + (1 + random.nextInt(b.cols)) + "]";
            case 6 -> random.nextBoolean() ? "colSums(A)" : "rowMeans(A)";
            case 7 -> "A * 2 + A";
            default -> random.nextBoolean() ? "as.matrix(sum(A))" : "as.matrix(max(B))";
          };
      String name = "G" + results;
      script.append("  ").append(name).append(" = ").append(value).append('\n');
      script
          .append("  R[" + (1 + results) + ", i] = sum(" + name + " * rand(rows=nrow(" + name)
          .append(
              "), cols=ncol(" + name + "), min=-1, max=1, seed=77)) / sum(abs(" + name + "))\n");
      results++;
    }

    /** What changes from one iteration to the next. */
    private Tall within(Tall a) {
      return switch (random.nextInt(7)) {
        case 0 -> new Tall("cbind(" + a.text + ", matrix(i, " + ROWS + ", 1))", a.rows, a.cols + 1);
        case 1 -> new Tall("cbind(" + a.text + ", M0[, i])", a.rows, a.cols + 1);
        case 2 ->
            new Tall(
                "cbind(M0[, i], " + a.text + ", M1)", a.rows, matrices.get(1).cols + a.cols + 1);
        case 3 -> a.cols > 8 ? new Tall(a.text + "[, i:(2 + i)]", a.rows, 3) : a;
        case 4 ->
            new Tall(
                "rbind(" + a.text + "[1:(50 * i), ], " + a.text + "[(50 * i + 1):400, ])",
                a.rows,
                a.cols);
        default -> a;
      };
    }

    /** The same for all matrices of a width. */
    private static String weights(int cols) {
      return "rand(rows=" + cols + ", cols=6, min=-1, max=1, seed=" + cols + ")";
    }

    private Tall any() {
      return matrices.get(random.nextInt(matrices.size()));
    }
  }
}
