package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.PendingValue;

/**
 * A value within a compensation: one that is there, or how to make it. Rules of the operation table
 * take terms as pending values. Confined to one attempt of partial reuse.
 */
abstract class Term implements PendingValue {
  private final Facts facts;
  private final Meta meta;

  Term(Facts facts, Meta meta) {
    this.facts = facts;
    this.meta = meta;
  }

  final Facts facts() {
    return facts;
  }

  @Override
  public final Meta meta() {
    return meta;
  }

  /** Rows and columns; null for a scalar. */
  final Shape shape() {
    return meta.shape();
  }

  /** Estimated nanoseconds until a kernel can read the value, from what is there now. */
  abstract double cost();

  /**
   * Makes the value; called at most once.
   *
   * @return with a reference that the evaluation takes over
   */
  abstract Value make(Evaluation evaluation);

  @Override
  public ValueType type() {
    return meta.type();
  }

  @Override
  public long bytes() {
    return 0;
  }
}
