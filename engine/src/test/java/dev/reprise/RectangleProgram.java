package dev.reprise;

import dev.reprise.RectangleOperands.Expression;
import dev.reprise.RectangleRanges.Range;
import dev.reprise.RectangleRanges.Size;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random program over rectangles of the same few products: cuts at the first, second, last and a
 * middle row or column of a few matrices of equal shape, and what binds, products, aggregates and
 * cell-wise operations make of them. There are many of them in one program, so that for nearly each
 * result several others lie around that have its shape, its corner, or its rows, and are not what
 * it needs.
 *
 * <p>Matrices are written down tall, or, when the program is flipped, as their transposes: columns
 * for rows, {@code A %*% t(B)} for {@code t(A) %*% B}.
 *
 * <p>The result {@code R} has a row for each value: numbers of at most 1 that change with each of
 * its cells, so that one tolerance fits all.
 */
final class RectangleProgram {
  private final SplittableRandom random;
  private final RandomPicks picks;
  private final boolean isFlipped;
  private final boolean isSpecial;
  private final RectangleScript script;
  private final RectangleRanges ranges;
  private final RectangleOperands operands;
  private final RectangleValues values;

  RectangleProgram(long seed) {
    random = new SplittableRandom(seed);
    picks = new RandomPicks(random);
    isFlipped = random.nextInt(3) == 0;
    isSpecial = random.nextInt(8) == 0;
    script = new RectangleScript(isSpecial);
    ranges = new RectangleRanges(random);
    operands = new RectangleOperands(random, ranges, isFlipped, script::assign);
    values = new RectangleValues(random, ranges, operands, script, isFlipped);
  }

  String text() {
    base();
    int blocks = 5 + random.nextInt(3);
    for (int i = 0; i < blocks; i++) {
      values.beginTheme(newMatrices());
      switch (random.nextInt(4)) {
        case 0 -> loop("for (i in 1:" + RectangleRanges.ITERATIONS + ")");
        case 1 -> loop("parfor (i in 1:" + RectangleRanges.ITERATIONS + ", par=2)");
        default -> {
          for (int k = 0; k < 9; k++) {
            result();
          }
        }
      }
    }
    return script.text();
  }

  private void base() {
    script.append(
        """
        product = function(matrix[double] A, matrix[double] B) return (matrix[double] C) {
          C = t(A) %*% B
        }
        turned = function(matrix[double] A, matrix[double] B) return (matrix[double] C) {
          C = A %*% t(B)
        }
        """);
    String weights =
        isFlipped
            ? "rows=" + RectangleRanges.COLS + ", cols=310"
            : "rows=310, cols=" + RectangleRanges.COLS;
    script.append("E = rand(" + weights + ", min=-1, max=1, seed=5)\nW = t(E)\n");
    String column =
        isFlipped
            ? "rows=1, cols=" + RectangleRanges.ROWS
            : "rows=" + RectangleRanges.ROWS + ", cols=1";
    script.append("y = rand(" + column + ", min=-1, max=1, seed=6)\n");
    script.append(
        "R = matrix(0, "
            + RectangleScript.MOST_RESULTS
            + ", "
            + RectangleRanges.ITERATIONS
            + ")\n");
  }

  /** Makes all matrices anew: nothing that was computed of the old ones fits any more. */
  private List<Expression> newMatrices() {
    String shape =
        isFlipped
            ? "rows=" + RectangleRanges.COLS + ", cols=" + RectangleRanges.ROWS
            : "rows=" + RectangleRanges.ROWS + ", cols=" + RectangleRanges.COLS;
    for (String name : List.of("X", "Y", "Z")) {
      script.assign(name, "rand(" + shape + ", min=-1, max=1, seed=" + random.nextInt(1000) + ")");
    }
    if (isSpecial) {
      special("X", "0/0");
      special("Y", random.nextBoolean() ? "1/0" : "-1/0");
      special("Y", "-0.0");
    }
    script.assign("V", "t(X)");
    for (String name : List.of("P", "Q")) {
      script.assign(
          name, "rand(rows=100, cols=100, min=-1, max=1, seed=" + random.nextInt(1000) + ")");
    }
    operands.keepNamed(List.of());
    Expression x = new Expression("X", Size.ALL_ROWS, Size.ALL_COLS);
    Expression y = new Expression("Y", Size.ALL_ROWS, Size.ALL_COLS);
    Expression z = new Expression("Z", Size.ALL_ROWS, Size.ALL_COLS);
    Expression last = operands.operand(new Range(Size.ONE, Size.ALL_ROWS), 2);
    Expression further = last.cols().isAtLeast(Size.ALL_COLS) ? operands.named(last) : y;
    operands.keepNamed(List.of());
    return List.of(x, y, z, further);
  }

  private void special(String name, String value) {
    String row = "" + picks.pick(1, 2, ranges.middleRow(), RectangleRanges.ROWS);
    String col = "" + picks.pick(1, 2, ranges.middleCol(), RectangleRanges.COLS);
    script.append(name + "[" + operands.at(row, col) + "] = " + value + "\n");
  }

  private void loop(String head) {
    script.enterLoop(head);
    ranges.enterLoop();
    List<Expression> before = operands.named();
    for (int k = 0; k < 5; k++) {
      result();
    }
    operands.keepNamed(before);
    values.leaveLoop();
    ranges.leaveLoop();
    script.leaveLoop();
  }

  private void result() {
    if (script.hasRoom()) {
      script.assign("G", values.value());
      script.note("G");
    }
  }
}
