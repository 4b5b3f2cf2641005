package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;

/**
 * A term that computes more than is asked for, because the rest is expected to be asked for next.
 * Its cost counts only what the wanted rectangle costs once the whole is there.
 */
final class Invested extends Term {
  private final Term term;
  private final double cost;
  private final Key whole;

  /**
   * Makes the term.
   *
   * @param whole key of what is computed; evaluating says that it has been bought
   */
  Invested(Term term, double cost, Key whole) {
    super(term.facts(), term.meta());
    this.term = term;
    this.cost = cost;
    this.whole = whole;
  }

  @Override
  double cost() {
    return cost;
  }

  @Override
  Value make(Evaluation evaluation) {
    Value value = evaluation.valueOf(term);
    evaluation.bought(whole);
    value.retain();
    return value;
  }
}
