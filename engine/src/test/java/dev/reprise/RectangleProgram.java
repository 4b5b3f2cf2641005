package dev.reprise;

import java.util.ArrayList;
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
  static final int ROWS = 240;
  static final int COLS = 100;
  private static final int ITERATIONS = 3;
  private static final int MOST_RESULTS = 90;

  /** A number that may grow or shrink from one iteration to the next. */
  private record Size(int base, int slope) {
    static final Size ONE = new Size(1, 0);
    static final Size ALL_ROWS = new Size(ROWS, 0);
    static final Size ALL_COLS = new Size(COLS, 0);

    int at(int iteration) {
      return base + slope * iteration;
    }

    boolean isAtLeast(Size least) {
      return at(1) >= least.at(1) && at(ITERATIONS) >= least.at(ITERATIONS);
    }

    Size plus(Size other) {
      return new Size(base + other.base, slope + other.slope);
    }

    Size minus(Size other) {
      return new Size(base - other.base, slope - other.slope);
    }

    String text() {
      return slope == 0
          ? "" + base
          : "(" + base + (slope < 0 ? " - " : " + ") + Math.abs(slope) + " * i)";
    }
  }

  /** From the first to the last, both included. */
  private record Range(Size from, Size to) {
    Size size() {
      return to.minus(from).plus(Size.ONE);
    }

    boolean isWithin(Size whole) {
      return from.isAtLeast(Size.ONE) && to.isAtLeast(from) && whole.isAtLeast(to);
    }
  }

  /**
   * An expression.
   *
   * @param split widths of the parts when its columns were bound; else its own width
   */
  private record Expression(String text, Size rows, Size cols, List<Size> split) {
    Expression(String text, Size rows, Size cols) {
      this(text, rows, cols, List.of(cols));
    }
  }

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

  /** Rows of the matrix that others are multiplied with; the widest of them is narrower. */
  private static final Size WEIGHTS = new Size(310, 0);

  private final SplittableRandom random;
  private final boolean isFlipped;
  private final boolean isSpecial;
  private final int middleRow;
  private final int middleCol;
  private final StringBuilder script = new StringBuilder();
  private final List<Expression> variables = new ArrayList<>();
  private final List<Expression> before = new ArrayList<>();
  private boolean isLoop;
  private final List<Expression> bases = new ArrayList<>();
  private Range fixed;
  private Range ofRows;
  private Range shiftedRows;
  private String aggregate;
  private Expression left;
  private Expression right;
  private List<Integer> kinds;
  private String lastLeft;
  private String lastRight;
  private int names;
  private int results;

  RectangleProgram(long seed) {
    random = new SplittableRandom(seed);
    isFlipped = random.nextInt(3) == 0;
    isSpecial = random.nextInt(8) == 0;
    middleRow = 3 + random.nextInt(ROWS - 6);
    middleCol = random.nextBoolean() ? 40 + random.nextInt(11) : 3 + random.nextInt(COLS - 8);
  }

  String text() {
    base();
    int blocks = 5 + random.nextInt(3);
    for (int i = 0; i < blocks; i++) {
      newMatrices();
      theme();
      switch (random.nextInt(4)) {
        case 0 -> loop("for (i in 1:" + ITERATIONS + ")");
        case 1 -> loop("parfor (i in 1:" + ITERATIONS + ", par=2)");
        default -> {
          for (int k = 0; k < 9; k++) {
            result();
          }
        }
      }
    }
    return script.toString();
  }

  // ---- statements

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
    String weights = isFlipped ? "rows=" + COLS + ", cols=310" : "rows=310, cols=" + COLS;
    script.append("E = rand(" + weights + ", min=-1, max=1, seed=5)\nW = t(E)\n");
    String column = isFlipped ? "rows=1, cols=" + ROWS : "rows=" + ROWS + ", cols=1";
    script.append("y = rand(" + column + ", min=-1, max=1, seed=6)\n");
    script.append("R = matrix(0, " + MOST_RESULTS + ", " + ITERATIONS + ")\n");
  }

  /** Makes all matrices anew: nothing that was computed of the old ones fits any more. */
  private void newMatrices() {
    String shape =
        isFlipped ? "rows=" + COLS + ", cols=" + ROWS : "rows=" + ROWS + ", cols=" + COLS;
    for (String name : List.of("X", "Y", "Z")) {
      assign(name, "rand(" + shape + ", min=-1, max=1, seed=" + random.nextInt(1000) + ")");
    }
    if (isSpecial) {
      special("X", "0/0");
      special("Y", random.nextBoolean() ? "1/0" : "-1/0");
      special("Y", "-0.0");
    }
    assign("V", "t(X)");
    for (String name : List.of("P", "Q")) {
      assign(name, "rand(rows=100, cols=100, min=-1, max=1, seed=" + random.nextInt(1000) + ")");
    }
    variables.clear();
    bases.clear();
    bases.add(new Expression("X", Size.ALL_ROWS, Size.ALL_COLS));
    bases.add(new Expression("Y", Size.ALL_ROWS, Size.ALL_COLS));
    bases.add(new Expression("Z", Size.ALL_ROWS, Size.ALL_COLS));
    Expression last = operand(new Range(Size.ONE, Size.ALL_ROWS), 2);
    bases.add(last.cols.isAtLeast(Size.ALL_COLS) ? named(last) : bases.get(1));
    variables.clear();
  }

  /** What most of the next results are like. */
  private void theme() {
    lastLeft = null;
    fixed =
        random.nextInt(3) > 0 ? new Range(Size.ONE, Size.ALL_COLS) : ends(Size.ALL_COLS, middleCol);
    left = pick(bases);
    right = random.nextBoolean() ? left : pick(bases);
    kinds = pick(THEMES);
    aggregate = line();
    ofRows = rows();
    shiftedRows = shifted(ofRows);
  }

  private void special(String name, String value) {
    String row = "" + pick(1, 2, middleRow, ROWS);
    String col = "" + pick(1, 2, middleCol, COLS);
    script.append(name + "[" + at(row, col) + "] = " + value + "\n");
  }

  private void loop(String head) {
    isLoop = true;
    before.clear();
    before.addAll(variables);
    script.append(head).append(" {\n");
    for (int k = 0; k < 5; k++) {
      result();
    }
    script.append("}\n");
    variables.clear();
    variables.addAll(before);
    lastLeft = null;
    isLoop = false;
  }

  private Expression named(Expression value) {
    String name = "M" + names++;
    assign(name, value.text);
    Expression variable = new Expression(name, value.rows, value.cols, value.split);
    variables.add(variable);
    return variable;
  }

  private void result() {
    if (results > MOST_RESULTS - 2) {
      return;
    }
    assign("G", value());
    note("G");
  }

  private void assign(String name, String value) {
    script.append(isLoop ? "  " : "").append(name + " = " + value + "\n");
  }

  private void note(String name) {
    if (isSpecial) {
      assign(name, "max(min(replace(target=" + name + ", pattern=0/0, replacement=0.3), 99), -99)");
    }
    String weights =
        "rand(rows=nrow(" + name + "), cols=ncol(" + name + "), min=-1, max=1, seed=77)";
    results++;
    assign(
        "R[" + results + ", " + (isLoop ? "i" : "1") + "]",
        "sum(" + name + " * " + weights + ") / (1 + sum(abs(" + name + ")))");
  }

  // ---- values

  private String value() {
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
    Expression a = random.nextInt(5) == 0 ? pick(bases) : left;
    Expression b = random.nextInt(5) == 0 ? pick(bases) : right;
    Range all = new Range(Size.ONE, Size.ALL_ROWS);
    Range rows = rows();
    return switch (random.nextInt(6) == 0 ? random.nextInt(27) : pick(kinds)) {
      case 0, 1 -> remembered(a.text, cut(b, all, ends(b)));
      case 2 -> remembered(cut(a, all, ends(a)), b.text);
      case 3, 4 -> remembered(cut(a, all, ends(a)), cut(b, all, ends(b)));
      case 5, 6 -> self(cut(a, all, ends(a)));
      case 7 -> {
        Range ofLeft = ends(Size.ALL_ROWS, middleRow);
        Range ofRight = random.nextInt(3) == 0 ? shifted(ofLeft) : ofLeft;
        Expression c = random.nextInt(3) == 0 ? pick(bases) : right;
        yield remembered(cut(left, ofLeft, columnsOf(left)), cut(c, ofRight, columnsOf(c)));
      }
      case 8 -> self(cut(a, ends(Size.ALL_ROWS, middleRow), columnsOf(a)));
      case 9 -> timesWeights(a, weights(a, false));
      case 10 ->
          timesWeights(
              new Expression(cut(a, rows, columnsOf(a)), rows.size(), a.cols), weights(a, false));
      case 11 -> self(timesWeights(a, weights(a, false)));
      case 12 -> {
        Range few = fewRows();
        yield random.nextBoolean()
            ? timesTransposed(cut(a, few, fixed), cut(a, fewRows(), fixed))
            : selfOfRows(cut(a, few, fixed));
      }
      case 14 -> self(bindCols(List.of(cut(a, all, ends(a)), cut(b, all, ends(b)))));
      case 15 -> self(bindRows(List.of(cut(a, rows, fixed), cut(a, rows(), fixed))));
      case 16 -> remembered(bindCols(List.of(cut(a, all, ends(a)), cut(b, all, ends(b)))), b.text);
      case 17 -> {
        Range further = rows();
        List<String> parts = List.of(cut(b, rows, fixed), cut(b, further, fixed));
        yield transposedTimes(
            bindRows(List.of(cut(a, rows, fixed), cut(a, further, fixed))),
            bindRows(random.nextInt(3) == 0 ? parts.reversed() : parts));
      }
      case 18 -> timesWeights(a, weights(a, true));
      case 19 -> remembered(cut(a, some(), fixed), cut(b, some(), ends(b)));
      case 20 -> remembered(cut(a, some(), ends(a)), cut(b, some(), fixed));
      case 21 -> self(cut(a, some(), ends(a)));
      case 22 -> aggregate + "(" + cut(a, random.nextBoolean() ? all : some(), ends(a)) + ")";
      case 23 -> ofSquare();
      case 25 -> besideTheDiagonal(a);
      case 26 -> {
        String part = cut(left, all, new Range(Size.ONE, new Size(middleCol, 0)));
        String whole = cut(right, all, nearlyAll(right));
        yield random.nextInt(3) > 0 ? transposedTimes(part, whole) : transposedTimes(whole, part);
      }
      case 24 -> {
        Expression wide =
            withColumn(new Expression(cut(a, rows, fixed), rows.size(), fixed.size()), rows);
        yield timesWeights(wide, weights(wide, true));
      }
      default -> lastLeft == null ? self(a.text) : transposedTimes(lastRight, lastLeft);
    };
  }

  private String productOfColumns() {
    Range rows = rows();
    Expression a = perhapsNamed(operand(rows, 2));
    Range others = random.nextInt(4) == 0 ? shifted(rows) : rows;
    Expression b = perhapsNamed(operand(others, 2));
    return transposedTimes(a.text, b.text);
  }

  /** Squares on the diagonal of one product and next to it. */
  private String besideTheDiagonal(Expression a) {
    int count = Math.min(middleCol, a.cols.base / 2);
    Range all = columnsOf(new Expression("", a.rows, a.rows));
    if (random.nextInt(3) == 0) {
      Size last = new Size(count + pick(0, 1, 2, 5), 0);
      return self(cut(a, all, new Range(Size.ONE, last)));
    }
    Size from = new Size(pick(1, 2, count, count + 1), 0);
    Range beside = new Range(from, from.plus(new Size(count - pick(2, 1, 1), 0)));
    Range first = new Range(Size.ONE, new Size(count, 0));
    return random.nextBoolean()
        ? remembered(cut(a, all, first), cut(a, all, beside))
        : remembered(cut(a, all, beside), cut(a, all, first));
  }

  private Range nearlyAll(Expression a) {
    Size secondLast = a.cols.minus(Size.ONE);
    return pick(
        columnsOf(a),
        new Range(Size.ONE, secondLast),
        new Range(new Size(2, 0), pick(secondLast, a.cols)));
  }

  /** Of square matrices and their transposes, in any order. */
  private String ofSquare() {
    Range all = new Range(Size.ONE, Size.ALL_COLS);
    boolean isWhole = random.nextInt(4) > 0;
    String from = bounds(isWhole ? all : ends(Size.ALL_COLS, middleCol), Size.ALL_COLS);
    String to = bounds(isWhole ? all : ends(Size.ALL_COLS, middleCol), Size.ALL_COLS);
    String first = pickText("P", "Q");
    String second = pickText("P", "Q");
    String above = pickText(first + "[" + from + ", ]", "t(" + first + "[, " + from + "])");
    String beside = pickText(second + "[, " + to + "]", "t(" + second + "[" + to + ", ])");
    return (above + " %*% " + beside).replace("[, ]", "");
  }

  private String remembered(String a, String b) {
    lastLeft = a;
    lastRight = b;
    return transposedTimes(a, b);
  }

  private String self(String a) {
    assign("S", a);
    return isFlipped ? "S %*% t(S)" : "t(S) %*% S";
  }

  private String selfOfRows(String a) {
    assign("S", a);
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
    Expression a = named(operand(ofColumns ? rows() : fewRows(), 2));
    return ofColumns == isFlipped
        ? a.text + " %*% t(" + a.text + ")"
        : "t(" + a.text + ") %*% " + a.text;
  }

  private String projection() {
    Expression a = perhapsNamed(operand(rows(), 2));
    return timesWeights(a, weights(a, true));
  }

  private String timesWeights(Expression a, String weights) {
    return isFlipped ? weights + " %*% " + a.text : a.text + " %*% " + weights;
  }

  /** A matrix of as many rows as the other has columns. */
  private String weights(Expression a, boolean isAny) {
    if (isAny && a.split.size() > 1 && random.nextInt(3) == 0) {
      Range cols = ends(Size.ALL_COLS, middleCol);
      List<String> parts = new ArrayList<>();
      for (Size part : a.split) {
        parts.add(cut("E", new Range(Size.ONE, part), cols, WEIGHTS, Size.ALL_COLS));
      }
      return bindRows(parts);
    }
    Size first = new Size(isAny && random.nextInt(3) == 0 ? 2 : 1, 0);
    Range rows = new Range(first, a.cols.plus(first).minus(Size.ONE));
    Range cols = cols();
    return random.nextInt(5) == 0
        ? "t(W[" + at(bounds(cols, Size.ALL_COLS), bounds(rows, WEIGHTS)) + "])"
        : cut("E", rows, cols, WEIGHTS, Size.ALL_COLS);
  }

  private String productOfRows() {
    Expression a = perhapsNamed(operand(random.nextInt(3) == 0 ? rows() : fewRows(), 1));
    Expression b = like(a);
    return timesTransposed(a.text, b.text);
  }

  /** An operand as wide as the other. */
  private Expression like(Expression a) {
    Range rows = fewRows();
    for (Expression each : variables) {
      if (each.cols.equals(a.cols) && random.nextInt(3) == 0) {
        return each;
      }
    }
    if (!Size.ALL_COLS.isAtLeast(a.cols)) {
      return a;
    }
    Size first = Size.ALL_COLS.minus(a.cols).plus(Size.ONE);
    Range cols =
        random.nextBoolean() ? new Range(Size.ONE, a.cols) : new Range(first, Size.ALL_COLS);
    return simple(rows, cols);
  }

  private String aggregate() {
    Expression a = perhapsNamed(operand(rows(), 2));
    return random.nextInt(4) == 0
        ? "as.matrix(" + pickText("sum", "mean", "min", "max") + "(" + a.text + "))"
        : line() + "(" + a.text + ")";
  }

  private String line() {
    String of = pickText("Sums", "Means", "Maxs", "Mins", "Vars", "Sds");
    return (random.nextBoolean() ? "col" : "row") + of;
  }

  private String cells() {
    Range rows = rows();
    Expression a = perhapsNamed(operand(rows, 2));
    String operator = pickText(" * ", " - ", " + ", " / ");
    return switch (random.nextInt(4)) {
      case 0 -> a.text + operator + "2";
      case 1 -> "exp(" + a.text + ")";
      case 2 -> a.text + operator + (random.nextBoolean() ? "colMaxs(" : "rowMins(") + a.text + ")";
      default -> a.text + operator + sameSplit(a, rows);
    };
  }

  private String sameSplit(Expression a, Range rows) {
    List<String> parts = new ArrayList<>();
    for (Size part : a.split) {
      if (!Size.ALL_COLS.isAtLeast(part)) {
        return a.text;
      }
      parts.add(simple(rows, new Range(Size.ONE, part)).text);
    }
    return parts.size() == 1 ? parts.getFirst() : bindCols(parts);
  }

  private String productWithVector() {
    Range rows = rows();
    Expression a = perhapsNamed(operand(rows, 2));
    if (random.nextBoolean()) {
      return transposedTimes(a.text, column("y", rows));
    }
    return timesWeights(
        a, cut("E", new Range(Size.ONE, a.cols), single(COLS, middleCol), WEIGHTS, Size.ALL_COLS));
  }

  private String constantProduct() {
    Range rows = rows();
    Expression a = perhapsNamed(operand(rows, 2));
    if (random.nextInt(3) == 0) {
      return timesWeights(a, constant(a.cols, pick(1, 1, 2)));
    }
    assign("S", (isFlipped ? "row" : "col") + "Sums(" + a.text + ")");
    note("S");
    String ones = constant(rows.size(), pick(1, 1, 2));
    return random.nextBoolean() ? transposedTimes(a.text, ones) : transposedTimes(ones, a.text);
  }

  private String columnByColumn() {
    Expression a = perhapsNamed(operand(rows(), 1));
    if (isLoop || !a.rows.equals(Size.ALL_ROWS)) {
      return transposedTimes(a.text, a.text);
    }
    String base = random.nextBoolean() ? "X" : "Y";
    String one = "[" + at("", "j") + "]";
    script.append("for (j in 1:" + (COLS - 8) + ") { ");
    script.append("C = " + transposedTimes(a.text, base + one) + " }\n");
    return transposedTimes(
        a.text, base + "[" + at("", "" + pick(COLS, COLS - 1, 1, middleCol)) + "]");
  }

  // ---- operands

  /** A matrix with these rows of one of the matrices, or of several. */
  private Expression operand(Range rows, int depth) {
    if (random.nextInt(4) == 0) {
      for (Expression each : variables) {
        if (each.rows.equals(rows.size()) && random.nextBoolean()) {
          return each;
        }
      }
    }
    if (depth == 0) {
      return simple(rows, cols());
    }
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> simple(rows, cols());
      case 3, 4, 5 -> columns(rows, depth);
      case 6, 7 -> splitRows(rows, depth);
      case 8 -> withColumn(operand(rows, depth - 1), rows);
      default -> cutAgain(operand(rows, depth - 1));
    };
  }

  private Expression perhapsNamed(Expression value) {
    return random.nextBoolean() ? named(value) : value;
  }

  private Expression simple(Range rows, Range cols) {
    String text =
        switch (random.nextInt(8)) {
          case 0 -> "t(V[" + at(bounds(cols, Size.ALL_COLS), bounds(rows, Size.ALL_ROWS)) + "])";
          case 1, 2 -> cut("Y", rows, cols, Size.ALL_ROWS, Size.ALL_COLS);
          default -> cut("X", rows, cols, Size.ALL_ROWS, Size.ALL_COLS);
        };
    return new Expression(text, rows.size(), cols.size());
  }

  private Expression columns(Range rows, int depth) {
    int count = 2 + random.nextInt(2);
    List<Expression> parts = new ArrayList<>();
    Range neighbour = cols();
    for (int i = 0; i < count; i++) {
      Range own = random.nextInt(6) == 0 ? shifted(rows) : rows;
      if (i > 0 && random.nextBoolean() && Size.ALL_COLS.isAtLeast(neighbour.to.plus(Size.ONE))) {
        neighbour = new Range(neighbour.to.plus(Size.ONE), Size.ALL_COLS);
        parts.add(simple(own, neighbour));
      } else if (random.nextInt(3) == 0) {
        parts.add(operand(own, depth - 1));
      } else {
        neighbour = cols();
        parts.add(simple(own, neighbour));
      }
    }
    return bound(parts);
  }

  private Expression bound(List<Expression> parts) {
    Size cols = new Size(0, 0);
    List<String> texts = new ArrayList<>();
    List<Size> split = new ArrayList<>();
    for (Expression part : parts) {
      Expression each = random.nextInt(3) == 0 ? named(part) : part;
      texts.add(each.text);
      cols = cols.plus(part.cols);
      split.add(part.cols);
    }
    if (!WEIGHTS.minus(new Size(4, 0)).isAtLeast(cols)) {
      return parts.getFirst();
    }
    return new Expression(bindCols(texts), parts.getFirst().rows, cols, split);
  }

  /** Rows in two pieces, in their order or exchanged, of one matrix or of two. */
  private Expression splitRows(Range rows, int depth) {
    if (!rows.size().isAtLeast(new Size(4, 0))) {
      return simple(rows, cols());
    }
    Size last =
        rows.from.plus(pick(new Size(0, 0), Size.ONE, new Size(rows.size().at(1) / 2 - 1, 0)));
    if (!rows.to.isAtLeast(last.plus(Size.ONE))) {
      return simple(rows, cols());
    }
    Range first = new Range(rows.from, last);
    Range second = new Range(last.plus(Size.ONE), rows.to);
    if (depth > 1 && random.nextInt(3) == 0) {
      Range left = cols();
      Range right = cols();
      Expression above = bound(List.of(simple(first, left), simple(first, right)));
      Expression below = bound(List.of(simple(second, left), simple(second, right)));
      if (above.split.equals(below.split)) {
        return new Expression(bindRows(List.of(above.text, below.text)), rows.size(), above.cols);
      }
    }
    Range cols = cols();
    String above = simple(first, cols).text;
    String below = simple(second, cols).text;
    return new Expression(
        random.nextInt(4) == 0 ? bindRows(List.of(below, above)) : bindRows(List.of(above, below)),
        rows.size(),
        cols.size());
  }

  private Expression withColumn(Expression a, Range rows) {
    int count = pick(1, 1, 2);
    Size width = new Size(count, 0);
    String column =
        count == 1 && random.nextBoolean() ? column("y", rows) : constant(rows.size(), count);
    boolean isFirst = random.nextInt(3) == 0;
    List<String> parts = isFirst ? List.of(column, a.text) : List.of(a.text, column);
    List<Size> split = isFirst ? List.of(width, a.cols) : List.of(a.cols, width);
    return new Expression(bindCols(parts), a.rows, a.cols.plus(width), split);
  }

  private Expression cutAgain(Expression a) {
    if (!a.cols.isAtLeast(new Size(4, 0))) {
      return a;
    }
    Expression whole = named(a);
    Range cols =
        random.nextInt(3) == 0
            ? new Range(pick(Size.ONE, new Size(2, 0)), a.cols.minus(Size.ONE))
            : new Range(new Size(2, 0), pick(a.cols, new Size(a.cols.at(1) / 2 + 1, 0)));
    if (!cols.isWithin(a.cols)) {
      return whole;
    }
    String text = whole.text + "[" + at("", bounds(cols, a.cols)) + "]";
    return new Expression(text, a.rows, cols.size());
  }

  private String constant(Size rows, int cols) {
    String number = pickText("1", "1", "2.5", "-3", "0");
    return isFlipped
        ? "matrix(" + number + ", " + cols + ", " + rows.text() + ")"
        : "matrix(" + number + ", " + rows.text() + ", " + cols + ")";
  }

  private String column(String name, Range rows) {
    return rows.size().equals(Size.ALL_ROWS)
        ? name
        : name + "[" + at(bounds(rows, Size.ALL_ROWS), "") + "]";
  }

  // ---- ranges

  private Range rows() {
    return random.nextInt(5) < 2
        ? new Range(Size.ONE, Size.ALL_ROWS)
        : ends(Size.ALL_ROWS, middleRow);
  }

  private Range fewRows() {
    int from = pick(1, 2, 3);
    int to = pick(70, 71, 72, 100);
    return new Range(new Size(from, 0), slid(new Size(to, 0)));
  }

  private Range cols() {
    return random.nextInt(4) == 0
        ? new Range(Size.ONE, Size.ALL_COLS)
        : random.nextInt(6) == 0 ? single(COLS, middleCol) : ends(Size.ALL_COLS, middleCol);
  }

  private Range single(int last, int middle) {
    Size at = slid(new Size(pick(1, 2, middle, last - 1, last), 0));
    Range range = new Range(at, at);
    return range.isWithin(new Size(last, 0)) ? range : new Range(Size.ONE, Size.ONE);
  }

  private Range ends(Size whole, int middle) {
    int last = whole.base;
    if (random.nextInt(4) == 0) {
      // Equally many, so that blocks beside the diagonal are square, too.
      int count = Math.min(middle, last / 2);
      int from = pick(1, 1, 2, count + 1, last - count + 1);
      return new Range(new Size(from, 0), new Size(from + count - 1, 0));
    }
    while (true) {
      Size from = slid(new Size(pick(1, 1, 1, 2, middle, middle + 1), 0));
      Size to =
          slid(
              new Size(
                  pick(
                      last,
                      last - 1,
                      middle,
                      middle,
                      middle - 1,
                      middle + 1,
                      (middle + last) / 2,
                      (middle + last) / 2 + 1),
                  0));
      Range range = new Range(from, to);
      if (range.isWithin(whole)) {
        return range;
      }
    }
  }

  /** Always as many. */
  private Range some() {
    return random.nextInt(3) > 0 ? ofRows : shiftedRows;
  }

  private Range ends(Expression base) {
    return random.nextInt(8) == 0 ? single(base.cols.base, middleCol) : ends(base.cols, middleCol);
  }

  private static Range columnsOf(Expression a) {
    return new Range(Size.ONE, a.cols);
  }

  /** As many, from elsewhere. */
  private Range shifted(Range rows) {
    Size step = pick(new Size(1, 0), new Size(-1, 0), new Size(2, 0));
    Range moved = new Range(rows.from.plus(step), rows.to.plus(step));
    return moved.isWithin(Size.ALL_ROWS) ? moved : rows;
  }

  private Size slid(Size size) {
    return isLoop && random.nextInt(3) == 0 ? new Size(size.base, pick(1, -1, 2)) : size;
  }

  // ---- text

  private String cut(Expression base, Range rows, Range cols) {
    if (base.text.equals("X") && random.nextInt(8) == 0) {
      return "t(V[" + at(bounds(cols, base.cols), bounds(rows, base.rows)) + "])";
    }
    return cut(base.text, rows, cols, base.rows, base.cols);
  }

  private String cut(String name, Range rows, Range cols, Size allRows, Size allCols) {
    String row = bounds(rows, allRows);
    String col = bounds(cols, allCols);
    return row.isEmpty() && col.isEmpty() ? name : name + "[" + at(row, col) + "]";
  }

  private String bounds(Range range, Size whole) {
    if (range.from.equals(Size.ONE) && range.to.equals(whole) && random.nextInt(6) > 0) {
      return "";
    }
    return range.from.equals(range.to)
        ? range.from.text()
        : range.from.text() + ":" + range.to.text();
  }

  private String at(String row, String col) {
    return isFlipped ? col + ", " + row : row + ", " + col;
  }

  private String bindCols(List<String> parts) {
    return (isFlipped ? "rbind(" : "cbind(") + String.join(", ", parts) + ")";
  }

  private String bindRows(List<String> parts) {
    return (isFlipped ? "cbind(" : "rbind(") + String.join(", ", parts) + ")";
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @SafeVarargs
  private <T> T pick(T... of) {
    return of[random.nextInt(of.length)];
  }

  private String pickText(String... of) {
    return pick(of);
  }
}
