package dev.reprise;

import dev.reprise.RectangleOperands.Expression;
import dev.reprise.RectangleRanges.Range;
import dev.reprise.RectangleRanges.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Values of a {@link RectangleProgram}, at random: what products, aggregates and cell-wise
 * operations make of its operands. Most are of one theme, so that they lie beside one another.
 */
final class RectangleValues {
  /** What goes together: see {@link #neighbour}. */
  private static final List<List<Integer>> THEMES =
      List.of(
          List.of(0, 2, 3, 13),
          List.of(3, 5),
          List.of(3, 5, 0),
          List.of(7),
          List.of(7, 8),
          List.of(9, 10, 11),
          List.of(12),
          List.of(14, 3, 5),
          List.of(15, 8),
          List.of(16, 0),
          List.of(17, 7),
          List.of(18, 9),
          List.of(19),
          List.of(20),
          List.of(21, 19),
          List.of(22),
          List.of(23),
          List.of(24),
          List.of(25),
          List.of(26),
          List.of(0, 3, 5, 7, 9, 11));

  private final SplittableRandom random;
  private final RandomPicks picks;
  private final RectangleRanges ranges;
  private final RectangleOperands operands;
  private final RectangleScript script;
  private final boolean isFlipped;
  private List<Expression> bases;
  private Range fixed;
  private Range ofRows;
  private Range shiftedRows;
  private String aggregate;
  private Expression left;
  private Expression right;
  private List<Integer> kinds;
  private String lastLeft;
  private String lastRight;

  RectangleValues(
      SplittableRandom random,
      RectangleRanges ranges,
      RectangleOperands operands,
      RectangleScript script,
      boolean isFlipped) {
    this.random = random;
    this.picks = new RandomPicks(random);
    this.ranges = ranges;
    this.operands = operands;
    this.script = script;
    this.isFlipped = isFlipped;
  }

  /**
   * Chooses what most of the next results are like.
   *
   * @param of what there are rectangles of
   */
  void beginTheme(List<Expression> of) {
    bases = of;
    lastLeft = null;
    fixed =
        random.nextInt(3) > 0
            ? new Range(Size.ONE, Size.ALL_COLS)
            : ranges.ends(Size.ALL_COLS, ranges.middleCol());
    left = picks.pick(bases);
    right = random.nextBoolean() ? left : picks.pick(bases);
    kinds = picks.pick(THEMES);
    aggregate = line();
    ofRows = ranges.rows();
    shiftedRows = ranges.shifted(ofRows);
  }

  /** Variables of a loop have gone. */
  void leaveLoop() {
    lastLeft = null;
  }

  String value() {
    return random.nextInt(4) < 3 ? neighbour() : any();
  }

