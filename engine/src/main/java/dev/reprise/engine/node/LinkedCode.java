package dev.reprise.engine.node;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.Position;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Shapes;

/** Steps that compute a condition, a bound or a default value into one operand. */
public final class LinkedCode {
  private final StraightNode steps;
  private final int operand;
  private final boolean temporary;
  private final Position position;

  public LinkedCode(StraightNode steps, int operand, boolean temporary, Position position) {
    this.steps = steps;
    this.operand = operand;
    this.temporary = temporary;
    this.position = position;
  }

  public StraightNode steps() {
    return steps;
  }

  public int operand() {
    return operand;
  }

  /** True when the operand is cleared after the scalar was read. */
  public boolean isTemporary() {
    return temporary;
  }

  /** Runs the steps and waits for the scalar. */
  public Scalar scalar(String what, ControlContext context, Activation activation) {
    steps.run(context, activation);
    Scalar scalar = read(what, context, activation);
    if (temporary) {
      activation.clear(operand);
    }
    return scalar;
  }

  /** As {@link #scalar}, of a condition: a text that is no truth value is an error. */
  public boolean condition(String what, ControlContext context, Activation activation) {
    return truth(what, scalar(what, context, activation), context, activation);
  }

  /** The truth value of a scalar that was computed here. */
  public boolean truth(String what, Scalar scalar, ControlContext context, Activation activation) {
    try {
      return scalar.asBoolean();
    } catch (OperandException e) {
      throw located(what + " must be TRUE or FALSE, but is a text", scalar, context, activation);
    }
  }

  /** As {@link #scalar}, of a bound or step: a text, NaN or an infinity is an error. */
  public Scalar number(String what, ControlContext context, Activation activation) {
    Scalar scalar = scalar(what, context, activation);
    if (scalar.type() == ValueType.STRING) {
      throw located(what + " must be a number, but is a text", scalar, context, activation);
    }
    if (!scalar.isAbsent() && !scalar.fitsLong()) {
      throw located(
          what + " must be a finite number of 64 bits, but is", scalar, context, activation);
    }
    return scalar;
  }

  /** An error about the scalar that was computed, at its place in the script. */
  public RuntimeException located(
      String problem, Scalar scalar, ControlContext context, Activation activation) {
    String shown =
        scalar.type() == ValueType.STRING ? "\"" + scalar.asString() + "\"" : scalar.asString();
    return context.located(new OperandException(problem + " " + shown), position, activation, null);
  }

  /** Waits for the scalar, after the steps; leaves it where it is. */
  public Scalar read(String what, ControlContext context, Activation activation) {
    try {
      Value value = context.completed(activation, operand);
      if (!(value instanceof Scalar scalar)) {
        throw new OperandException(
            what + " must be a scalar, but is " + Describe.one(value) + instead(value));
      }
      return scalar;
    } catch (RuntimeException e) {
      throw context.located(e, position, activation, null);
    }
  }

  private static String instead(Value value) {
    if (value.type() != ValueType.MATRIX) {
      return "";
    }
    return Shapes.of(value).cells() == 1
        ? "; as.scalar(x) takes the cell out"
        : "; as.scalar(x[i, j]) takes a cell out, sum(x), min(x) or max(x) ask about all";
  }

  /** Runs the steps and moves the value to a slot. */
  public void into(int slot, ControlContext context, Activation activation) {
    steps.run(context, activation);
    if (operand == slot) {
      return;
    }
    Value value = activation.values[operand];
    value.retain();
    activation.bind(slot, value, activation.item(operand));
    if (temporary) {
      activation.clear(operand);
    }
  }
}
