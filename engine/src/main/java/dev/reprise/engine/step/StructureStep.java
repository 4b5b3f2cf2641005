package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/** An operation answered from values' structure, on the control thread. */
public final class StructureStep extends Steps.OperationStep {
  private final OutputItems outputItems;

  public StructureStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
    this.outputItems = OutputItems.of(operation.operation().opcode(), outputs.length);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, inputs);
    for (int i = 0; i < values.length; i++) {
      boolean enough = StructureOperations.isEnough(operation.operation(), values[i]);
      values[i] = context.awaitedUnless(enough, values[i]);
    }
    LineageItem item = trace(activation, operation.operation(), inputs);
    Value value = context.run.resources().structures().evaluate(operation.operation(), values);
    context.counters.executed[operation.index()]++;
    if (outputItems == null) {
      activation.bind(outputs[0], value, item);
    } else {
      outputItems.bind(context, activation, outputs, value, item, operation.operation(), values);
    }
    releaseDead(activation);
  }

  @Override
  public StepTrace traceForm() {
    return CountedNumbers.isSize(operation.operation())
        ? StepTrace.of(operation.operation(), inputs, outputs[0], releases())
        : null;
  }
}
