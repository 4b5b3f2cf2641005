package dev.reprise;

/**
 * What a replay gave.
 *
 * @param text the value as {@code print} shows it; null when it was written or compared
 * @param comparison with the stored value; null when there was none to compare with
 */
public record ReplayResult(String text, Comparison comparison) {

  /**
   * Two values of one trace.
   *
   * @param isEqual whether they are equal as far as {@code --numerics} asks for it
   * @param deviation the largest difference of two cells relative to the largest cell; 0 for equal
   *     bits
   * @param allowed the largest deviation that counts as equal
   * @param place what deviates most, in words, replayed value first; null when nothing does
   */
  public record Comparison(boolean isEqual, double deviation, double allowed, String place) {}
}
