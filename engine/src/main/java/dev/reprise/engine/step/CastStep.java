package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.device.LateNumbers;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/**
 * {@code as.matrix}, {@code as.scalar}, {@code as.frame}: of a list of one it is a cast of the
 * element, and of a value that has the type already it is the value itself, lineage included.
 */
public final class CastStep extends Steps.Kernel {
  private final ValueType target;

  public CastStep(
      Pipeline pipeline, Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(pipeline, instruction, operation, inputs);
    this.target =
        switch (operation.name()) {
          case "as.matrix" -> ValueType.MATRIX;
          case "as.frame" -> ValueType.FRAME;
          default -> null;
        };
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (activation.isRecorded() && mayBeItsOperand(activation.values[inputs[0]])) {
      activation.traceAgain();
    }
    Value value = known(context, value(activation, inputs[0]));
    LineageItem item = activation.item(inputs[0]);
    if (value instanceof ListValue list && list.size() == 1) {
      value = known(context, list.elements().getFirst());
      item = item == null ? null : ElementItems.at(item, 0);
    }
    if (isSame(value)) {
      value.retain();
      activation.bind(outputs[0], value, item);
      releaseDead(activation);
      return;
    }
    LineageItem cast = item == null ? null : LineageItem.of(operation.operation(), item);
    compute(context, activation, new Value[] {value}, cast);
  }

  /**
   * The value, waited for unless it will be of the target's type. A number that an accelerator has
   * stays one, whether or not it has come.
   */
  private Value known(ControlContext context, Value value) {
    Value now = LateNumbers.isLate(value) ? value : value.settled();
    return isSame(now) ? now : context.awaited(now);
  }

  private boolean isSame(Value value) {
    ValueType type = value.type();
    return type != null && (target == null ? type.isScalar() : type == target);
  }

  /** True for all but a cast of a value that is there to another type. */
  private boolean mayBeItsOperand(Value value) {
    return value == null || value instanceof Handle || value instanceof ListValue || isSame(value);
  }
}
