package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scripts whose loops are deduplicated have the lineage, hits and output that they have without.
 */
class DeduplicatedScriptTest {
  static final String DATA = "X = matrix(seq(1, 10000), 100, 100) %% 7\ns = sum(X)\nS = X\n";

  /** Long enough for a call to be stored by itself. */
  private static final String FUNCTION =
      "f = function(matrix[double] A, double k) return (matrix[double] B) {\n"
          + "B = A\n"
          + "B = (B %*% A + k) %% 7\nB = B * 2 - k\n".repeat(5)
          + "}\n";

  static Stream<String> scripts() {
    return Stream.of(
        "for (i in 1:20) { s = s * 0.5 + i; S = (S %*% X + i) %% 17 }",
        "for (i in 1:7) { for (j in 1:i) { S = S + X * (i * 10 + j) } S = S %*% X %% 5 }",
        "i = 0\nwhile (i < 12) { if (i %% 3 == 0) S = S + s else S = S - i; i = i + 1 }",
        "for (i in 1:10) { R = rand(rows=100, cols=100); if (i > 5) { S = S + R } else { s = s +"
            + " sum(R) } }",
        "f = function(matrix[double] A, double k) return (matrix[double] B) {\n"
            + "B = A\nfor (j in 1:3) { B = B * k + rand(rows=100, cols=100, seed=j) }\n}\n"
            + "for (i in 1:6) { S = f(S, i); s = s + sum(f(X, 2)) }",
        "L = list(S, s)\nfor (i in 1:5) { A = as.matrix(L[1]); b = as.scalar(L[2])\n"
            + "L = list(A + b, b * 2) }\nS = as.matrix(L[1]); s = as.scalar(L[2])",
        "L = list(a=S, b=X, c=s)\nfor (i in 1:9) { L[2] = as.matrix(L[\"a\"]) * 0.5 + i\n"
            + "for (q in 1:2) { L[q] = as.matrix(L[q]) %% 9 + q }\n"
            + "if (i %% 4 == 0) { L[\"c\"] = as.scalar(L[3]) + sum(as.matrix(L[1])) } }\n"
            + "S = as.matrix(L[1]); s = as.scalar(L[3])",
        "L = list(S, list(X, s))\nfor (i in 1:5) { for (k in 1:6) { N = as.list(L[2])\n"
            + "G = list()\nfor (q in 1:2) { G = append(G, as.matrix(L[1]) %% (q + 2)) }\n"
            + "N[1] = as.matrix(G[2]) + as.matrix(N[1]) * 0.5; N[2] = as.scalar(N[2]) + k\n"
            + "L[2] = list(N); L[1] = as.matrix(G[1]) + as.matrix(N[1]) } }\n"
            + "S = as.matrix(L[1]); N = as.list(L[2]); s = as.scalar(N[2])",
        "A = S\n"
            + "B = X\n"
            + "for (i in 1:9) { C = A; A = B; B = C + i; if (i == 4) { S = A %*% B } }\n"
            + "S = S + A",
        "R = matrix(0, 20, 3)\nparfor (i in 1:20) { T = X * i\nfor (j in 1:3) { T = T + j\n"
            + "R[i, j] = sum(T) } }\nS = R",
        "parfor (i in 1:8) { s += sum(X * i + rand(rows=100, cols=100)) }",
        "for (k in 1:3) { R = matrix(0, 6, 1)\nparfor (i in 1:6) { R[i, 1] = sum(S) * i * k }\n"
            + "S = S + sum(R) }",
        FUNCTION + "S = f(S, s); S = f(S, 2); S = f(S, 3); S = f(f(S + 1, 2), s); s = sum(S)",
        FUNCTION
            + "g = function(matrix[double] A, int n) return (matrix[double] B) {\n"
            + "B = f(A, n)\nif (n > 0) { B = g(B, n - 1) }\n"
            + "for (j in 1:4) { B = f(B, j) }\nB = B + rand(rows=100, cols=100) }\n"
            + "S = g(S, 3); S = g(S, 3); S = g(S, 2); s = sum(g(S, 3))",
        FUNCTION
            + "S = f(S, 1); S = f(S, 2)\nR = matrix(0, 4, 1)\n"
            + "parfor (i in 1:4) { R[i, 1] = sum(f(S, i)) }\nS = f(S, sum(R))",
        "[U, V] = eigen(X + t(X))\n"
            + "for (i in 1:4) { B = t(V) %*% X %*% V; [U, V] = eigen(B + t(B)); S = S + sum(U) }");
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void lineageHitsAndOutputAreThoseOfTheExpandedTrace(String script) {
    String text = DATA + script + "\nprint(sum(S)); print(s); print(lineage(S)); print(lineage(s))";
    for (ReuseMode mode : Arrays.asList(ReuseMode.TRACE, ReuseMode.FULL, ReuseMode.HYBRID)) {
      for (int threads : new int[] {1, 3}) {
        SessionConfig config = Scripts.config().withReuse(mode).withThreads(threads);
        Scripts.Outcome plain = Scripts.run(config.withDedup(false), text);
        Scripts.Outcome stored = Scripts.run(config.withDedup(true), text);
        assertThat(stored.output()).isEqualTo(plain.output());
        if (threads == 1) {
          assertThat(stored.statistics().hits()).isEqualTo(plain.statistics().hits());
          assertThat(stored.statistics().misses()).isEqualTo(plain.statistics().misses());
        }
        assertThat(stored.liveBuffers()).isZero();
      }
    }
    assertThat(Scripts.output(DATA + script + "\nprint(sum(S)); print(s)"))
        .isEqualTo(
            Scripts.run(
                    Scripts.config().withReuse(ReuseMode.NONE),
                    DATA + script + "\nprint(sum(S)); print(s)")
                .output());
  }
}
