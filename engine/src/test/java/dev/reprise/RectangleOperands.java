package dev.reprise;

import dev.reprise.RectangleRanges.Range;
import dev.reprise.RectangleRanges.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * Operands of a {@link RectangleProgram}, at random: rectangles of its matrices, what binds make of
 * them, and such with a name.
 */
final class RectangleOperands {
  /** Rows of the matrix that others are multiplied with; the widest of them is narrower. */
  static final Size WEIGHTS = new Size(310, 0);

  /**
   * An expression.
   *
   * @param split widths of the parts when its columns were bound; else its own width
   */
  record Expression(String text, Size rows, Size cols, List<Size> split) {
    Expression(String text, Size rows, Size cols) {
      this(text, rows, cols, List.of(cols));
    }
  }

  private final SplittableRandom random;
  private final RandomPicks picks;
  private final RectangleRanges ranges;
  private final boolean isFlipped;
  private final BiConsumer<String, String> naming;
  private final List<Expression> variables = new ArrayList<>();
  private int names;

  /**
   * @param isFlipped whether matrices are written down as their transposes
   * @param naming writes that a variable is an expression
   */
  RectangleOperands(
      SplittableRandom random,
      RectangleRanges ranges,
      boolean isFlipped,
      BiConsumer<String, String> naming) {
    this.random = random;
    this.picks = new RandomPicks(random);
    this.ranges = ranges;
    this.isFlipped = isFlipped;
    this.naming = naming;
  }

  /** Operands that have a name by now. */
  List<Expression> named() {
    return List.copyOf(variables);
  }

  /** Goes on with these names alone. */
  void keepNamed(List<Expression> known) {
    variables.clear();
    variables.addAll(known);
  }

