package dev.reprise;

import java.util.SplittableRandom;

/**
 * Ranges of rows and columns of a {@link RectangleProgram}, at random: they begin and end at the
 * first, second, last and a middle one.
 */
final class RectangleRanges {
  static final int ROWS = 240;
  static final int COLS = 100;
  static final int ITERATIONS = 3;

  /** A number that may grow or shrink from one iteration to the next. */
  record Size(int base, int slope) {
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
  record Range(Size from, Size to) {
    Size size() {
      return to.minus(from).plus(Size.ONE);
    }

    boolean isWithin(Size whole) {
      return from.isAtLeast(Size.ONE) && to.isAtLeast(from) && whole.isAtLeast(to);
    }
  }

  private final SplittableRandom random;
  private final RandomPicks picks;
  private final int middleRow;
  private final int middleCol;
  private boolean isLoop;

  RectangleRanges(SplittableRandom random) {
    this.random = random;
    this.picks = new RandomPicks(random);
    this.middleRow = 3 + random.nextInt(ROWS - 6);
    this.middleCol = random.nextBoolean() ? 40 + random.nextInt(11) : 3 + random.nextInt(COLS - 8);
  }

  int middleRow() {
    return middleRow;
  }

  int middleCol() {
    return middleCol;
  }

  /** From now on some grow or shrink from one iteration to the next. */
  void enterLoop() {
    isLoop = true;
  }

  void leaveLoop() {
    isLoop = false;
  }

  Range rows() {
    return random.nextInt(5) < 2
        ? new Range(Size.ONE, Size.ALL_ROWS)
        : ends(Size.ALL_ROWS, middleRow);
  }

  Range fewRows() {
    int from = picks.pick(1, 2, 3);
    int to = picks.pick(70, 71, 72, 100);
    return new Range(new Size(from, 0), slid(new Size(to, 0)));
  }

  Range cols() {
    return random.nextInt(4) == 0
        ? new Range(Size.ONE, Size.ALL_COLS)
        : random.nextInt(6) == 0 ? single(COLS, middleCol) : ends(Size.ALL_COLS, middleCol);
  }

  Range single(int last, int middle) {
    Size at = slid(new Size(picks.pick(1, 2, middle, last - 1, last), 0));
    Range range = new Range(at, at);
    return range.isWithin(new Size(last, 0)) ? range : new Range(Size.ONE, Size.ONE);
  }

  Range ends(Size whole, int middle) {
    int last = whole.base();
    if (random.nextInt(4) == 0) {
      // Equally many, so that blocks beside the diagonal are square, too.
      int count = Math.min(middle, last / 2);
      int from = picks.pick(1, 1, 2, count + 1, last - count + 1);
      return new Range(new Size(from, 0), new Size(from + count - 1, 0));
    }
    while (true) {
      Size from = slid(new Size(picks.pick(1, 1, 1, 2, middle, middle + 1), 0));
      Size to =
          slid(
              new Size(
                  picks.pick(
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

  Range ends(Size cols) {
    return random.nextInt(8) == 0 ? single(cols.base(), middleCol) : ends(cols, middleCol);
  }

  static Range all(Size whole) {
    return new Range(Size.ONE, whole);
  }

  /** As many, from elsewhere. */
  Range shifted(Range rows) {
    Size step = picks.pick(new Size(1, 0), new Size(-1, 0), new Size(2, 0));
    Range moved = new Range(rows.from().plus(step), rows.to().plus(step));
    return moved.isWithin(Size.ALL_ROWS) ? moved : rows;
  }

  private Size slid(Size size) {
    return isLoop && random.nextInt(3) == 0 ? new Size(size.base(), picks.pick(1, -1, 2)) : size;
  }

  Range nearlyAll(Size cols) {
    Size secondLast = cols.minus(Size.ONE);
    return picks.pick(
        all(cols),
        new Range(Size.ONE, secondLast),
        new Range(new Size(2, 0), picks.pick(secondLast, cols)));
  }
}
