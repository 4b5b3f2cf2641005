package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;

/** An operation over other terms. */
final class Applied extends Term {
  private final Operation operation;
  private final Term[] inputs;
  private final boolean isKept;
  private final double cost;

  /**
   * Makes the term.
   *
   * @param isKept whether its value goes to the cache under its own key
   */
  Applied(Operation operation, Term[] inputs, Facts facts, Meta meta, boolean isKept) {
    super(facts, meta);
    this.operation = operation;
    this.inputs = inputs;
    this.isKept = isKept && facts.key() != null;
    double sum = Costs.call(operation, inputs, meta.shape());
    for (Term input : inputs) {
      sum += input.cost();
    }
    this.cost = sum;
  }

  Operation operation() {
    return operation;
  }

  Term[] inputs() {
    return inputs;
  }

  @Override
  double cost() {
    return cost;
  }

  @Override
  Value make(Evaluation evaluation) {
    Value[] values = new Value[inputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = evaluation.valueOf(inputs[i]);
    }
    return evaluation.run(this, values, isKept);
  }
}
