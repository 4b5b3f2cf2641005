package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random functions and blocks of numbers that are equal and came to be in different ways: as
 * literals with and without a name, as what a loop counts, as sizes and out of data. What is
 * computed from them inside has the value and the history that it has without reuse, in one run and
 * in later ones. All numbers are whole and small, so that results are the same to the last bit.
 */
class RandomCountedCallsTest {
  private static final int PROGRAMS = 16;

  @TempDir private Path folder;

  static final class Programs extends RandomStatements {
    private static final String BEGIN =
        """
        inner = function(Matrix[Double] X, Integer k, Double z) return (Double q, Matrix[Double] H)
        {
          H = (X %%*%% (X + 1)) %%%% 97 + (t(X) %%*%% (X + 2)) %%%% 89
          q = z
          r = k
          l = list(k, z)
        %s}
        f = function(Matrix[Double] X, Integer k, Double z, Boolean b, List[Unknown] l)
          return (Double q, Double r, Matrix[Double] H, List[Unknown] m)
        {
          H = (X %%*%% (X + 3)) %%%% 97 + (t(X) %%*%% (X + 4)) %%%% 89 + (k + nrow(X))
          q = 1
          r = k
        %s  m = list(%s, %s)
        }
        X = matrix(seq(1, 3600), 60, 60) %%%% 11
        Y = matrix(1, 4, 4)
        n = nrow(X)
        K = 4
        A = abs(-4)
        hp = list(4, 3, abs(-3))
        """;

    private static final String PRINTS =
        """
        print(q + " " + r + " " + sum(H %*% X) + " " + sum(as.scalar(m[1])))
        print(lineage(q))
        print(lineage(r))
        print(lineage(as.scalar(m[1]) + nrow(Y)))
        print(lineage(as.scalar(m[2]) - n))
        print(lineage(H))
        """;

    private boolean calls;

    Programs(long seed) {
      super(seed);
    }

    /** Inside. */
    private String number() {
      return pick("k", "z", "q", "r", "3", "4", "as.scalar(l[1])", "as.scalar(l[2])", "abs(-3)");
    }

    private String size() {
      return pick("nrow(X)", "ncol(X)", "length(X)", "nrow(H)", "(nrow(X) - 1)", "ceil(ncol(X)/k)");
    }

