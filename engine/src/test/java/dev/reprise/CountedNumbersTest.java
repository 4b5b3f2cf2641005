package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One loop over all batches of all epochs, with indices computed from sizes: batches come again. By
 * what was executed, with equal results and lineage however the loop is traced.
 */
class CountedNumbersTest {
  private static final String PREPARE =
      """
      prepare = function(Matrix[Double] B) return (Matrix[Double] P) {
        P = (B - colMeans(B)) / (colSds(B) + 0.1)
        P = P %*% t(P)
      }
      """;

  /** 10 batches of 100 rows each, in each of 12 epochs. */
  private static final String DATA =
      """
      X = rand(rows=1000, cols=40, seed=1)
      bs = 100
      n = ceil(nrow(X) / bs)
      total = 0
      """;

  private static RunStatistics run(String script) {
    return EqualRuns.of(script, Scripts.config().withDedup(false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b = (i - 1) %% n\nB = X[(b * bs + 1):min(b * bs + bs, nrow(X)), ]",
        "B = X[(((i - 1) * bs) %% nrow(X) + 1):(((i - 1) * bs) %% nrow(X) + bs), ]",
        "e = (i - 1) %/% n\nbeg = ((i - 1) - e * n) * bs + 1\nB = X[beg:(beg + bs - 1), ]",
        "beg = as.integer((i - 1) %% n) * bs + 1\nB = X[beg:min(beg + bs - 1, length(X)), ]",
        "n = as.integer(nrow(X) / bs)\nbeg = ((i - 1) %% n) * bs + 1\nB = X[beg:(beg + bs - 1), ]",
        "beg = max(1, ((i - 1) %% n) * bs + 1)\nB = X[beg:(beg + bs - 1), ]"
      })
  void batchesOfOneLoopOverAllEpochsComeAgain(String batch) {
    RunStatistics statistics =
        run(
            PREPARE
                + DATA
                + "for (i in 1:120) {\n"
                + batch
                + "\ntotal = total + sum(prepare(B)) * i\n}\nprint(total)\n");
    assertThat(statistics.of("colSds").executed()).isEqualTo(10);
  }

  @Test
  void batchesOfAWhileLoopComeAgain() {
    RunStatistics statistics =
        run(
            PREPARE
                + DATA
                + """
                k = 0
                while (k < 120) {
                  beg = (k * bs) %% nrow(X) + 1
                  total = total + sum(prepare(X[beg:(beg + bs - 1), ])) * k
                  k = k + 1
                }
                print(total)
                """);
    assertThat(statistics.of("colSds").executed()).isEqualTo(10);
  }

  @Test
  void workersOfAParforFindTheBatchesOfOthers() {
    RunStatistics statistics =
        run(
            PREPARE
                + DATA
                + """
                R = matrix(0, 40, 1)
                parfor (i in 1:40) {
                  beg = ((i - 1) %% n) * bs + 1
                  R[i, 1] = sum(prepare(X[beg:(beg + bs - 1), ]))
                }
                print(sum(R))
                """);
    assertThat(statistics.of("colSds").executed()).isEqualTo(10);
  }

  @Test
  void iterationsThatAreRecordedTraceTheSame() {
    String script =
        DATA
            + """
            W = matrix(0, 40, 1)
            for (i in 1:400) {
              beg = ((i - 1) %% n) * bs + 1
              B = X[beg:min(beg + bs - 1, nrow(X)), ]
              W = W - 0.0001 * t(colSums(B)) / nrow(B)
            }
            print(lineage(W))
            print(sum(W))
            """;
    Scripts.Outcome items = Scripts.run(Scripts.config().withDedup(false), script);
    Scripts.Outcome stored = Scripts.run(Scripts.config(), script);
    assertThat(stored.output()).isEqualTo(items.output());
    assertThat(stored.statistics().loops().recorded()).isGreaterThan(300);
  }

  private static final String SHIFTED =
      """
      f = function(Matrix[Double] X, Integer k, List[Unknown] l)
        return (Double q, Double r, Matrix[Double] H)
      {
        H = (X %*% (X + 3)) %% 97 + (t(X) %*% (X + 4)) %% 89
        q = k + nrow(X)
        c = 1
        for (j in 1:2) {
          c = as.scalar(l[1])
        }
        r = c + nrow(X)
      }
      X = matrix(seq(1, 3600), 60, 60) %% 11
      unnamed = abs(-4)
      named = 4
      [q, r, H] = f(X, 4, list(4))
      print(lineage(q))
      """;

  /** Runs two calls, of equal numbers; how many were executed. */
  private static long executed(String second) {
    String script =
        SHIFTED + second + "print(lineage(q))\nprint(lineage(r))\nprint(q + r + sum(H))\n";
    String expected =
        Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE).withDedup(false), script).output();
    for (SessionConfig each :
        List.of(Scripts.config().withVerifyReuse(1), Scripts.config().withDedup(false))) {
      assertThat(Scripts.run(each, script).output()).isEqualTo(expected);
    }
    Scripts.Outcome outcome = Scripts.run(Scripts.config(), script);
    assertThat(outcome.output()).isEqualTo(expected);
    return outcome.statistics().functions().misses();
  }

  @Test
  void aCallOfACountedNumberIsNoneOfAConstant() {
    assertThat(executed("for (i in 4:4) {\n[q, r, H] = f(X, i, list(4))\n}\n")).isEqualTo(2);
  }

  @Test
  void callsOfConstantsAreOneWhateverTheyAreCalled() {
    assertThat(executed("[q, r, H] = f(X, unnamed, list(unnamed))\n")).isEqualTo(1);
    assertThat(executed("[q, r, H] = f(X, named, list(named))\n")).isEqualTo(1);
  }

  @Test
  void aNumberThatIsTakenOutOfAListIsNotCounted() {
    assertThat(executed("for (i in 4:4) {\n[q, r, H] = f(X, 4, list(i))\n}\n")).isEqualTo(1);
  }

  @Test
  void whatDoesNotFollowFromCountedNumbersKeepsItsHistory() {
    String output =
        Scripts.run(
                Scripts.config(),
                """
                X = rand(rows=100, cols=4, seed=1)
                h = 1 / 2
                half = floor(nrow(X) * h)
                print(lineage(half))
                for (i in 1:1) {
                  share = h * nrow(X)
                  print(lineage(share))
                  rate = i / nrow(X)
                  print(lineage(rate))
                  scaled = i * as.scalar(X[1, 1])
                  print(lineage(scaled))
                  index = nrow(X) - i
                  print(lineage(index))
                }
                print(lineage(share))
                """)
            .output();
    List<String> traces = List.of(output.split("return %\\d+\n"));
    assertThat(traces.get(0)).contains("nrow", "floor");
    assertThat(traces.get(1)).contains("nrow", "= *");
    assertThat(traces.get(2)).contains("nrow", "= /");
    assertThat(traces.get(3)).contains("rightIndex");
    assertThat(traces.get(4)).contains("literal").doesNotContain("nrow");
    // Carried on by the loop.
    assertThat(traces.get(5)).contains("literal").doesNotContain("nrow");
  }
}
