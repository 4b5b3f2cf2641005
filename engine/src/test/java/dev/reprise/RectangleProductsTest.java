package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random products of rectangles of few matrices, whose borders often coincide: what the cache has
 * of one is a part of the next, or looks like one. Cells are small whole numbers, so every product
 * is exact whatever it is put together from.
 */
class RectangleProductsTest {
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 30);
  private static final long FIRST = Long.getLong("reprise.first", 0);

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + PROGRAMS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void productsAreTheSameWhateverIsKnown(long seed) {
    String script = new Generator(seed).program();
    SessionConfig none = Scripts.config().withReuse(ReuseMode.NONE);
    double[][] expected = PartialRuns.run(none, script, 1).result();
    double[][] found = rewritten(script).result();
    assertThat(found).describedAs(script).isDeepEqualTo(expected);
  }

  @Test
  void thesePartsAreFoundAndPutTogether() {
    Map<String, Long> fired = new HashMap<>();
    for (long seed = 0; seed < 30; seed++) {
      String program = new Generator(seed).program();
      rewritten(program)
          .statistics()
          .partial()
          .forEach(each -> fired.merge(each.rewrite(), each.hits(), Long::sum));
    }
    assertThat(
            List.of(
                "projection", "product-extension", "self-product-extension", "transposed-product"))
        .allSatisfy(rewrite -> assertThat(fired.getOrDefault(rewrite, 0L)).isPositive());
  }

  private static PartialRuns.Outcome rewritten(String script) {
    return PartialRuns.run(Scripts.config().withReuse(ReuseMode.PARTIAL), script, 1);
  }

  /** Programs whose R has a number for each product. */
  private static final class Generator {
    private static final int ROWS = 500;
    private static final int COLS = 60;
    private static final String DATA =
        """
        X = floor(rand(rows=500, cols=60, min=-8, max=9, seed=1))
        Y = floor(rand(rows=500, cols=60, min=-8, max=9, seed=2))
        E = floor(rand(rows=60, cols=60, min=-8, max=9, seed=3))
        R = matrix(0, 0, 1)
        digest = function(matrix[double] M) return (matrix[double] d) {
          W = matrix(seq(1, nrow(M) * ncol(M)), nrow(M), ncol(M)) %% 31
          d = as.matrix(sum(M * W))
        }
        """;

    private final SplittableRandom random;
    private final StringBuilder script = new StringBuilder(DATA);

    Generator(long seed) {
      this.random = new SplittableRandom(seed);
    }

    private record Cut(String text, int rows, int cols) {}

    private record Range(String text, int size) {}

    String program() {
      for (int left = 30; left > 0; ) {
        String product = product();
        if (product != null) {
          script.append("R = rbind(R, digest(").append(product).append("))\n");
          left--;
        }
      }
      return script.toString();
    }

    /** Null when the rectangles drawn do not fit. */
    private String product() {
      switch (random.nextInt(4)) {
        case 0 -> {
          Cut a = tall(1, 6);
          Cut b = tall(1, 6);
          return a.rows == b.rows ? "t(" + a.text + ") %*% " + b.text : null;
        }
        case 1 -> {
          Cut a = tall(6, 1);
          Cut b = tall(6, 1);
          return a.cols == b.cols ? a.text + " %*% t(" + b.text + ")" : null;
        }
        case 2 -> {
          Cut a = tall(4, 1);
          Cut b = cut("E", COLS, 1, 5);
          return a.cols == b.rows ? a.text + " %*% " + b.text : null;
        }
        default -> {
          Cut a = random.nextInt(3) == 0 ? tall(6, 0) : tall(0, 6);
          script.append("T = ").append(a.text).append("\n");
          return a.rows == ROWS ? "t(T) %*% T" : "T %*% t(T)";
        }
      }
    }

    private Cut tall(int rowsOfEight, int colsOfEight) {
      return cut(random.nextInt(3) == 0 ? "Y" : "X", ROWS, rowsOfEight, colsOfEight);
    }

    private Cut cut(String name, int height, int rowsOfEight, int colsOfEight) {
      Range rows = range(height, rowsOfEight);
      Range cols = range(COLS, colsOfEight);
      boolean isWhole = rows.text.isEmpty() && cols.text.isEmpty();
      String text = isWhole ? name : name + "[" + rows.text + ", " + cols.text + "]";
      return new Cut(text, rows.size, cols.size);
    }

    /** Most begin at the first or after the middle, and end at the middle or at one of the last. */
    private Range range(int extent, int ofEight) {
      if (random.nextInt(8) >= ofEight) {
        return new Range("", extent);
      }
      int half = extent / 2;
      int[] firsts = {1, 1, 1, 1, 2, half + 1, half + 1, half - 3};
      int[] lasts = {extent, extent, extent - 1, half, half, half + 7, extent - 8};
      int from = firsts[random.nextInt(firsts.length)];
      int to = lasts[random.nextInt(lasts.length)];
      to = to > from ? to : extent;
      return new Range(from + ":" + to, to - from + 1);
    }
  }
}
