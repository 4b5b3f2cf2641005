package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that is found in a store although small things that it is made of have another history. */
class EqualContentsTest {
  /** A search whose first shape of {@code marks}, and whose grid, are in all histories. */
  private static final String SEARCH =
      """
      fit = function(Matrix[Double] X, Matrix[Double] y, Double reg)
        return (Matrix[Double] B, Double loss)
      {
        B = solve(t(X) %*% X + diag(matrix(reg, ncol(X), 1)), t(X) %*% y)
        loss = sum((X %*% B - y)^2)
      }
      X = rand(rows=20000, cols=60, seed=1)
      y = rand(rows=20000, cols=1, seed=2)
      sets = 2
      from = -1
      marks = matrix(0, sets, ncol(X))
      for (s in 1:sets) {
        marks[s, ] = t((seq(1, ncol(X)) %% 7) != s)
      }
      reg = 10 ^ seq(from, from + 1)
      for (s in 1:sets) {
        P = removeEmpty(target=X, margin="cols", select=marks[s, ])
        for (i in 1:2) {
          [B, loss] = fit(P, y, as.scalar(reg[i, 1]))
          print(s + " " + i + " " + loss + " " + sum(B))
        }
      }
      """;

  @TempDir private Path folder;

  /** Where runs without the store write. */
  @TempDir private Path otherFolder;

  private SessionConfig stored() {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  /** Runs a script with the store, and compares with a run without it. */
  private Outcome run(String script) {
    Outcome outcome = Scripts.run(stored(), script);
    SessionConfig plain =
        Scripts.config().withReuse(ReuseMode.NONE).withWorkingDirectory(otherFolder);
    assertThat(outcome.output()).isEqualTo(Scripts.run(plain, script).output());
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private static long executed(Outcome outcome, String operation) {
    var count = outcome.statistics().of(operation);
    return count == null ? 0 : count.executed();
  }

  @Test
  void oneMoreSetOfFeaturesPaysForItselfAlone() {
    run(SEARCH);
    Outcome more = run(SEARCH.replace("sets = 2", "sets = 3"));
    assertThat(more.statistics().store().regions()).isEqualTo(4);
    assertThat(more.statistics().store().byContent()).isGreaterThanOrEqualTo(4);
    assertThat(executed(more, "solve")).isEqualTo(2);
  }

  @Test
  void anotherRangePaysForWhatIsNewInIt() {
    run(SEARCH);
    Outcome other = run(SEARCH.replace("from = -1", "from = 0"));
    assertThat(other.statistics().store().regions()).isEqualTo(2);
    assertThat(executed(other, "solve")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reg = 10 ^ seq(from, from + 1)", "reg = 10.0 ^ seq(from, from + 1) * 1"})
  void theSameAgainIsFound(String grid) {
    run(SEARCH);
    Outcome again = run(SEARCH.replace("reg = 10 ^ seq(from, from + 1)", grid) + "\n");
    assertThat(again.statistics().store().regions()).isEqualTo(4);
    assertThat(executed(again, "solve")).isZero();
  }

  @Test
  void contentsThatDifferInOneBitAreNotEqual() {
    String script =
        """
        X = rand(rows=20000, cols=60, seed=1)
        v = matrix(0, 1, 60) SMALL
        A = t(X + v) %*% X
        print(sum(A) + " " + toString(1 / (v[1, 1] * 1e-300)))
        """;
    run(script.replace("SMALL", "* 1"));
    Outcome other = run(script.replace("SMALL", "* -1"));
    assertThat(other.statistics().store().byContent()).isZero();
    Outcome third = run(script.replace("SMALL", "+ 1e-17"));
    assertThat(third.statistics().store().byContent()).isZero();
  }

  @Test
  void aTraceOfWhatWasFoundNamesTheHistoryOfThisRun() throws IOException {
    String script =
        """
        f = function(Matrix[Double] X, Double s) return (Matrix[Double] A) {
          A = t(X) %*% X * s
        }
        X = rand(rows=20000, cols=60, seed=1)
        A = f(X, NUMBER)
        write(A, "a.csv", format="csv")
        print(sum(A))
        """;
    String one = script.replace("NUMBER", "max(matrix(2, 1, 1))");
    String other = script.replace("NUMBER", "sum(matrix(1, 2, 1))");
    run(one);
    Outcome found = run(other);
    assertThat(found.statistics().store().regions()).isEqualTo(1);
    assertThat(found.statistics().store().byContent()).isPositive();
    String trace = Files.readString(folder.resolve("a.csv.lineage"));
    Path plain = folder.resolve("plain");
    plain.toFile().mkdirs();
    Scripts.run(Scripts.config().withWorkingDirectory(plain), other);
    assertThat(trace).isEqualTo(Files.readString(plain.resolve("a.csv.lineage")));
  }

  @Test
  void aFunctionThatSaysHowItsArgumentCameToBeIsEnteredEachTime() {
    String script =
        """
        f = function(Matrix[Double] X, Double s) return (String text, Double total) {
          total = sum(t(X) %*% X * s)
          text = lineage(s)
        }
        X = rand(rows=20000, cols=60, seed=1)
        [text, total] = f(X, NUMBER)
        print(text + " " + total)
        """;
    Scripts.run(stored(), script.replace("NUMBER", "max(matrix(2, 1, 1))"));
    Outcome other = Scripts.run(stored(), script.replace("NUMBER", "sum(matrix(1, 2, 1))"));
    assertThat(other.output())
        .isEqualTo(
            Scripts.run(Scripts.config(), script.replace("NUMBER", "sum(matrix(1, 2, 1))"))
                .output());
    // The work in it is found, what it says is not.
    assertThat(other.statistics().store().byContent()).isPositive();
  }
}
