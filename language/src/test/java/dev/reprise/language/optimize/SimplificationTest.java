package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimplificationTest {
  private static final String BEFORE = "X = rand(rows=3, cols=4)\ny = rand(rows=4)\nn = nrow(X)\n";
  private static final int LINES_BEFORE = 4;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "t(t(X)); z = X",
        "t(t(t(X))); z = t(X)",
        "nrow(t(X)); z = ncol(X)",
        "ncol(t(X + 1)); _4 = +(X, 1) / z = ncol(_4)=nrow",
        "length(t(X)); z = length(X)",
        "min(t(X)); z = min(X)",
        "max(rowMaxs(X)); z = max(X)",
        "colMaxs(t(X)); _8 = rowMaxs(X) / z = t(_8)",
        "exp(X) * 1; z = exp(X)",
        "1 * exp(X); z = exp(X)",
        "exp(X) / 1; z = exp(X)",
        "exp(X) - 0; z = exp(X)",
        "exp(X) ^ 1; z = exp(X)",
        "(X > n) + 0; z = >(X, n)",
        "-(-exp(X)); z = exp(X)",
      })
  void rewritesOfTheSameBitsAreUsedInEveryMode(String expression, String expected) {
    String shown = expected.replace("ncol(_4)=nrow", "nrow(_4)");
    for (Optimization options : List.of(Optimized.EXACT, Optimized.DEFAULT)) {
      assertThat(simplified(expression, options)).isEqualTo(shown);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "sum(t(X)); z = sum(X)",
        "mean(t(X)); z = mean(X)",
        "sum(rowSums(X)); z = sum(X)",
        "sum(colSums(X)); z = sum(X)",
        "colSums(t(X)); _8 = rowSums(X) / z = t(_8)",
        "rowMeans(t(X)); _8 = colMeans(X) / z = t(_8)",
        "t(X[, 1:n]) %*% X[, 1:n]; _4 = rightIndex(X, -, -, 1, n) / z = tsmm(_4)",
      })
  void rewritesThatRoundOtherwiseAreUsedByDefaultOnly(String expression, String expected) {
    assertThat(simplified(expression, Optimized.DEFAULT)).isEqualTo(expected);
    assertThat(simplified(expression, Optimized.EXACT)).isNotEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // Whether the list's element is a matrix shows only when the program runs.
        "L = list(X); z = t(t(as.frame(X)))",
        "u = X; z = t(t(L0))",
        "u = X; z = sum(t(L0))",
        // A minus zero becomes zero.
        "u = X; z = exp(X) + 0",
        // n is a scalar, whose type the product may change.
        "u = X; z = n * 1",
        // A matrix that is filled stays dense, where the product may be compressed.
        "X[1, 1] = 2; z = X * 1",
        // The sums are needed anyway, and adding them up is cheaper than all cells.
        "u = rowSums(X); z = sum(u)",
      })
  void whatCannotBeProvenStaysAsItIs(String first, String second) {
    String script =
        "L0 = as.frame(rand())\n" + BEFORE + first + "\n" + second + "\nprint(length(z))\n";
    assertThat(Scripts.listing(Optimized.main(script)))
        .isEqualTo(Scripts.listing(Scripts.compile(script).main()));
  }

  @Test
  void aVariableThatSomePathLeavesUnassignedIsNoMatrixYet() {
    String script =
        """
        a = as.scalar(rand())
        if (a > 0.5) { X = rand(rows=2, cols=2) }
        z = sum(t(X))
        print(z)
        """;
    assertThat(Optimized.rewrites(script, Optimized.DEFAULT)).isEmpty();
  }

  @Test
  void theRewritesSayWhatBecameOfWhat() {
    assertThat(Optimized.rewrites(BEFORE + "z = sum(t(X * n))\nprint(z)", Optimized.DEFAULT))
        .containsExactly("4: aggregate of transpose: sum(t(X * n)) -> sum(X * n)");
  }

  private static String simplified(String expression, Optimization options) {
    String script = BEFORE + "z = " + expression + "\nprint(nrow(y) + length(z))";
    List<String> listing = Optimized.listing(script, options, LINES_BEFORE);
    return String.join(" / ", listing.subList(0, listing.size() - 4));
  }
}
