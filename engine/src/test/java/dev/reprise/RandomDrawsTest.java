package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs that draw numbers without a seed, or look at the clock, on some of their paths:
 * in functions that are called again with equal arguments, in loops and their branches, beside
 * calls and blocks that are found. Each call draws anew, and draws what it draws without reuse.
 */
class RandomDrawsTest {
  /** More with {@code -Dreprise.programs=N}, others with {@code -Dreprise.first=SEED}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 3);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);
  private static final int RUNS = 2;

  @TempDir private Path folder;

  /** {@code LOOP} stands for the kind of some loops. */
  static final class Programs extends RandomStatements {
    private static final String BEGIN =
        """
        plain = function(Matrix[Double] X, Double z) return (Matrix[Double] H) {
          H = (X %%*%% (X + z)) %%%% 97
        }
        noise = function(Matrix[Double] X, Integer seed) return (Matrix[Double] H) {
          H = (X %%*%% (X + 1)) %%%% 97 + rand(rows=nrow(X), cols=ncol(X), seed=seed)
        }
        clock = function(Matrix[Double] X) return (Double t) {
          H = (X %%*%% (X + 2)) %%%% 97
          t = time() + 0 * sum(H)
        }
        some = function(Matrix[Double] X, Integer k, Boolean b) return (Matrix[Double] H, Double s) {
          H = (X %%*%% (X + k)) %%%% 89
          s = k
          i = k
        %1$s}
        more = function(Matrix[Double] X, Integer k, Boolean b) return (Matrix[Double] H, Double s) {
          H = X
          s = 1
          i = k
        %2$s  if (k > 1) [H, s] = more(X, k - 1, b)
        }
        X = matrix(seq(1, 3600), 60, 60) %%%% 11
        H = X
        b = TRUE
        s = 0.5
        k = 2
        i = 1
        t = time()
        R = matrix(0, 6, 2)
        """;

    private static final String START = "H = X\nb = TRUE\nt = 0\n";

    private boolean functions;

    Programs(long seed) {
      super(seed);
    }

    private String number() {
      return pick("k", "i", "1", "2", "3", "i %% 2");
    }

    private String condition() {
      return pick("b", "!b", "i %% 2 == 0", "k == 2", "s > 0.7", "as.scalar(rand()) > 0.5");
    }

    private String draw() {
      return switch (below(9)) {
        case 0, 1 -> "H = H %% 7 + rand(rows=60, cols=60)\n";
        case 2 -> "s = s / 2 + sum(rand(rows=2, cols=2, pdf=\"normal\"))\n";
        case 3 -> "H = table(seq(1, 60), sample(60, 60), 60, 60) %*% X\n";
        case 4 -> "s = s / 2 + sum(sample(9, 3) * seq(1, 3))\n";
        case 5 -> "[H, q] = dropout(H, 0.5)\n";
        case 6 -> "[H, q] = dropout(H, 0.5, %s)\n".formatted(pick("7", "-1", "i"));
        case 7 -> "H = noise(X, %s)\n".formatted(pick("-1", "-1", "7", "i", "i - 2"));
        default ->
            "H = H %%%% 5 + rand(rows=60, cols=60, seed=%s)\n".formatted(pick("3", "-1", "i"));
      };
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 8 : functions ? 17 : 12)) {
        case 0, 1 -> draw();
        case 2 -> "H = plain(X, %s)\n".formatted(number());
        case 3 -> "H = (X %%*%% (H + %s)) %%%% 83\n".formatted(number());
        case 4 -> "s = s / 2 + sum(H) %% 71\n";
        case 5 -> "b = %s\n".formatted(condition());
        case 6 -> "s = s / 2 + sum(plain(X, %s)) %%%% 7\n".formatted(number());
        case 7 -> "u = clock(X)\nu2 = clock(X)\ns = s + (u2 > u)\n";
        case 8, 9 ->
            "if (%s) {\n%s} else {\n%s}\n"
                .formatted(condition(), statements(depth + 1), statements(depth + 1));
        case 10 ->
            "for (%s in 1:%s) {\n%s}\n"
                .formatted(fresh("j"), pick("2", "3", "40"), statements(depth + 1));
        case 11 ->
            "%1$s = 0\nwhile (%1$s < %2$s) {\n%3$s%1$s = %1$s + 1\n}\n"
                .formatted(fresh("w"), pick("1", "2", "k"), statements(depth + 1));
        case 12, 13 -> "[H, s] = some(X, %s, %s)\n".formatted(number(), pick("b", "TRUE", "FALSE"));
        case 14 -> "[H, s] = more(X, %s, b)\n".formatted(pick("1", "2"));
        case 15 -> "u = clock(X)\nprint(u > t)\nt = u\n";
        default ->
            "print(sum(H) + \" \" + s + \" \" + sum(noise(X, %s)))\n".formatted(pick("-1", "7"));
      };
    }

    private String loop() {
      // After a parfor the variables of an iteration are what they were before it.
      return "LOOP (i in 1:6, check=0) {\ns = i\n"
          + START
          + statements(0)
          + "R[i, 1] = s\nR[i, 2] = sum(H)\n}\nprint(toString(R))\ni = 1\ns = 0.5\n"
          + START;
    }

    String next() {
      String text = BEGIN.formatted(statements(1), statements(1));
      functions = true;
      return text + statements(0) + loop() + statements(0) + loop() + "print(s + \" \" + sum(H))\n";
    }
  }

  @Test
  void eachCallDrawsWhatItDrawsWithoutReuse() {
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      check(seed);
    }
  }

  private void check(long seed) {
    String script = new Programs(seed).next();
    SessionConfig config = Scripts.config().withNumerics(Numerics.EXACT);
    SessionConfig plain = config.withReuse(ReuseMode.NONE).withThreads(1);
    String sequential = script.replace("LOOP", "for   ");
    String parallel = script.replace("LOOP", "parfor");
    String expected = Endings.of(plain, sequential);
    String other = Endings.of(plain.withSeed(43), sequential);
    assertThat(expected).as("%d%n%s", seed, script).doesNotContain(Endings.MARK);
    assertThat(Endings.of(plain, sequential, CompileOptions.none().optimized(false)))
        .as("as it is written: %d%n%s", seed, script)
        .isEqualTo(expected);
    SessionConfig stored = config.withStore(Scripts.keepingAll(folder.resolve("store")));
    same(config, sequential, expected);
    same(config.withThreads(3), parallel, expected);
    same(config.withReuse(ReuseMode.FULL), parallel, expected);
    same(config.withDedup(false).withVerifyReuse(1), parallel, expected);
    same(stored, parallel, expected);
    same(stored.withSeed(43), parallel, other);
    same(stored, sequential, expected);
  }

  private static void same(SessionConfig config, String script, String expected) {
    List<String> endings =
        Endings.of(config, script, Collections.nCopies(RUNS, Map.<String, String>of()));
    assertThat(endings).as("%s%n%s", config, script).containsOnly(expected);
  }
}
