package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.stream.IntStream;

/** An operation answered from values' structure, on the control thread. */
public final class StructureStep extends Steps.OperationStep {
  private final OutputItems outputItems;

  /** Whether it removes an element of a variable that gets a result, or is not read again. */
  private final boolean removesFromOwn;

  public StructureStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
    this.outputItems = OutputItems.of(operation.operation().opcode(), outputs.length);
    IntStream ending =
        IntStream.concat(IntStream.of(outputs), IntStream.of(instruction.releases()));
    this.removesFromOwn =
        operation.operation().name().equals("listRemove")
            && ending.anyMatch(slot -> slot == inputs[0]);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, inputs);
    for (int i = 0; i < values.length; i++) {
      boolean enough = StructureOperations.isEnough(operation.operation(), values[i]);
      values[i] = context.awaitedUnless(enough, values[i]);
    }
    LineageItem item = trace(activation, operation.operation(), inputs);
    Value value = removed(context, activation, values);
    if (value == null) {
      value = context.run.resources().structures().evaluate(operation.operation(), values);
    }
    context.counters.executed[operation.index()]++;
    if (outputItems == null) {
      activation.bind(outputs[0], value, item);
    } else {
      outputItems.bind(context, activation, outputs, value, item, operation.operation(), values);
    }
    releaseDead(activation);
  }

  /** A list that nobody would have afterwards is not copied to remove an element; else null. */
  private Value removed(ControlContext context, Activation activation, Value[] values) {
    if (!removesFromOwn
        || !(values[0] instanceof ListValue list)
        || activation.values[inputs[0]] != list
        || !list.hasOneHolder()) {
      return null;
    }
    Value bundle = context.run.resources().structures().remove(list, values);
    activation.forget(inputs[0]);
    return bundle;
  }

  @Override
  public StepTrace traceForm() {
    return CountedNumbers.isSize(operation.operation())
        ? StepTrace.of(operation.operation(), inputs, outputs[0], releases())
        : null;
  }
}
