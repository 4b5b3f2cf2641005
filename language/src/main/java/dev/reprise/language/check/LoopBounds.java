package dev.reprise.language.check;

/**
 * The values of a loop variable.
 *
 * @param symbol what stands for the variable in polynomials
 * @param low the least value, null when unknown
 * @param high the greatest value, null when unknown
 * @param step the least distance of two values; 0 when unknown
 */
record LoopBounds(String symbol, Polynomial low, Polynomial high, double step) {

  /** How far two values can be apart; null when unknown. */
  Polynomial extent() {
    return low == null || high == null ? null : high.minus(low);
  }
}
