package dev.reprise.cache.rewrite;

import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;

/**
 * A value that is there: an operand, a part of one, or a cached value. Borrowed; the planner holds
 * what it took itself.
 */
final class Given extends Term {
  private final Value value;
  private final boolean isCached;
  private Term[] parts;

  private Given(Value value, Facts facts, Meta meta, boolean isCached) {
    super(facts, meta);
    this.value = value;
    this.isCached = isCached;
  }

  /** A matrix or scalar. */
  static Given of(Value value, Facts facts) {
    return new Given(value, facts, metaOf(value), false);
  }

  /** A value that the cache had under the facts' key. */
  static Given cached(Value value, Facts facts) {
    return new Given(value, facts, metaOf(value), true);
  }

  private static Meta metaOf(Value value) {
    return value instanceof MatrixValue matrix
        ? Meta.matrix(matrix.shape())
        : new Meta(((Scalar) value).type(), null);
  }

  Value value() {
    return value;
  }

  /** Null when it is no bound matrix. */
  BoundMatrix boundOrNull() {
    return value instanceof BoundMatrix bound ? bound : null;
  }

  /** The parts as terms, made by the planner once. */
  Term[] parts() {
    return parts;
  }

  void setParts(Term[] made) {
    parts = made;
  }

  @Override
  double cost() {
    BoundMatrix bound = boundOrNull();
    return bound == null ? 0 : bound.joiningCost();
  }

  @Override
  Value make(Evaluation evaluation) {
    if (isCached) {
      evaluation.used(facts().key());
    }
    value.retain();
    return value;
  }
}
