package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls and blocks with a number that a loop counts, and with one of the same value that is written
 * down: what a size makes with the first is a literal, with the second it has a history. By hand,
 * by value, by lineage and by event.
 */
class CountedCallsTest {
  @TempDir private Path folder;

  private static final String FUNCTION =
      """
      f = function(Matrix[Double] X, Integer k) return (Matrix[Double] Y, Integer n) {
        Y = X %*% t(X) + k
        n = nrow(X) - k
      }
      X = rand(rows=90, cols=90, seed=1)
      """;

  private static final String WRITTEN =
      """
      [Y, n] = f(X, 4)
      print(lineage(n) + " " + n + " " + sum(Y))
      """;

  private static final String COUNTED =
      """
      for (i in 3:5) {
        [Y, n] = f(X, i)
        print(lineage(n) + " " + n + " " + sum(Y))
      }
      """;

  /** The script is a constant of a loop that counts to it, or what it counts. */
  private static final String BLOCKS =
      """
      X = rand(rows=90, cols=90, seed=1)
      k = 4
      for (r in 1:2) {
        if (r == 2) {
          k = r + 2
        }
        Y = X %*% t(X) + k
        n = nrow(X) - k
        for (q in 1:1) {
          Z = (Y + n) %*% (X + k)
        }
        print(lineage(n) + " " + n + " " + sum(Z))
      }
      """;

  private void assertLikeTraced(String script) {
    SessionConfig config = Scripts.config().withWorkingDirectory(folder);
    String expected =
        Scripts.run(config.withReuse(ReuseMode.TRACE).withDedup(false), script).output();
    SessionConfig stored = config.withStore(Scripts.keepingAll(folder.resolve("store")));
    for (SessionConfig other :
        List.of(
            config,
            config.withDedup(false),
            config.withReuse(ReuseMode.FULL),
            config.withReuse(ReuseMode.MULTILEVEL),
            config.withVerifyReuse(1),
            stored,
            stored)) {
      assertThat(Scripts.run(other, script).output()).as("%s", other).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {WRITTEN + COUNTED, COUNTED + WRITTEN, COUNTED + WRITTEN + COUNTED})
  void callsHaveTheLineageOfTheirOwnNumber(String calls) {
    assertLikeTraced(FUNCTION + calls);
  }

  @Test
  void blocksHaveTheLineageOfTheirOwnNumber() {
    assertLikeTraced(BLOCKS);
  }

  @Test
  void aConstantThatEqualsACountedInputStaysAConstant() {
    assertLikeTraced(
        """
        g = function(Matrix[Double] X, Integer k) return (Matrix[Double] Y, Integer c, Integer d) {
          Y = X %*% t(X) + k
          c = 4
          d = k
        }
        X = rand(rows=90, cols=90, seed=1)
        for (r in 1:2) {
          for (i in 3:5) {
            [Y, c, d] = g(X, i)
            n = nrow(X) - c
            m = nrow(X) - d
            print(lineage(n) + " " + lineage(m) + " " + sum(Y))
          }
        }
        """);
  }

  @Test
  void whatAnotherRunLeftIsOfTheSameKindOfNumber() {
    SessionConfig config =
        Scripts.config()
            .withWorkingDirectory(folder)
            .withStore(Scripts.keepingAll(folder.resolve("store")));
    Scripts.run(config, FUNCTION + WRITTEN);
    SessionConfig traced = Scripts.config().withReuse(ReuseMode.TRACE).withDedup(false);
    assertThat(Scripts.run(config, FUNCTION + COUNTED).output())
        .isEqualTo(Scripts.run(traced, FUNCTION + COUNTED).output());
    assertThat(Scripts.run(config, FUNCTION + WRITTEN).output())
        .isEqualTo(Scripts.run(traced, FUNCTION + WRITTEN).output());
  }

  @Test
  void callsOfOneKindOfNumberAreStillFound() {
    RunStatistics statistics =
        Scripts.run(FUNCTION + WRITTEN + COUNTED + WRITTEN + COUNTED).statistics();
    // Once with the number that is written down, and with each that is counted.
    assertThat(statistics.functions().misses()).isEqualTo(4);
    assertThat(statistics.functions().hits()).isEqualTo(4);
  }
}
