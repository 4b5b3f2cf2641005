package dev.reprise.runtime.operation;

/**
 * What {@code seq(from, to, step)} counts: {@code from} and then, step by step, all numbers that do
 * not lie beyond {@code to}. The range of a loop has rules of its own.
 *
 * @param from the first number
 * @param to the bound, which is a number of the sequence where steps lead to it
 * @param step may lead away from {@code to}, or nowhere; then the sequence has no numbers
 */
public record NumberSequence(double from, double to, double step) {

  /**
   * In steps of one, upwards or downwards.
   *
   * @param from the first number
   * @param to the bound
   */
  public NumberSequence(double from, double to) {
    this(from, to, from <= to ? 1 : -1);
  }

  /**
   * {@return false when the steps do not lead to the end, or there are more than can be counted}
   */
  public boolean isCountable() {
    double steps = steps();
    return steps >= 0 && steps < Long.MAX_VALUE;
  }

  /** {@return how many numbers there are, of a sequence that is countable} */
  public long count() {
    return (long) steps() + 1;
  }

  /** NaN when the step is 0 and there is nothing to be reached, or when a number is NaN. */
  private double steps() {
    return Math.floor((to - from) / step);
  }
}
