package dev.reprise.testkit;

import java.util.List;
import java.util.SplittableRandom;

/**
 * An expression for a matrix of known shape whose cells are multiples of 2^-fraction, below 2^bits:
 * few enough bits that every operation on it is exact, in whatever order a system adds. So two
 * systems must print the same, and comparisons, rounding and remainders cannot go two ways.
 */
record ExactMatrix(String text, int rows, int cols, int bits, int fraction) {
  /** Beyond these, cells are cut to small whole numbers; a double has 53. */
  private static final int MOST_BITS = 36;

  private static final int MOST_CELLS = 40_000;

  /** Of a product's inner dimension, at most 2^7. */
  private static final int SUM_BITS = 7;

  boolean hasShapeOf(ExactMatrix other) {
    return rows == other.rows && cols == other.cols;
  }

  boolean isSmall() {
    return rows * cols <= MOST_CELLS;
  }

  /** SystemDS takes comparisons of single cells for booleans, sometimes. */
  private boolean isCell() {
    return rows * cols == 1;
  }

  private ExactMatrix derived(String text, int rows, int cols, int bits, int fraction) {
    return bits + fraction <= MOST_BITS
        ? new ExactMatrix(text, rows, cols, bits, fraction)
        : new ExactMatrix("floor((" + text + ") %% 64)", rows, cols, 6, 0);
  }

  private ExactMatrix cells(String text, int bits, int fraction) {
    return derived(text, rows, cols, bits, fraction);
  }

  /** An expression of this and, where shapes allow, another of the variables. */
  ExactMatrix combined(List<ExactMatrix> variables, SplittableRandom random) {
    ExactMatrix other = variables.get(random.nextInt(variables.size()));
    return switch (random.nextInt(6)) {
      case 0, 1 -> shaped(random);
      case 2 -> cellwise(random);
      case 3 -> aggregated(random);
      default -> hasShapeOf(other) ? paired(other, random) : joined(other, random);
    };
  }

  private ExactMatrix shaped(SplittableRandom random) {
    int from = 1 + random.nextInt(rows);
    int to = from + random.nextInt(rows - from + 1);
    int column = 1 + random.nextInt(cols);
    return switch (random.nextInt(10)) {
      case 0 -> derived("t(" + text + ")", cols, rows, bits, fraction);
      case 1 -> product("t(" + text + ") %*% " + text, cols, cols, this);
      case 2 -> product(text + " %*% t(" + text + ")", rows, rows, this);
      case 3 -> derived(text + "[" + from + ":" + to + ", ]", to - from + 1, cols, bits, fraction);
      case 4 -> derived(text + "[, " + column + "]", rows, 1, bits, fraction);
      case 5 ->
          derived("cbind(" + text + ", " + text + " ^ 2)", rows, 2 * cols, 2 * bits, 2 * fraction);
      case 6 -> derived("rbind(" + text + ", -" + text + ")", 2 * rows, cols, bits, fraction);
      case 7 -> cells("rev(" + text + ")", bits, fraction);
      case 8 ->
          derived(
              "matrix(" + text + ", rows=" + cols + ", cols=" + rows + ")",
              cols,
              rows,
              bits,
              fraction);
      default -> derived(text + "[" + rows + ", " + column + "]", 1, 1, bits, fraction);
    };
  }

