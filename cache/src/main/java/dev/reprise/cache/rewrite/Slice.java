package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;

/** A rectangle of another term, copied out. */
final class Slice extends Term {
  private final Term source;
  private final long row;
  private final long col;

  /**
   * Makes the term.
   *
   * @param row first row, from 0
   * @param col first column, from 0
   */
  Slice(Term source, long row, long col, Shape shape, Facts facts) {
    super(facts, Meta.matrix(shape));
    this.source = source;
    this.row = row;
    this.col = col;
  }

  @Override
  double cost() {
    return Costs.CALL + source.cost() + Costs.copy(shape());
  }

  @Override
  Value make(Evaluation evaluation) {
    Value[] operands = {
      evaluation.valueOf(source),
      Scalar.of(row + 1),
      Scalar.of(row + shape().rows()),
      Scalar.of(col + 1),
      Scalar.of(col + shape().cols())
    };
    return evaluation.run(Operations.INDEX, operands);
  }
}
