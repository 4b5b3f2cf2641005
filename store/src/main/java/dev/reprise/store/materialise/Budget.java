package dev.reprise.store.materialise;

/** Budgets in bytes. */
final class Budget {
  private Budget() {}

  static void check(long budgetBytes) {
    if (budgetBytes < 0) {
      throw new IllegalArgumentException("a budget cannot be " + budgetBytes + " bytes");
    }
  }
}