  private String any() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4 -> productOfColumns();
      case 5, 6 -> selfProduct(random.nextInt(4) > 0);
      case 7, 8, 9 -> projection();
      case 10, 11 -> productOfRows();
      case 12, 13 -> aggregate();
      case 14, 15 -> cells();
      case 16, 17 -> productWithVector();
      case 18 -> constantProduct();
      default -> columnByColumn();
    };
  }

  /** A rectangle of one of a few products. */
  private String neighbour() {
    Expression a = random.nextInt(5) == 0 ? picks.pick(bases) : left;
    Expression b = random.nextInt(5) == 0 ? picks.pick(bases) : right;
    Range all = new Range(Size.ONE, Size.ALL_ROWS);
    Range rows = ranges.rows();
    return switch (random.nextInt(6) == 0 ? random.nextInt(27) : picks.pick(kinds)) {
      case 0, 1 -> remembered(a.text(), operands.cut(b, all, ranges.ends(b.cols())));
      case 2 -> remembered(operands.cut(a, all, ranges.ends(a.cols())), b.text());
      case 3, 4 ->
          remembered(
              operands.cut(a, all, ranges.ends(a.cols())),
              operands.cut(b, all, ranges.ends(b.cols())));
      case 5, 6 -> self(operands.cut(a, all, ranges.ends(a.cols())));
      case 7 -> {
        Range ofLeft = ranges.ends(Size.ALL_ROWS, ranges.middleRow());
        Range ofRight = random.nextInt(3) == 0 ? ranges.shifted(ofLeft) : ofLeft;
        Expression c = random.nextInt(3) == 0 ? picks.pick(bases) : right;
        yield remembered(
            operands.cut(left, ofLeft, RectangleRanges.all(left.cols())),
            operands.cut(c, ofRight, RectangleRanges.all(c.cols())));
      }
      case 8 ->
          self(
              operands.cut(
                  a,
                  ranges.ends(Size.ALL_ROWS, ranges.middleRow()),
                  RectangleRanges.all(a.cols())));
      case 9 -> timesWeights(a, weights(a, false));
      case 10 ->
          timesWeights(
              new Expression(
                  operands.cut(a, rows, RectangleRanges.all(a.cols())), rows.size(), a.cols()),
              weights(a, false));
      case 11 -> self(timesWeights(a, weights(a, false)));
      case 12 -> {
        Range few = ranges.fewRows();
        yield random.nextBoolean()
            ? timesTransposed(operands.cut(a, few, fixed), operands.cut(a, ranges.fewRows(), fixed))
            : selfOfRows(operands.cut(a, few, fixed));
      }
      case 14 ->
          self(
              operands.bindCols(
                  List.of(
                      operands.cut(a, all, ranges.ends(a.cols())),
                      operands.cut(b, all, ranges.ends(b.cols())))));
      case 15 ->
          self(
              operands.bindRows(
                  List.of(operands.cut(a, rows, fixed), operands.cut(a, ranges.rows(), fixed))));
      case 16 ->
          remembered(
              operands.bindCols(
                  List.of(
                      operands.cut(a, all, ranges.ends(a.cols())),
                      operands.cut(b, all, ranges.ends(b.cols())))),
              b.text());
      case 17 -> {
        Range further = ranges.rows();
        List<String> parts = List.of(operands.cut(b, rows, fixed), operands.cut(b, further, fixed));
        yield transposedTimes(
            operands.bindRows(
                List.of(operands.cut(a, rows, fixed), operands.cut(a, further, fixed))),
            operands.bindRows(random.nextInt(3) == 0 ? parts.reversed() : parts));
      }
      case 18 -> timesWeights(a, weights(a, true));
      case 19 ->
          remembered(
              operands.cut(a, some(), fixed), operands.cut(b, some(), ranges.ends(b.cols())));
      case 20 ->
          remembered(
              operands.cut(a, some(), ranges.ends(a.cols())), operands.cut(b, some(), fixed));
      case 21 -> self(operands.cut(a, some(), ranges.ends(a.cols())));
      case 22 ->
          aggregate
              + "("
              + operands.cut(a, random.nextBoolean() ? all : some(), ranges.ends(a.cols()))
              + ")";
      case 23 -> ofSquare();
      case 25 -> besideTheDiagonal(a);
      case 26 -> {
        String part = operands.cut(left, all, new Range(Size.ONE, new Size(ranges.middleCol(), 0)));
        String whole = operands.cut(right, all, ranges.nearlyAll(right.cols()));
        yield random.nextInt(3) > 0 ? transposedTimes(part, whole) : transposedTimes(whole, part);
      }
      case 24 -> {
        Expression wide =
            operands.withColumn(
                new Expression(operands.cut(a, rows, fixed), rows.size(), fixed.size()), rows);
        yield timesWeights(wide, weights(wide, true));
      }
      default -> lastLeft == null ? self(a.text()) : transposedTimes(lastRight, lastLeft);
    };
  }

  private String productOfColumns() {
    Range rows = ranges.rows();
    Expression a = operands.perhapsNamed(operands.operand(rows, 2));
    Range others = random.nextInt(4) == 0 ? ranges.shifted(rows) : rows;
    Expression b = operands.perhapsNamed(operands.operand(others, 2));
    return transposedTimes(a.text(), b.text());
  }

  /** Squares on the diagonal of one product and next to it. */
  private String besideTheDiagonal(Expression a) {
    int count = Math.min(ranges.middleCol(), a.cols().base() / 2);
    Range all = RectangleRanges.all(a.rows());
    if (random.nextInt(3) == 0) {
      Size last = new Size(count + picks.pick(0, 1, 2, 5), 0);
      return self(operands.cut(a, all, new Range(Size.ONE, last)));
    }
    Size from = new Size(picks.pick(1, 2, count, count + 1), 0);
    Range beside = new Range(from, from.plus(new Size(count - picks.pick(2, 1, 1), 0)));
    Range first = new Range(Size.ONE, new Size(count, 0));
    return random.nextBoolean()
        ? remembered(operands.cut(a, all, first), operands.cut(a, all, beside))
        : remembered(operands.cut(a, all, beside), operands.cut(a, all, first));
  }

  /** Of square matrices and their transposes, in any order. */
  private String ofSquare() {
    Range all = new Range(Size.ONE, Size.ALL_COLS);
    boolean isWhole = random.nextInt(4) > 0;
    String from =
        operands.bounds(
            isWhole ? all : ranges.ends(Size.ALL_COLS, ranges.middleCol()), Size.ALL_COLS);
    String to =
        operands.bounds(
            isWhole ? all : ranges.ends(Size.ALL_COLS, ranges.middleCol()), Size.ALL_COLS);
    String first = picks.pickText("P", "Q");
    String second = picks.pickText("P", "Q");
    String above = picks.pickText(first + "[" + from + ", ]", "t(" + first + "[, " + from + "])");
    String beside = picks.pickText(second + "[, " + to + "]", "t(" + second + "[" + to + ", ])");
    return (above + " %*% " + beside).replace("[, ]", "");
  }

  private String remembered(String a, String b) {
    lastLeft = a;
    lastRight = b;
    return transposedTimes(a, b);
  }

  private String self(String a) {
    script.assign("S", a);
    return isFlipped ? "S %*% t(S)" : "t(S) %*% S";
  }

  private String selfOfRows(String a) {
    script.assign("S", a);
    return timesTransposed("S", "S");
  }

  private String timesTransposed(String a, String b) {
    return isFlipped ? "t(" + a + ") %*% " + b : a + " %*% t(" + b + ")";
  }

  private String transposedTimes(String a, String b) {
    if (random.nextInt(6) == 0) {
      return isFlipped ? "turned(" + a + ", " + b + ")" : "product(" + a + ", " + b + ")";
    }
    return isFlipped ? a + " %*% t(" + b + ")" : "t(" + a + ") %*% " + b;
  }

  private String selfProduct(boolean ofColumns) {
    Expression a =
        operands.named(operands.operand(ofColumns ? ranges.rows() : ranges.fewRows(), 2));
    return ofColumns == isFlipped
        ? a.text() + " %*% t(" + a.text() + ")"
        : "t(" + a.text() + ") %*% " + a.text();
  }

  private String projection() {
    Expression a = operands.perhapsNamed(operands.operand(ranges.rows(), 2));
    return timesWeights(a, weights(a, true));
  }

  private String timesWeights(Expression a, String weights) {
    return isFlipped ? weights + " %*% " + a.text() : a.text() + " %*% " + weights;
  }

  /** A matrix of as many rows as the other has columns. */
  private String weights(Expression a, boolean isAny) {
    if (isAny && a.split().size() > 1 && random.nextInt(3) == 0) {
      Range cols = ranges.ends(Size.ALL_COLS, ranges.middleCol());
      List<String> parts = new ArrayList<>();
      for (Size part : a.split()) {
        parts.add(
            operands.cut(
                "E", new Range(Size.ONE, part), cols, RectangleOperands.WEIGHTS, Size.ALL_COLS));
      }
      return operands.bindRows(parts);
    }
    Size first = new Size(isAny && random.nextInt(3) == 0 ? 2 : 1, 0);
    Range rows = new Range(first, a.cols().plus(first).minus(Size.ONE));
    Range cols = ranges.cols();
    return random.nextInt(5) == 0
        ? "t(W["
            + operands.at(
                operands.bounds(cols, Size.ALL_COLS),
                operands.bounds(rows, RectangleOperands.WEIGHTS))
            + "])"
        : operands.cut("E", rows, cols, RectangleOperands.WEIGHTS, Size.ALL_COLS);
  }

  private String productOfRows() {
    Expression a =
        operands.perhapsNamed(
            operands.operand(random.nextInt(3) == 0 ? ranges.rows() : ranges.fewRows(), 1));
    Expression b = operands.like(a);
    return timesTransposed(a.text(), b.text());
  }

  private String aggregate() {
    Expression a = operands.perhapsNamed(operands.operand(ranges.rows(), 2));
    return random.nextInt(4) == 0
        ? "as.matrix(" + picks.pickText("sum", "mean", "min", "max") + "(" + a.text() + "))"
        : line() + "(" + a.text() + ")";
  }

  private String line() {
    String of = picks.pickText("Sums", "Means", "Maxs", "Mins", "Vars", "Sds");
    return (random.nextBoolean() ? "col" : "row") + of;
  }

  private String cells() {
    Range rows = ranges.rows();
    Expression a = operands.perhapsNamed(operands.operand(rows, 2));
    String operator = picks.pickText(" * ", " - ", " + ", " / ");
    return switch (random.nextInt(4)) {
      case 0 -> a.text() + operator + "2";
      case 1 -> "exp(" + a.text() + ")";
      case 2 ->
          a.text() + operator + (random.nextBoolean() ? "colMaxs(" : "rowMins(") + a.text() + ")";
      default -> a.text() + operator + sameSplit(a, rows);
    };
  }

  private String sameSplit(Expression a, Range rows) {
    List<String> parts = new ArrayList<>();
    for (Size part : a.split()) {
      if (!Size.ALL_COLS.isAtLeast(part)) {
        return a.text();
      }
      parts.add(operands.simple(rows, new Range(Size.ONE, part)).text());
    }
    return parts.size() == 1 ? parts.getFirst() : operands.bindCols(parts);
  }

  private String productWithVector() {
    Range rows = ranges.rows();
    Expression a = operands.perhapsNamed(operands.operand(rows, 2));
    if (random.nextBoolean()) {
      return transposedTimes(a.text(), operands.column("y", rows));
    }
    return timesWeights(
        a,
        operands.cut(
            "E",
            new Range(Size.ONE, a.cols()),
            ranges.single(RectangleRanges.COLS, ranges.middleCol()),
            RectangleOperands.WEIGHTS,
            Size.ALL_COLS));
  }

  private String constantProduct() {
    Range rows = ranges.rows();
    Expression a = operands.perhapsNamed(operands.operand(rows, 2));
    if (random.nextInt(3) == 0) {
      return timesWeights(a, operands.constant(a.cols(), picks.pick(1, 1, 2)));
    }
    script.assign("S", (isFlipped ? "row" : "col") + "Sums(" + a.text() + ")");
    script.note("S");
    String ones = operands.constant(rows.size(), picks.pick(1, 1, 2));
    return random.nextBoolean() ? transposedTimes(a.text(), ones) : transposedTimes(ones, a.text());
  }

  private String columnByColumn() {
    Expression a = operands.perhapsNamed(operands.operand(ranges.rows(), 1));
    if (script.isLoop() || !a.rows().equals(Size.ALL_ROWS)) {
      return transposedTimes(a.text(), a.text());
    }
    String base = random.nextBoolean() ? "X" : "Y";
    String one = "[" + operands.at("", "j") + "]";
    script.append("for (j in 1:" + (RectangleRanges.COLS - 8) + ") { ");
    script.append("C = " + transposedTimes(a.text(), base + one) + " }\n");
    return transposedTimes(
        a.text(),
        base
            + "["
            + operands.at(
                "",
                ""
                    + picks.pick(
                        RectangleRanges.COLS, RectangleRanges.COLS - 1, 1, ranges.middleCol()))
            + "]");
  }

  /** Always as many. */
  private Range some() {
    return random.nextInt(3) > 0 ? ofRows : shiftedRows;
  }
}
