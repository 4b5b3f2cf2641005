package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code top_k} of the layer library where values are no numbers, infinite or too few. */
class LargestValuesTest {
  private static final String SOURCE = "source(\"nn/util.dml\") as util\n";

  private static String largest(String cells, int rows, int columns, int k) {
    return Scripts.output(
        SOURCE
            + "[v, i] = util::top_k(matrix(\"%s\", %d, %d), %d)\n"
                .formatted(cells, rows, columns, k)
            + "print(toString(v, decimal=0) + toString(i, decimal=0))");
  }

  @Test
  void notANumberIsTheLargestAndHasAColumn() {
    assertThat(largest("1 NaN 3 NaN NaN 7", 2, 3, 3).split("\\s+"))
        .containsExactly("NaN", "3", "1", "NaN", "NaN", "7", "2", "3", "1", "1", "2", "3");
  }

  @Test
  void everyColumnIsTakenOnceWhereAllAreMinusInfinity() {
    assertThat(largest("-Inf 2 -Inf -Inf", 1, 4, 4).split("\\s+"))
        .containsExactly("2", "-Infinity", "-Infinity", "-Infinity", "2", "1", "3", "4");
  }

  @Test
  void moreThanThereAreIsRefused() {
    for (String call :
        List.of("top_k(X, 4)", "top_k(X, 0)", "top_k2d(X, 4, 3, 1, 1)", "top_k(X, -1)")) {
      assertThat(
              Scripts.failure(
                  Scripts.config(), SOURCE + "X = matrix(1, 2, 3)\n[v, i] = util::" + call))
          .as(call)
          .hasMessageContaining("top_k: k must be from 1 to 3");
    }
  }
}