  /** A matrix with these rows of one of the matrices, or of several. */
  Expression operand(Range rows, int depth) {
    if (random.nextInt(4) == 0) {
      for (Expression each : variables) {
        if (each.rows().equals(rows.size()) && random.nextBoolean()) {
          return each;
        }
      }
    }
    if (depth == 0) {
      return simple(rows, ranges.cols());
    }
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> simple(rows, ranges.cols());
      case 3, 4, 5 -> columns(rows, depth);
      case 6, 7 -> splitRows(rows, depth);
      case 8 -> withColumn(operand(rows, depth - 1), rows);
      default -> cutAgain(operand(rows, depth - 1));
    };
  }

  Expression perhapsNamed(Expression value) {
    return random.nextBoolean() ? named(value) : value;
  }

  Expression simple(Range rows, Range cols) {
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
    Range neighbour = ranges.cols();
    for (int i = 0; i < count; i++) {
      Range own = random.nextInt(6) == 0 ? ranges.shifted(rows) : rows;
      if (i > 0 && random.nextBoolean() && Size.ALL_COLS.isAtLeast(neighbour.to().plus(Size.ONE))) {
        neighbour = new Range(neighbour.to().plus(Size.ONE), Size.ALL_COLS);
        parts.add(simple(own, neighbour));
      } else if (random.nextInt(3) == 0) {
        parts.add(operand(own, depth - 1));
      } else {
        neighbour = ranges.cols();
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
      texts.add(each.text());
      cols = cols.plus(part.cols());
      split.add(part.cols());
    }
    if (!WEIGHTS.minus(new Size(4, 0)).isAtLeast(cols)) {
      return parts.getFirst();
    }
    return new Expression(bindCols(texts), parts.getFirst().rows(), cols, split);
  }

  /** Rows in two pieces, in their order or exchanged, of one matrix or of two. */
  private Expression splitRows(Range rows, int depth) {
    if (!rows.size().isAtLeast(new Size(4, 0))) {
      return simple(rows, ranges.cols());
    }
    Size last =
        rows.from()
            .plus(picks.pick(new Size(0, 0), Size.ONE, new Size(rows.size().at(1) / 2 - 1, 0)));
    if (!rows.to().isAtLeast(last.plus(Size.ONE))) {
      return simple(rows, ranges.cols());
    }
    Range first = new Range(rows.from(), last);
    Range second = new Range(last.plus(Size.ONE), rows.to());
    if (depth > 1 && random.nextInt(3) == 0) {
      Range left = ranges.cols();
      Range right = ranges.cols();
      Expression above = bound(List.of(simple(first, left), simple(first, right)));
      Expression below = bound(List.of(simple(second, left), simple(second, right)));
      if (above.split().equals(below.split())) {
        return new Expression(
            bindRows(List.of(above.text(), below.text())), rows.size(), above.cols());
      }
    }
    Range cols = ranges.cols();
    String above = simple(first, cols).text();
    String below = simple(second, cols).text();
    return new Expression(
        random.nextInt(4) == 0 ? bindRows(List.of(below, above)) : bindRows(List.of(above, below)),
        rows.size(),
        cols.size());
  }

  Expression withColumn(Expression a, Range rows) {
    int count = picks.pick(1, 1, 2);
    Size width = new Size(count, 0);
    String column =
        count == 1 && random.nextBoolean() ? column("y", rows) : constant(rows.size(), count);
    boolean isFirst = random.nextInt(3) == 0;
    List<String> parts = isFirst ? List.of(column, a.text()) : List.of(a.text(), column);
    List<Size> split = isFirst ? List.of(width, a.cols()) : List.of(a.cols(), width);
    return new Expression(bindCols(parts), a.rows(), a.cols().plus(width), split);
  }

  private Expression cutAgain(Expression a) {
    if (!a.cols().isAtLeast(new Size(4, 0))) {
      return a;
    }
    Expression whole = named(a);
    Range cols =
        random.nextInt(3) == 0
            ? new Range(picks.pick(Size.ONE, new Size(2, 0)), a.cols().minus(Size.ONE))
            : new Range(new Size(2, 0), picks.pick(a.cols(), new Size(a.cols().at(1) / 2 + 1, 0)));
    if (!cols.isWithin(a.cols())) {
      return whole;
    }
    String text = whole.text() + "[" + at("", bounds(cols, a.cols())) + "]";
    return new Expression(text, a.rows(), cols.size());
  }

  String constant(Size rows, int cols) {
    String number = picks.pickText("1", "1", "2.5", "-3", "0");
    return isFlipped
        ? "matrix(" + number + ", " + cols + ", " + rows.text() + ")"
        : "matrix(" + number + ", " + rows.text() + ", " + cols + ")";
  }

  String column(String name, Range rows) {
    return rows.size().equals(Size.ALL_ROWS)
        ? name
        : name + "[" + at(bounds(rows, Size.ALL_ROWS), "") + "]";
  }

  String cut(Expression base, Range rows, Range cols) {
    if (base.text().equals("X") && random.nextInt(8) == 0) {
      return "t(V[" + at(bounds(cols, base.cols()), bounds(rows, base.rows())) + "])";
    }
    return cut(base.text(), rows, cols, base.rows(), base.cols());
  }

  String cut(String name, Range rows, Range cols, Size allRows, Size allCols) {
    String row = bounds(rows, allRows);
    String col = bounds(cols, allCols);
    return row.isEmpty() && col.isEmpty() ? name : name + "[" + at(row, col) + "]";
  }

  String bounds(Range range, Size whole) {
    if (range.from().equals(Size.ONE) && range.to().equals(whole) && random.nextInt(6) > 0) {
      return "";
    }
    return range.from().equals(range.to())
        ? range.from().text()
        : range.from().text() + ":" + range.to().text();
  }

  String at(String row, String col) {
    return isFlipped ? col + ", " + row : row + ", " + col;
  }

  String bindCols(List<String> parts) {
    return (isFlipped ? "rbind(" : "cbind(") + String.join(", ", parts) + ")";
  }

  String bindRows(List<String> parts) {
    return (isFlipped ? "cbind(" : "rbind(") + String.join(", ", parts) + ")";
  }

  Expression named(Expression value) {
    String name = "M" + names++;
    naming.accept(name, value.text());
    Expression variable = new Expression(name, value.rows(), value.cols(), value.split());
    variables.add(variable);
    return variable;
  }

  /** An operand as wide as the other. */
  Expression like(Expression a) {
    Range rows = ranges.fewRows();
    for (Expression each : variables) {
      if (each.cols().equals(a.cols()) && random.nextInt(3) == 0) {
        return each;
      }
    }
    if (!Size.ALL_COLS.isAtLeast(a.cols())) {
      return a;
    }
    Size first = Size.ALL_COLS.minus(a.cols()).plus(Size.ONE);
    Range cols =
        random.nextBoolean() ? new Range(Size.ONE, a.cols()) : new Range(first, Size.ALL_COLS);
    return simple(rows, cols);
  }
}
