package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random parallel loops of which some iterations fail, by themselves, in what they call or in a
 * value that others wait for: they print and end as the sequential loop without reuse does, and
 * what the session runs next, with the failure or without, does so too.
 */
class RandomFailingLoopsTest {
  /** More with {@code -Dreprise.programs=N}, others with {@code -Dreprise.first=SEED}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 4);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir private Path folder;

  /** {@code LOOP} stands for the kind of loop. */
  static final class Programs extends RandomStatements {
    private static final String BEGIN =
        """
        shared = function(Matrix[Double] X, Double z) return (Double s, Matrix[Double] H) {
          H = (X %%*%% (X + z)) %%%% 97
          s = sum(H) %%%% 89
        }
        risky = function(Matrix[Double] X, Integer i, Integer bad) return (Double s, Matrix[Double] H) {
          D = diag(matrix(1, nrow(X), 1))
          y = X[, 1]
          H = (X %%*%% (X + i %%%% 3)) %%%% 97
          s = sum(H) %%%% 83
        %1$s}
        n = %2$s
        X = matrix(seq(1, n * n), n, n) %%%% 11
        D = diag(matrix(1, n, 1))
        y = X[, 2]
        bad = $bad
        R = matrix(0, 9, 2)
        S = 0
        T = matrix(0, 2, 2)
        """;

    private boolean functions;

    Programs(long seed) {
      super(seed);
    }

    private String bad() {
      return pick("i == bad", "i == bad", "i >= bad", "i %% bad == bad - 1", "i == bad + 1");
    }

    private String failure() {
      String bad = bad();
      return switch (below(12)) {
        case 0, 1 -> "if (%s) stop(\"iteration \" + i + \" \" + s)\n".formatted(bad);
        case 2 -> "s = s + as.scalar(X[1 + (%s) * 100, 1])\n".formatted(bad);
        case 3, 4 -> "s = s + sum(solve(D * (1 - (%s)), y)) %%%% 7\n".formatted(bad);
        case 5 -> "assert(!(%s))\n".formatted(bad);
        case 6 -> "L = list(1, 2)\ns = s + as.scalar(L[1 + (%s) * 5])\n".formatted(bad);
        case 7 -> "H = X %%*%% matrix(1, nrow(X) + (%s), nrow(X))\n".formatted(bad);
        case 8 -> "s = s + sum(cholesky(D * (1 - 2 * (%s))))\n".formatted(bad);
        case 9 -> "s = s + as.scalar(H[1:(1 + (%s)), 2])\n".formatted(bad);
        case 10 -> "if (%s) H = read(\"absent\" + i + \".csv\")\n".formatted(bad);
        default -> "if (%s) {\nH = (H + i) %%%% 7\nH[nrow(X) + 1, 1] = 1\n}\n".formatted(bad);
      };
    }

    private String number() {
      return pick(
          "i",
          "i %% 2",
          "i %% 3",
          "1",
          "2",
          "i %/% 3",
          "(as.scalar(X[i + 1, 1]) %% 3)",
          "(as.scalar(X[i + 2, 1]) %% 3)");
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 8 : functions ? 16 : 11)) {
        case 0 -> "H = (X %%*%% (X + %s)) %%%% 97\n".formatted(number());
        case 1 -> "H = (t(X) %%*%% (H + %s)) %%%% 89\n".formatted(number());
        case 2 -> "s = (s + sum(H * %s)) %%%% 101\n".formatted(number());
        case 3 -> "H = H %%%% 5 + %s\n".formatted(number());
        case 4, 5 -> failure();
        case 6 -> "print(\"at \" + i + \" \" + s)\n";
        case 7 -> "s = s + sum(solve(D + %s, y)) %%%% 3\n".formatted(number());
        case 8 ->
            "if (%s) {\n%s}\n".formatted(pick("i > 3", "s > 40", bad()), statements(depth + 1));
        case 9 -> "for (%s in 1:2) {\n%s}\n".formatted(fresh("j"), statements(depth + 1));
        case 10 -> "H = D\n";
        case 11, 12 -> "[s, H] = shared(X, %s)\n".formatted(number());
        case 13, 14 -> "[s, H] = risky(X, %s, bad)\n".formatted(number());
        default ->
            """
            parfor (%1$s in 1:3, check=0) {
              p = sum((X %%*%% (X + %1$s)) %%%% 7)
              if (%2$s & %1$s == %3$s) stop("inner " + i + " " + %1$s)
              T[1 + %1$s %%%% 2, 1 + %1$s %%/%% 3] = p
            }
            """
                .formatted(fresh("k"), bad(), pick("1", "2", "3"));
      };
    }

    String next() {
      StringBuilder text =
          new StringBuilder(BEGIN.formatted(statements(0), pick("60", "60", "150")));
      functions = true;
      for (int loop = 1 + below(2); loop > 0; loop--) {
        String body = statements(0) + statements(0) + (either() ? failure() : "");
        text.append("LOOP (i in 1:9, par=%s, check=0) {\n".formatted(pick("2", "4", "8")))
            .append("s = i\nH = D\n")
            .append(body)
            .append("R[i, 1] = s\nR[i, 2] = sum(H)\n")
            .append(either() ? "S += s + i\n" : "")
            .append("}\n");
        text.append("print(S + \" \" + sum(T))\nprint(toString(R))\n");
      }
      return text.toString();
    }

    /** Which iterations fail in each run of a session; in the last one none. */
    List<Map<String, String>> arguments() {
      List<Map<String, String>> runs = new ArrayList<>();
      for (int run = 0; run < 4; run++) {
        runs.add(Map.of("bad", pick("1", "2", "5", "8", "9", "20")));
      }
      runs.add(Map.of("bad", "20"));
      return runs;
    }
  }

  @Test
  void whateverFailsIsReportedAsBySequentialLoopsAndLeavesNothingBehind() {
    int failed = 0;
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      failed += check(seed);
    }
    assertThat(failed).isGreaterThan(PROGRAMS);
  }

  private int check(long seed) {
    Programs programs = new Programs(seed);
    String script = programs.next();
    List<Map<String, String>> arguments = programs.arguments();
    SessionConfig config = Scripts.config().withNumerics(Numerics.EXACT);
    List<String> expected = new ArrayList<>();
    for (Map<String, String> each : arguments) {
      SessionConfig plain = config.withReuse(ReuseMode.NONE).withThreads(1);
      expected.addAll(Endings.of(plain, script.replace("LOOP", "for   "), List.of(each)));
    }
    String parallel = script.replace("LOOP", "parfor");
    for (SessionConfig each :
        List.of(
            config.withThreads(4),
            config.withReuse(ReuseMode.FULL).withThreads(3),
            config.withReuse(ReuseMode.MULTILEVEL).withThreads(8),
            config.withReuse(ReuseMode.NONE).withThreads(3),
            config.withHostBytes(4_000_000),
            config.withVerifyReuse(1).withDedup(false),
            config.withStore(Scripts.keepingAll(folder.resolve("store"))))) {
      List<String> endings =
          Assertions.assertTimeoutPreemptively(
              LIMIT, () -> Endings.of(each, parallel, arguments), () -> seed + "\n" + parallel);
      assertThat(endings).as("%d %s %s%n%s", seed, arguments, each, parallel).isEqualTo(expected);
    }
    return (int) expected.stream().filter(end -> end.contains(Endings.MARK)).count();
  }
}
