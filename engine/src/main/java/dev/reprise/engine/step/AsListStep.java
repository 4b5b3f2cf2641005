package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;

/**
 * {@code as.list}: a list is itself and a list of one list, such as {@code model["layer"]}, is that
 * list, lineage included, so that what lies in nested lists keeps its identity. Any other value is
 * put into a list.
 */
public final class AsListStep extends Steps.OperationStep {

  public AsListStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value value = activation.values[inputs[0]];
    if (activation.isRecorded() && (value instanceof Handle || value instanceof ListValue)) {
      // The item of what is taken out is needed, not that of the cast.
      activation.traceAgain();
    }
    value = context.awaited(value);
    if (value instanceof ListValue list) {
      LineageItem item = activation.item(inputs[0]);
      if (list.size() == 1
          && context.awaited(list.elements().getFirst()) instanceof ListValue inner) {
        list = inner;
        item = item == null ? null : ElementItems.at(item, 0);
      }
      list.retain();
      activation.bind(outputs[0], list, item);
    } else {
      LineageItem item = trace(activation, operation.operation(), inputs);
      activation.bind(outputs[0], wrapped(context, value), item);
    }
    context.counters.executed[operation.index()]++;
    releaseDead(activation);
  }

  private Value wrapped(ControlContext context, Value value) {
    return context
        .run
        .resources()
        .structures()
        .evaluate(operation.operation(), new Value[] {value});
  }
}
