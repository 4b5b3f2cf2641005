package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.FailurePlace;
import dev.reprise.engine.control.OperandForms;
import dev.reprise.engine.control.Origin;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.PendingValue;

/**
 * The value of an element-wise operation that was not computed but left to the only step that reads
 * it, so that both become one loop, or so that it is never computed where {@linkplain AskingStep
 * what that step makes} is there already. Holds a reference to each of its operands, which may be
 * deferred themselves. Never seen by any other step; owned by one control thread.
 *
 * <p>Its lineage is what its variable or its reader's item says: the item of operand i is input i.
 */
final class Deferred implements PendingValue {
  final DeferrableStep step;

  /** Finished matrices and scalars, and deferred values; one of the same may occur twice. */
  final Value[] operands;

  /** Operations in here, this one included. */
  final int operations;

  /** Products among them, whose cells are left to who {@linkplain Masking masks} them. */
  final int products;

  private final Meta meta;
  private boolean released;

  /**
   * Takes over a reference to each operand; one to each deferred operand, however often it occurs.
   */
  Deferred(DeferrableStep step, Value[] operands, Shape shape) {
    this.step = step;
    this.operands = operands;
    this.meta = Meta.matrix(shape);
    this.operations = 1 + operationsIn(operands);
    this.products = productsIn(operands) + (step instanceof ProductStep ? 1 : 0);
  }

  /** Deferred products among and below operands. */
  static int productsIn(Value[] operands) {
    int products = 0;
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof Deferred deferred && isFirst(operands, i)) {
        products += deferred.products;
      }
    }
    return products;
  }

  /** Deferred operations among and below operands. */
  static int operationsIn(Value[] operands) {
    int operations = 0;
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof Deferred deferred && isFirst(operands, i)) {
        operations += deferred.operations;
      }
    }
    return operations;
  }

  /** Estimated nanoseconds of all operations in here. */
  double work() {
    double work = step.operation().work(operands);
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof Deferred deferred && isFirst(operands, i)) {
        work += deferred.work();
      }
    }
    return work;
  }

  static boolean isIn(Value[] operands) {
    for (Value operand : operands) {
      if (operand instanceof Deferred) {
        return true;
      }
    }
    return false;
  }

  static boolean isFirst(Value[] operands, int at) {
    for (int i = 0; i < at; i++) {
      if (operands[i] == operands[at]) {
        return false;
      }
    }
    return true;
  }

  /** Where a failure of the operation comes from, whose variables may have other values by now. */
  FailurePlace place(Activation activation) {
    return FailurePlace.left(step, activation, OperandForms.of(operands));
  }

  /** The same, for who computes it when the program has gone on. */
  Origin origin(Activation activation) {
    return new Origin(step, activation).leftBehind(operands);
  }

  Shape shape() {
    return meta.shape();
  }

  @Override
  public Meta meta() {
    return meta;
  }

  @Override
  public ValueType type() {
    return ValueType.MATRIX;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void retain() {
    throw new IllegalStateException("a deferred value has one reader only: " + step.describe());
  }

  @Override
  public void release() {
    if (released) {
      throw new IllegalStateException("released twice: " + step.describe());
    }
    released = true;
    for (int i = 0; i < operands.length; i++) {
      if (!(operands[i] instanceof Deferred) || isFirst(operands, i)) {
        operands[i].release();
      }
    }
  }
}
