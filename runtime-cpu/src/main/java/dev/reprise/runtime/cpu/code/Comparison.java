package dev.reprise.runtime.cpu.code;

/** Comparisons of lanes by their predicates, none of which raises an exception. */
enum Comparison {
  EQUAL(0x00),
  NEITHER_ORDERED(0x03),
  UNEQUAL(0x04),
  LESS(0x11),
  LESS_OR_EQUAL(0x12),
  NOT_LESS(0x15),
  NOT_LESS_OR_EQUAL(0x16),
  GREATER_OR_EQUAL(0x1D),
  GREATER(0x1E);

  private final int predicate;

  Comparison(int predicate) {
    this.predicate = predicate;
  }

  /** What an instruction knows it by. */
  int predicate() {
    return predicate;
  }
}