  private ExactMatrix cellwise(SplittableRandom random) {
    int k = 2 + random.nextInt(5);
    return switch (random.nextInt(isCell() ? 11 : 16)) {
      case 0 -> cells(text + " + " + k, Math.max(bits, 3) + 1, fraction);
      case 1 -> cells(k + " - " + text, Math.max(bits, 3) + 1, fraction);
      case 2 -> cells(text + " * " + k, bits + 3, fraction);
      case 3 -> cells(text + " / 4", bits, fraction + 2);
      case 4 -> cells("-" + text + " ^ 2", 2 * bits, 2 * fraction);
      case 5 -> cells("abs(" + text + ")", bits, fraction);
      case 6 -> cells("floor(" + text + ")", bits, 0);
      case 7 -> cells("ceil(" + text + ")", bits, 0);
      case 8 -> cells("sign(" + text + ")", 1, 0);
      case 9 -> cells(text + " %% " + k, 3, fraction);
      case 10 -> cells(text + " %/% " + k, bits, 0);
      case 11 -> cells("(" + text + " > " + k + ")", 1, 0);
      case 12 -> cells("!(" + text + " <= 1)", 1, 0);
      case 13 ->
          cells("ifelse(" + text + " > 1, " + text + ", " + k + ")", Math.max(bits, 3), fraction);
      case 14 ->
          cells(
              "replace(target=" + text + ", pattern=1, replacement=" + k + ")",
              Math.max(bits, 3),
              fraction);
      default -> cells("max(min(" + text + ", " + k + "), -1)", 3, fraction);
    };
  }

  private ExactMatrix aggregated(SplittableRandom random) {
    return switch (random.nextInt(9)) {
      case 0 -> derived("rowSums(" + text + ")", rows, 1, bits + SUM_BITS, fraction);
      case 1 -> derived("colSums(" + text + ")", 1, cols, bits + SUM_BITS, fraction);
      case 2 -> derived("rowMaxs(" + text + ")", rows, 1, bits, fraction);
      case 3 -> derived("colMins(" + text + ")", 1, cols, bits, fraction);
      case 4 -> derived("colSums(abs(" + text + "))", 1, cols, bits + SUM_BITS, fraction);
      case 5 -> cells("cumsum(" + text + ")", bits + SUM_BITS, fraction);
      case 6 -> cells("cummax(" + text + ")", bits, fraction);
      case 7 -> cells(text + " - colMaxs(" + text + ")", bits + 1, fraction);
      default -> cells(text + " * rowMins(" + text + ")", 2 * bits, 2 * fraction);
    };
  }

  private ExactMatrix paired(ExactMatrix b, SplittableRandom random) {
    int larger = Math.max(bits, b.bits);
    int finer = Math.max(fraction, b.fraction);
    return switch (random.nextInt(isCell() ? 4 : 8)) {
      case 0 -> cells(text + " + " + b.text, larger + 1, finer);
      case 1 -> cells(text + " - " + b.text, larger + 1, finer);
      case 2 -> cells(text + " * " + b.text, bits + b.bits, fraction + b.fraction);
      case 3 -> cells("max(" + text + ", " + b.text + ")", larger, finer);
      case 4 -> cells("(" + text + " == " + b.text + ")", 1, 0);
      case 5 -> cells("((" + text + " > 0) & (" + b.text + " > 1))", 1, 0);
      case 6 -> cells("((" + text + " < 0) | (" + b.text + " >= 1))", 1, 0);
      default ->
          cells(
              "ifelse(" + text + " < " + b.text + ", " + text + ", " + b.text + ")", larger, finer);
    };
  }

  /** A product, an append, or a broadcast, whichever fits. */
  private ExactMatrix joined(ExactMatrix b, SplittableRandom random) {
    int larger = Math.max(bits, b.bits);
    int finer = Math.max(fraction, b.fraction);
    if (cols == b.rows && random.nextBoolean()) {
      return product(text + " %*% " + b.text, rows, b.cols, b);
    }
    if (rows == b.rows && b.cols == 1 && b.rows > 1) {
      return cells(text + " + " + b.text, larger + 1, finer);
    }
    if (cols == b.cols && b.rows == 1 && b.cols > 1) {
      return cells(text + " * " + b.text, bits + b.bits, fraction + b.fraction);
    }
    if (rows == b.rows) {
      return derived("cbind(" + text + ", " + b.text + ")", rows, cols + b.cols, larger, finer);
    }
    if (cols == b.cols) {
      return derived("rbind(" + text + ", " + b.text + ")", rows + b.rows, cols, larger, finer);
    }
    return shaped(random);
  }

  private ExactMatrix product(String text, int rows, int cols, ExactMatrix other) {
    return derived(text, rows, cols, bits + other.bits + SUM_BITS, fraction + other.fraction);
  }
}
