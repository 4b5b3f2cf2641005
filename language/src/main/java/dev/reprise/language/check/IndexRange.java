package dev.reprise.language.check;

/**
 * One dimension of an access: every position from lower to upper.
 *
 * @param lower null when the position is not a polynomial of loop variables and sizes; also when
 *     the whole dimension is meant
 */
record IndexRange(Polynomial lower, Polynomial upper) {
  static final IndexRange ANYWHERE = new IndexRange(null, null);

  boolean isKnown() {
    return lower != null && upper != null;
  }
}
