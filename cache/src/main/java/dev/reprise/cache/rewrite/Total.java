package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.util.function.DoubleBinaryOperator;

/** One number from those of other terms, all scalars. */
final class Total extends Term {
  private final Term[] terms;
  private final DoubleBinaryOperator fold;

  /** Factors of the terms; null for none. */
  private final double[] weights;

  Total(DoubleBinaryOperator fold, Term... terms) {
    this(fold, null, terms);
  }

  private Total(DoubleBinaryOperator fold, double[] weights, Term... terms) {
    super(Facts.UNKNOWN, Meta.DOUBLE);
    this.fold = fold;
    this.weights = weights;
    this.terms = terms;
  }

  /** The weighted sum. */
  static Total weighted(double[] weights, Term... terms) {
    return new Total(Double::sum, weights, terms);
  }

  @Override
  double cost() {
    double sum = 0;
    for (Term term : terms) {
      sum += term.cost();
    }
    return sum;
  }

  @Override
  Value make(Evaluation evaluation) {
    double total = number(evaluation, 0);
    for (int i = 1; i < terms.length; i++) {
      total = fold.applyAsDouble(total, number(evaluation, i));
    }
    return Scalar.of(total);
  }

  private double number(Evaluation evaluation, int term) {
    double number = ((Scalar) evaluation.valueOf(terms[term])).asDouble();
    return weights == null ? number : weights[term] * number;
  }
}
