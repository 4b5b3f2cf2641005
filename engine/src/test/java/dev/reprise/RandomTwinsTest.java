package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs of values that are nearly the same - 0 and -0, a whole number, a double, a truth
 * value and a text of it, a number and a matrix of one cell, cells in other shapes - and came to be
 * in different ways. None is ever found in the place of another: what can be seen of them is what
 * it is without reuse.
 */
class RandomTwinsTest {
  /** More with {@code -Dreprise.programs=N}, others with {@code -Dreprise.first=SEED}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 6);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);

  @TempDir private Path folder;

  static final class Programs extends RandomStatements {
    private static final String BEGIN =
        """
        all = function(List[Unknown] L, Matrix[Double] W) return (Matrix[Double] H, String s) {
          H = (W + 1) %*% W
          v = as.scalar(L[1])
          s = v + " " + (v + v) + " " + (v == "1") + " " + toString(v)
        }
        numbers = function(List[Unknown] L, Matrix[Double] W) return (Matrix[Double] H, Double z, String s)
        {
          H = W %*% W
          v = as.scalar(L[1])
          z = 1 / v
          s = (v + v) + " " + (v * 3) + " " + v %/% 2 + " " + v %% 2 + " " + (v > 0) + " " + max(v, 0)
          H = H * v
        }
        typed = function(Double z, Integer k, Boolean b, String t, Matrix[Double] W)
          return (Matrix[Double] H, Double q, String s)
        {
          H = W %*% (W + 2)
          H = H * z + k
          q = 1 / z
          s = z + " " + k + " " + b + " " + t + " " + (t + t)
        }
        cells = function(Matrix[Double] C, Matrix[Double] W) return (Matrix[Double] H, String s) {
          H = W %*% (W + 3)
          s = nrow(C) + " " + sum(1 / C) + " " + toString(1 / C)
          H = H * as.scalar(C[1, 1])
        }
        W = matrix(seq(1, 3600), 60, 60)
        Z = matrix("0.0 -0.0 1.0 -1.0", 2, 2)
        O = matrix(1, 1, 1)
        N = matrix("NaN Inf -Inf 9007199254740992", 2, 2)
        T = matrix(0, 40, 1)
        K = matrix(0, 1, 1)
        i = 1
        k = 0
        """;

    private static final String[] ZEROS = {
      "0",
      "0.0",
      "-0.0",
      "FALSE",
      "(0 * -1.0)",
      "(0 * -1)",
      "(i - i)",
      "((i - i) * -1.0)",
      "as.scalar(Z[1, 1])",
      "as.scalar(Z[1, 2])",
      "(as.scalar(Z[1, 1]) * -1)",
      "as.integer(as.scalar(Z[1, 2]))",
      "(as.scalar(Z[2, 1]) - 1)",
      "sum(Z[1, ])",
      "min(Z[1, ])",
      "(i > 9)",
      "(nrow(O) - 1)",
      "k",
      "(k * -1.0)"
    };

    private static final String[] ONES = {
      "1",
      "1.0",
      "TRUE",
      "i / i",
      "(i %/% i)",
      "(i == i)",
      "as.scalar(Z[2, 1])",
      "as.scalar(O)",
      "nrow(O)",
      "sum(O)",
      "as.integer(as.scalar(O))",
      "(sum(O) > 0)",
      "(k + 1)",
      "i"
    };

    private static final String[] OTHERS = {
      "NaN",
      "(0.0 / 0.0)",
      "(-NaN)",
      "as.scalar(N[1, 1])",
      "(as.scalar(N[1, 2]) + as.scalar(N[2, 1]))",
      "Inf",
      "-Inf",
      "as.scalar(N[1, 2])",
      "9007199254740993",
      "9007199254740992",
      "9007199254740992.0",
      "as.scalar(N[2, 2])",
      "as.integer(as.scalar(N[2, 2]))",
      "2",
      "2.0",
      "(i + 1)"
    };

    private static final String[] TEXTS = {
      "\"1\"",
      "\"1.0\"",
      "\"TRUE\"",
      "\"0\"",
      "\"-0.0\"",
      "\"01\"",
      "\"\"",
      "(\"\" + 1)",
      "(\"\" + i)",
      "(\"\" + as.scalar(O))",
      "toString(1)",
      "toString(1.0)",
      "toString(TRUE)",
      "(\"\" + (i == i))"
    };

    Programs(long seed) {
      super(seed);
    }

    private String number() {
      return switch (below(6)) {
        case 0, 1, 2 -> pick(ZEROS);
        case 3, 4 -> pick(ONES);
        default -> pick(OTHERS);
      };
    }

    private String list() {
      return switch (below(4)) {
        case 0 -> "list(O * %s)".formatted(number());
        case 1 -> "list(matrix(%s, 1, 1))".formatted(number());
        default -> "list(%s)".formatted(number());
      };
    }

    private String matrix() {
      String cell = number();
      return switch (below(7)) {
        case 0 -> "matrix(%s, 1, 4)".formatted(cell);
        case 1 -> "matrix(%s, 4, 1)".formatted(cell);
        case 2 -> "matrix(%s, 2, 2)".formatted(cell);
        case 3 -> "Z * %s".formatted(cell);
        case 4 -> "t(Z) * %s".formatted(cell);
        case 5 -> "matrix(Z, 1, 4)";
        default -> "cbind(matrix(%s, 2, 1), matrix(%s, 2, 1))".formatted(cell, number());
      };
    }

    /** Prints what tells the values apart that it used. */
    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 14 : 19)) {
        case 0 ->
            "[H, s] = all(%s, W)\nprint(s + sum(H))\n"
                .formatted(either() ? list() : "list(%s)".formatted(pick(TEXTS)));
        case 1, 2 ->
            "[H, z, s] = numbers(%s, W)\nprint(z + \" \" + s + \" \" + sum(1 / H))\n"
                .formatted(list());
        case 3, 4 ->
            "[H, z, s] = typed(%s, %s, %s, %s, W)\nprint(z + \" \" + s + \" \" + sum(1 / H))\n"
                .formatted(
                    number(),
                    either() ? pick(ZEROS) : pick(ONES),
                    pick("TRUE", "FALSE", "i == 1", "1", "0.0"),
                    pick(TEXTS));
        case 5, 6 -> "[H, s] = cells(%s, W)\nprint(s + \" \" + sum(1 / H))\n".formatted(matrix());
        case 7 ->
            "K = rbind(K, matrix(%s, 2, 1), matrix(%s, 1, 1))\n".formatted(number(), number());
        case 8 -> "H = W * %s\nprint(sum(1 / H) + \" \" + sum(H))\n".formatted(number());
        case 9 ->
            "H = W %%*%% matrix(%s, 60, 20)\nprint(sum(1 / H) + \" \" + sum(H))\n"
                .formatted(number());
        case 10 ->
            "H = %s + W * %s\nprint(sum(1 / H) + \" \" + sum(H))\n".formatted(number(), number());
        case 11, 12, 13 -> blocks();
        case 14 ->
            "v = %s\nprint(v + \" \" + (v + 0) + \" \" + (v * -1) + \" \" + (1 / v) + \" \" + (v + %s))\n"
                .formatted(number(), number());
        case 15 ->
            "for (i in %s) {\n%s}\n"
                .formatted(pick("1:2", "0:1", "seq(1, 0, -1)", "1:1"), statements(depth + 1));
        case 16, 17 -> recorded();
        default ->
            "k = %s\nfor (%s in 1:3) {\n%sk = %s\n}\n"
                .formatted(
                    number(),
                    fresh("j"),
                    statements(depth + 1),
                    pick("k * -1.0", "k + 0", "k + 0.0", "k * -1", number()));
      };
    }

    /** Blocks that are found as wholes, of values that are alike and whose type nobody declares. */
    private String blocks() {
      String[] alike = either() ? ZEROS : ONES;
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 4; i++) {
        text.append("v = %s\n".formatted(pick(alike)))
            .append(
                """
                if (sum(W) > 0) {
                  H = (W %*% (W + 4)) %*% (W %*% (W + 5)) %*% (W %*% (W + 6))
                  s = (v + v) + " " + v * 3 + " " + 1 / v + " " + v %% 2.0 + " " + max(v, 0)
                  H = H * v
                }
                print(s + " " + v + sum(1 / H))
                """);
      }
      return text.toString();
    }

    /** So many iterations that later ones are recorded. */
    private String recorded() {
      String j = fresh("j");
      String next =
          switch (below(5)) {
            case 0 -> "v * -1.0";
            case 1 -> "0.0 - v";
            case 2 -> "as.scalar(Z[%s %%%% 2 + 1, %s %%%% 3 %%%% 2 + 1])".formatted(j, j);
            case 3 -> "%s * (%s - %s)".formatted(pick("-1.0", "-1", "1.0"), j, j);
            default -> "v * %s".formatted(number());
          };
      String value = pick("W * v", "(W * v) %*% W", "matrix(v, 60, 60) - 0", "v * (W %*% W)");
      return "v = %s\nfor (%s in 1:40) {\nv = %s\nH = %s\nT[%s, 1] = sum(1 / H)\n}\n"
              .formatted(pick(ZEROS), j, next, value, j)
          + "print(sum(T * seq(1, 40)) + toString(T, rows=40))\n";
    }

    String next() {
      StringBuilder text = new StringBuilder(BEGIN);
      for (int part = 0; part < 8; part++) {
        text.append(statements(0));
      }
      return text.append("T = rbind(T, K)\nwrite(T, \"T.bin\", format=\"binary\")\n").toString();
    }
  }

  @Test
  void noneIsFoundInThePlaceOfAnother() throws IOException {
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      check(seed);
    }
  }

  private void check(long seed) throws IOException {
    String script = new Programs(seed).next();
    SessionConfig config =
        Scripts.config().withNumerics(Numerics.EXACT).withWorkingDirectory(folder);
    Path written = folder.resolve("T.bin");
    String expected = Endings.of(config.withReuse(ReuseMode.NONE).withThreads(1), script);
    boolean isWritten = Files.exists(written);
    byte[] cells = isWritten ? Files.readAllBytes(written) : null;
    assertThat(Endings.of(config, script, CompileOptions.none().optimized(false)))
        .as("as it is written: %d%n%s", seed, script)
        .isEqualTo(expected);
    SessionConfig stored = config.withStore(Scripts.keepingAll(folder.resolve("store")));
    for (SessionConfig each :
        List.of(
            config,
            config.withReuse(ReuseMode.FULL),
            config.withDedup(false).withVerifyReuse(1),
            config.withNumerics(Numerics.DEFAULT),
            stored,
            stored)) {
      Files.deleteIfExists(written);
      assertThat(Endings.of(each, script)).as("%d %s%n%s", seed, each, script).isEqualTo(expected);
      if (isWritten) {
        assertThat(written).as("%d %s%n%s", seed, each, script).hasBinaryContent(cells);
      }
    }
    if (isWritten) {
      assertReplay(config, script);
      Files.delete(written);
    }
  }

  /** From the trace that the last run has left. */
  private void assertReplay(SessionConfig config, String script) throws IOException {
    Path again = folder.resolve("again.bin");
    try (Session session = Reprise.session(config.withReuse(ReuseMode.NONE))) {
      session.replay(folder.resolve("T.bin.lineage"), again, "binary");
    }
    assertThat(again).as(script).hasSameBinaryContentAs(folder.resolve("T.bin"));
  }
}
