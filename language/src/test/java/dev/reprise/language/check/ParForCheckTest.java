package dev.reprise.language.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParForCheckTest {
  private static final String BEFORE =
      """
      n = 10
      m = 5
      k = 3
      X = rand(rows=10, cols=10)
      R = matrix(0, 100, 100)
      S = matrix(0, 100, 100)
      L = list(0, 0, 0)
      x = 0
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parfor (i in 1:n) { R[i, ] = X[i, ] }",
        "parfor (i in 1:n) { R[, i] = X[, i] }",
        "parfor (i in 1:n) { R[i, 1] = i; R[i, 2] = R[i, 1] }",
        "parfor (i in 1:n) { R[i, 1] += i }",
        "parfor (i in 1:n) { R += 1 }",
        "parfor (i in 1:n) { for (j in 1:m) { R[i, j] = i + j } }",
        "parfor (i in 1:n) { for (j in 1:m) { R[j, i] = i + j } }",
        "parfor (i in 1:n) { parfor (j in 1:m) { R[i, j] = i + j } }",
        "parfor (i in 1:nrow(X)) { R[2 * i, 1] = i; R[2 * i + 1, 1] = i }",
        "parfor (i in 1:4) { R[((i - 1) * 2 + 1):(i * 2), ] = X[1:2, ] }",
        "parfor (i in 1:n) { R[((i - 1) * k + 1):(i * k), ] = X[1:3, ] }",
        "parfor (i in 1:n) { a = (i - 1) * k + 1; b = i * k; R[a:b, ] = X[1:3, ] }",
        "parfor (i in 1:n) { for (j in 1:m) { R[(i - 1) * m + j, 1] = i } }",
        "parfor (i in 1:n) { for (j in 1:m) { p = (i - 1) * m + j; R[p, 1] = i } }",
        "parfor (i in 1:n) { for (j in 1:m) { p = (j - 1) * n + i; R[p, 1] = i } }",
        "parfor (i in 1:n) { parfor (j in 1:m) { R[(i - 1) * m + j, 1] = i } }",
        "parfor (i in 1:n) { for (j in 1:m) { for (l in 1:k) {"
            + " R[((i - 1) * m + j - 1) * k + l, 1] = i } } }",
        "parfor (i in 1:n) { p = i + 1; R[p, 1] = i }",
        "parfor (i in 2:n) { R[i, 1] = R[1, 1] }",
        "parfor (i in 1:5) { R[i, 1] = R[i + 5, 1] }",
        "parfor (i in 1:n) { R[n - i + 1, 1] = i }",
        "parfor (i in seq(10, 1, -1)) { R[i, 1] = i }",
        "parfor (i in seq(1, 10, 2)) { R[i:(i + 1), 1] = X[1:2, 1] }",
        "parfor (i in 1:n) { R[2 * i, 1] = R[2 * i + 1, 1] }",
        "parfor (i in 1:n) { R[i, 1] = nrow(R) }",
        "parfor (i in 1:3) { L[i] = X[i, ] }",
        "parfor (i in 1:n) { y = i; y = y + 1; R[i, 1] = y }",
        "parfor (i in 1:n) { x = i; R[i, 1] = x }",
        "parfor (i in 1:n) { if (i > 2) { x = 1 } else { x = 2 }\nR[i, 1] = x }",
        "parfor (i in 1:n) { T = matrix(0, 2, 2); T[1, 1] = i; R[i, 1] = sum(T) }",
        "parfor (i in 1:n) { print(i) }",
        "parfor (i in 1:n, check=0) { x = x + i; R[1, 1] = x }",
        "for (q in 1:3) { parfor (i in 1:n) { R[i, q] = i } }",
        "for (q in 1:3) { parfor (i in 1:n) { R[(q - 1) * n + i, 1] = i } }",
        "parfor (i in 1:ncol(X)) { for (j in i:ncol(X)) { R[i, j] = 1 } }",
        "parfor (i in 1:ncol(X)) { for (j in 1:m) { R[as.integer((i - 1) * m + j), 1] = 1 } }",
      })
  void independentIterationsAreAccepted(String loop) {
    assertThat(Scripts.errors(BEFORE + loop + "\nprint(sum(R) + sum(S))")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parfor (i in 1:n) { R[1, 1] = i }",
        "parfor (i in 1:n) { R[, 1] = X[, i] }",
        "parfor (i in 1:n) { R[i, 1] = R[i - 1, 1] }",
        "parfor (i in 2:n) { R[i, 1] = i; R[i - 1, 1] = i }",
        "parfor (i in 1:n) { R[i:(i + 1), 1] = X[1:2, 1] }",
        "parfor (i in 1:n) { R[i %% 2 + 1, 1] = i }",
        "parfor (i in 1:n) { R[i / 2, 1] = i }",
        "parfor (i in 1:n) { R[as.integer(i / 2), 1] = i }",
        "parfor (i in 1:n) { R[i, 1] = sum(R) }",
        "parfor (i in 1:n) { for (j in 1:m) { R[j, 1] = i } }",
        "parfor (i in 1:n) { for (j in 1:m) { R[i + j, 1] = i } }",
        "parfor (i in 1:n) { for (j in 1:m) { R[(i - 1) * k + j, 1] = i } }",
        "parfor (i in 1:n) { for (j in 0:m) { R[(i - 1) * m + j + 1, 1] = i } }",
        "parfor (i in 1:n) { parfor (j in 1:m) { R[i, 1] = j } }",
        "parfor (i in 1:n) { p = 1; if (i > 2) { p = i }\nR[p, 1] = i }",
        "parfor (i in 1:n) { x = x + i; R[i, 1] = x }",
        "parfor (i in 1:n) { if (i > 2) { x = 1 }\nR[i, 1] = x }",
        "parfor (i in 1:n) { x = i }\nprint(x)",
        "parfor (i in 1:n) { for (x in 1:m) { R[i, x] = 1 } }\nprint(x)",
        "parfor (i in 1:n) { L[1] = i }",
        "parfor (i in 1:3) { L[\"a\"] = i }",
        "parfor (i in seq(1, 3, 0.5)) { R[i, 1] = i }",
        "parfor (i in 1:n) { R[sum(X[i, ]), 1] = i }",
        "parfor (i in 1:n) { S = R; S[i, 1] = 2 }",
        "parfor (i in 1:n) { for (j in 1:m) { p = (i - 1) * m + j }\nR[p, 1] = R[p + 1, 1] }",
        "parfor (i in 1:n) { R[2 * i, 1] = R[4 * i + 2, 1] }",
        "parfor (i in 1:n) { R[i * 0 + 3, 1] = i }",
        "parfor (i in 1:n) { R = R + 1 }",
        "parfor (i in 1:n) { R += sum(R) }",
        "parfor (i in 1:n) { R += 1; R[i, 1] = 2 }",
      })
  void dependentIterationsAreRefused(String loop) {
    assertThat(Scripts.errors(BEFORE + loop + "\nprint(sum(R) + sum(S))"))
        .singleElement()
        .asString()
        .contains("the parfor's iterations depend on each other");
  }

  @Test
  void errorNamesBothAccesses() {
    assertThat(
            Scripts.errors(
                """
                R = matrix(0, 10, 1)
                parfor (i in 2:10) {
                  R[i, 1] = i
                  y = sum(R[i - 1, 1])
                  print(y)
                }
                """))
        .isEqualTo(
            List.of(
                "3:3 the parfor's iterations depend on each other: 'R' is written here as R[i, 1],"
                    + " and another iteration may read the same cells as R[i - 1, 1] at 4:11"
                    + " (use for, or parfor with check=0 if you know that they do not depend on"
                    + " each other)"));
  }
}
