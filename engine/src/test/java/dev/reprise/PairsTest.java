package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A column at the left of an operator and a row at its right make all pairs. */
class PairsTest {
  private static final String COLUMN_AND_ROW =
      """
      c = matrix(seq(1, 3), 3, 1)
      r = matrix(seq(2, 5), 1, 4)
      """;

  /** The expression of all pairs and what it is of matrices of the full shape. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s + %s",
        "%s - %s",
        "%s * %s",
        "%s / %s",
        "%s ^ %s",
        "%s %%%% %s",
        "%s %%/%% %s",
        "%s == %s",
        "%s != %s",
        "%s < %s",
        "%s >= %s",
        "%s & %s",
        "%s | %s",
        "min(%s, %s)",
        "max(%s, %s)",
        "pmin(%s, %s)",
        "xor(%s, %s)",
        "log(%s, %s)",
        "bitwXor(%s, %s)",
        "outer(%s, %s, \"-\")"
      })
  void operatorsMakePairs(String expression) {
    String pairs = expression.formatted("c", "r");
    String full = expression.startsWith("outer") ? "C - R" : expression.formatted("C", "R");
    String script =
        COLUMN_AND_ROW
            + """
            C = cbind(c, c, c, c)
            R = rbind(r, r, r)
            P = %s
            print(nrow(P) + " " + ncol(P) + " " + sum(P != (%s)))
            """
                .formatted(pairs, full);
    assertThat(Scripts.run(script).output()).isEqualTo("3 4 0.0\n");
  }

  @Test
  void aRowAtTheLeftIsAMistakeThatSaysWhatToDo() {
    ScriptException failure = Scripts.failure(Scripts.config(), COLUMN_AND_ROW + "X = r * c\n");
    assertThat(failure)
        .hasMessageContaining("1x4 and 3x1")
        .hasMessageContaining("a column at the left and a row at the right make all pairs");
    assertThat(failure.position().line()).isEqualTo(3);
  }

  @Test
  void moreCellsThanThereIsMemoryForAreToldInBytes() {
    assertThat(Scripts.failure(Scripts.config(), "c = matrix(1, 10000000, 1)\nX = c + t(c)\n"))
        .hasMessageContaining("not enough host memory: asked for 727.6 TiB");
  }

  /** What reuses, puts together from parts or rewrites must not take the pairs for one operand. */
  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void partsAndAggregatesOfPairsAreThoseOfTheFullMatrices(ReuseMode mode) {
    String script =
        """
        c = rand(rows=400, cols=1, seed=1)
        d = rand(rows=100, cols=1, seed=2)
        r = rand(rows=1, cols=300, seed=3)
        q = rand(rows=1, cols=50, seed=4)
        one = matrix(1, 1, 350)
        wrong = 0
        for (i in 1:3) {
          cd = rbind(c, d)
          rq = cbind(r, q)
          P = c * r
          Q = cd * rq
          F = (cd %*% one) * rq
          wrong = wrong + sum(Q != F) + sum(Q[1:400, 1:300] != P)
          wrong = wrong + sum(colSums(exp(cd - rq)) != colSums(exp((cd %*% one) - rq)))
          wrong = wrong + sum(rowSums(cbind(c, c) + cbind(q[1, 1:2])) != rowSums(cbind(c + q[1, 1], c + q[1, 2])))
          wrong = wrong + (sum(cd * rq) != sum(F)) + (abs(sum(c * r) - sum(c) * sum(r)) > 1e-6)
          z = rbind(c, d) - rq
          wrong = wrong + sum(z[401:500,] != (d - rq))
          m = t(F) %*% (F %*% t(rq)) - t(F) %*% (cd * (F %*% t(rq)))
          wrong = wrong + (nrow(m) != 350) + sum(((F %*% t(rq)) - rq) != (((F %*% t(rq)) %*% one) - rq))
        }
        print(wrong)
        """;
    SessionConfig config = Scripts.config().withReuse(mode);
    assertThat(Scripts.run(config, script).output()).isEqualTo("0.0\n");
    assertThat(Scripts.run(config.withFusion(false), script).output()).isEqualTo("0.0\n");
  }

  @Test
  void aCompressedMatrixMasksPairs() {
    String script =
        """
        S = rand(rows=600, cols=500, sparsity=0.01, seed=3)
        c = rand(rows=600, cols=1, seed=1)
        r = rand(rows=1, cols=500, seed=2)
        C = c %*% matrix(1, 1, 500)
        print(sum((S * (exp(c - r) + 1)) != (S * (exp(C - r) + 1))))
        print(sum((S / (c + r + 1)) != (S / (C + r + 1))))
        k = rand(rows=600, cols=1, sparsity=0.05, seed=5)
        w = rand(rows=1, cols=500, sparsity=0.05, seed=6)
        K = k %*% matrix(1, 1, 500)
        print(sum((k * w) != (K * w)) + sum((k + w) != (K + w)) + sum((k == w) != (K == w)))
        """;
    assertThat(Scripts.run(script).output()).isEqualTo("0.0\n0.0\n0.0\n");
    assertThat(Scripts.run(Scripts.config().withFusion(false), script).output())
        .isEqualTo("0.0\n0.0\n0.0\n");
  }

  @Test
  void aTestOfOneCellChoosesAWholeMatrix() {
    String script =
        """
        X = matrix(seq(1, 12000), 100, 120)
        o = as.matrix(5)
        for (i in 1:2) {
          t = as.matrix(i - 1)
          A = ifelse(t, X * 2, X - 1)
          B = ifelse(X > o, o, X * t)
          print(sum(A) + " " + sum(B))
        }
        """;
    String expected = "7.1994E7 59975.0\n1.44012E8 59990.0\n";
    assertThat(Scripts.run(script).output()).isEqualTo(expected);
    assertThat(Scripts.run(Scripts.config().withFusion(false), script).output())
        .isEqualTo(expected);
  }
}