    private String value() {
      return switch (below(7)) {
        case 0, 1 -> number();
        case 2 -> number() + pick(" + ", " - ", " * ", " %/% ", " %% ") + number();
        case 3 -> "min(%s, %s)".formatted(number(), size());
        case 4 -> size() + pick(" - ", " %% ") + number();
        default -> number() + pick(" + ", " * ", " %% ") + size();
      };
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 5 : calls ? 11 : 9)) {
        case 0, 1 -> "q = (%s) %%%% 97\n".formatted(value());
        case 2 -> "r = (%s) %%%% 97\n".formatted(value());
        case 3 -> pick("q = ", "r = ") + number() + "\n";
        case 4 -> "H = (H + %s) %%%% 83\n".formatted(value());
        case 5, 6 ->
            "for (%s in 1:%s) {\n%s}\n"
                .formatted(fresh("j"), pick("1", "2", "k"), statements(depth + 1));
        case 7 ->
            "if (%s) {\n%s} else {\n%s}\n"
                .formatted(
                    pick("k > 3", "q > 4", "z < 4", "r %% 2 == 0"),
                    statements(depth + 1),
                    statements(depth + 1));
        case 8 ->
            "for (%s in 1:2) {\nr = %s\n}\nq = (r + nrow(X)) %%%% 97\n"
                .formatted(fresh("j"), number());
        case 9 -> "[q, H] = inner(%s, %s, %s)\n".formatted(pick("X", "H"), number(), number());
        default -> "l = list(%s, %s)\n".formatted(number(), number());
      };
    }

    /**
     * A 4, mostly; {@code i} and what follows from it is counted in a loop, and named elsewhere.
     */
    private String four() {
      return pick(
          "4",
          "i",
          "i",
          "K",
          "A",
          "A",
          "(i + A - i)",
          "(i + nrow(Y) - i)",
          "nrow(Y)",
          "sum(Y[1, ])",
          "as.scalar(hp[1])",
          "as.scalar(hp[3])",
          "(i - 1)");
    }

    /** Arguments of which one came to be in another way than before. */
    private String[] arguments(String... before) {
      String[] some = before.clone();
      int other = below(some.length);
      some[other] = other < 2 ? four() : pick("hp", "list(%s, %s)".formatted(four(), four()));
      return some;
    }

    private static String call(String... arguments) {
      return "[q, r, H, m] = f(X, %s, %s, TRUE, %s)\n".formatted((Object[]) arguments);
    }

    /** A block of its own: the branch is one, whatever the numbers before it are. */
    private static String block(String inside, String... arguments) {
      return "k = %s\nz = %s\nl = %s\n".formatted((Object[]) arguments) + inside;
    }

    String next() {
      StringBuilder text = new StringBuilder();
      String inner = statements(0);
      // Not recursive: what is made from here on may call it.
      calls = true;
      text.append(BEGIN.formatted(inner, statements(0), number(), number()));
      String[] first = {four(), four(), "list(%s, %s)".formatted(four(), four())};
      text.append("i = ")
          .append(pick("4", "K", "A"))
          .append("\nq = 1\nr = 2\n")
          .append(call(first));
      String inside =
          "if (sum(X) > 0) {\n"
              + "H = (X %*% (X + 5)) %% 97 + (t(X) %*% (X + 6)) %% 89\n"
              + statements(1)
              + "}\n";
      for (int round = 0; round < 6; round++) {
        String[] now = arguments(first);
        String again = call(now);
        String body = (below(3) == 0 ? block(inside, now) : again) + PRINTS;
        String loop =
            pick("", "i = 4\n", "i = A\n", "for (i in 4:4) {\n", "for (i in 3:5) {\n", "parfor");
        if (loop.equals("parfor")) {
          text.append("P = matrix(0, 3, 1)\nparfor (i in 1:3) {\n");
          text.append(again.replace("[q, r, H, m]", "[pq, pr, pH, pm]"))
              .append("P[i, 1] = pq + sum(pH) + pr\n}\n");
          text.append("print(sum(P))\nprint(lineage(P))\n");
        } else {
          text.append(loop).append(body).append(loop.endsWith("{\n") ? "}\n" : "");
        }
      }
      return text.toString();
    }
  }

  @Test
  void whatIsFoundHasTheValueAndTheHistoryOfAnExecution() {
    long found = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      String script = new Programs(seed).next();
      SessionConfig config = Scripts.config().withWorkingDirectory(folder);
      SessionConfig traced = config.withReuse(ReuseMode.TRACE).withDedup(false);
      String expected = Scripts.run(traced, script).output();
      assertThat(values(expected)).as(script).isEqualTo(withoutReuse(script));
      SessionConfig stored = config.withStore(Scripts.keepingAll(folder.resolve("store" + seed)));
      found += check(config, script, expected).functions().hits();
      List<SessionConfig> others =
          List.of(
              config.withReuse(ReuseMode.TRACE),
              config.withReuse(ReuseMode.FULL),
              config.withDedup(false),
              config.withVerifyReuse(1),
              stored,
              stored,
              stored.withVerifyReuse(1));
      // A store takes most of the time.
      for (SessionConfig other : seed % 10 == 0 ? others : others.subList(3, 4)) {
        check(other, script, expected);
      }
    }
    assertThat(found).isGreaterThan(PROGRAMS);
  }

  private static List<String> withoutReuse(String script) {
    String values =
        script
            .lines()
            .filter(line -> !line.startsWith("print(lineage"))
            .collect(Collectors.joining("\n"));
    return Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), values)
        .output()
        .lines()
        .toList();
  }

  private static List<String> values(String output) {
    return output.lines().filter(line -> !line.matches("%.*|return %.*|")).toList();
  }

  private static RunStatistics check(SessionConfig config, String script, String expected) {
    Scripts.Outcome outcome;
    try {
      outcome = Scripts.run(config, script);
    } catch (RuntimeException e) {
      throw new AssertionError(config + "\n" + script, e);
    }
    assertThat(outcome.output()).as("%s%n%s", config, script).isEqualTo(expected);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome.statistics();
  }
}
