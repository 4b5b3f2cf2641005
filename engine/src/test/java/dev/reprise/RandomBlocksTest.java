package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs of branches, loops and calls that write a variable on some of their paths only,
 * or on none: whatever is found as a whole, each prints what it prints without reuse, and the
 * lineage that it has then. All numbers are whole and below 100, so that results are the same to
 * the last bit.
 */
class RandomBlocksTest {
  @TempDir private Path folder;

  private static final class Programs extends RandomStatements {
    private static final String ROUND =
        """
        X = (matrix(seq(1, 144), 12, 12) + r %/% 2) %% 13
        A = X
        B = t(X)
        C = X + 1
        D = X + 2
        s = 2
        t = 5
        """;

    private static final String PRINTS =
        """
        print(r + ": " + sum(A) + " " + sum(B) + " " + sum(C) + " " + sum(D) + " " + s + " " + t)
        print(sum((A * seq(1, 12)) %*% (B + C)) + " " + sum(D * seq(1, 12)))
        """;

    private static final String[] VARIABLES = {"A", "B", "C", "D"};

    Programs(long seed) {
      super(seed);
    }

    private String matrix() {
      return pick(VARIABLES);
    }

    private String number() {
      return pick("s", "t", "r", "1", "3", "sum(" + matrix() + ") %% 7");
    }

    private String value() {
      return switch (below(9)) {
        case 0, 1 -> matrix();
        case 2, 3 -> "(%s %%*%% %s) %%%% 97".formatted(matrix(), matrix());
        case 4 -> "(%s + %s) %%%% 89".formatted(matrix(), number());
        case 5 -> "t(%s)".formatted(matrix());
        case 6 -> "X";
        case 7 -> "(X + %s) %%%% 83".formatted(number());
        default -> "mixed(%s, %s, %s)".formatted(matrix(), matrix(), number());
      };
    }

    private String condition() {
      return pick(
          "s > 3",
          "s %% 2 == 0",
          "sum(" + matrix() + ") %% 3 == 1",
          "t > s",
          "r == 2",
          "r > 5",
          "sum(X) < 0");
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 2 ? 7 : 13)) {
        case 0, 1, 2 -> "%s = %s\n".formatted(matrix(), value());
        case 3 -> "%s = %s\n".formatted(pick("s", "t"), number());
        case 4 -> "%s[2, %s %%%% 9 + 1] = %s\n".formatted(matrix(), number(), number());
        case 5 ->
            "[%s, s] = chosen(%s, %s, %s)\n".formatted(matrix(), matrix(), matrix(), number());
        case 6 -> "%s = (s + %s) %%%% 11\n".formatted(pick("s", "t"), number());
        case 7, 8 ->
            "if (%s) {\n%s}%s\n"
                .formatted(
                    condition(),
                    statements(depth + 1),
                    either() ? "" : " else {\n" + statements(depth + 1) + "}");
        case 9, 10 -> {
          String count = fresh("w");
          yield "%1$s = 0\nwhile (%1$s < %2$s) {\n%1$s = %1$s + 1\n%3$s}\n"
              .formatted(count, pick("0", "1", "2", "s %% 3", "t %% 2 - 1"), statements(depth + 1));
        }
        case 11 ->
            "for (%s in %s) {\n%s}\n"
                .formatted(
                    fresh("i"),
                    pick("1:2", "1:3", "seq(1, s %% 3, 1)", "seq(1, 0, 1)"),
                    statements(depth + 1));
        default ->
            "for (%s in 1:2) {\nif (%s) {\n%s = %s\n}\n}\n"
                .formatted(fresh("i"), condition(), matrix(), value());
      };
    }

    private static String function(String name, String results, String body) {
      return name
          + " = function(matrix[double] A, matrix[double] B, double s) return ("
          + results
          + ") {\nX = A\nC = B\nD = B\nt = 2\nr = 1\n"
          + body
          + "}\n";
    }

    String next() {
      // Not recursive: the functions take what they begin with from plain statements.
      String chosen = statements(3) + branch() + statements(3);
      StringBuilder text = new StringBuilder();
      text.append(
          function(
              "mixed",
              "matrix[double] M",
              "M = A\nif (s > 2) {\nM = (A %*% B) %% 79\n}\nw = 0\nwhile (w < 0) {\nM = B\n}\n"));
      text.append(
          function(
              "chosen",
              "matrix[double] M, double n",
              chosen.replaceAll("\\[(\\w), s\\] = chosen\\(.*\\)\n", "$1 = B\n")
                  + "M = C\nn = s %% 5\n"));
      StringBuilder round = new StringBuilder(ROUND);
      for (int i = 0; i < 4; i++) {
        round.append(statements(0));
      }
      round.append(PRINTS);
      // In a loop and, where blocks are found as they are, one after the other.
      if (either()) {
        return text + "for (r in 1:4) {\n" + round + "}\n";
      }
      for (int r = 1; r <= 4; r++) {
        text.append("r = ").append(r).append('\n').append(round);
      }
      return text.toString();
    }

    private String branch() {
      return "if (%s) {\n%s}\nfor (q in 1:2) {\nif (%s) {\n%s}\n}\n"
          .formatted(condition(), statements(3), condition(), statements(3));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void blocksThatAreFoundLeaveWhatTheyWouldLeave(long seed) {
    for (int i = 0; i < 5; i++) {
      assertProgram(seed * 1000 + i);
    }
  }

  private void assertProgram(long seed) {
    String values = new Programs(seed).next();
    String script = values + "print(lineage(A))\nprint(lineage(D + s + t))\n";
    SessionConfig config = Scripts.config().withWorkingDirectory(folder);
    String expected =
        Scripts.run(config.withReuse(ReuseMode.TRACE).withDedup(false), script).output();
    assertThat(expected)
        .as(script)
        .contains("4: ")
        .startsWith(Scripts.run(config.withReuse(ReuseMode.NONE), values).output());
    SessionConfig stored = config.withStore(Scripts.keepingAll(folder.resolve("store" + seed)));
    List<SessionConfig> others =
        List.of(
            config,
            config.withDedup(false),
            config.withReuse(ReuseMode.FULL),
            config.withThreads(4).withHostBytes(1 << 20),
            config.withVerifyReuse(1),
            stored,
            stored);
    for (SessionConfig other : others) {
      Scripts.Outcome outcome = Scripts.run(other, script);
      assertThat(outcome.output()).as("%d %s%n%s", seed, other, script).isEqualTo(expected);
      assertThat(outcome.liveBuffers()).isZero();
    }
  }
}
