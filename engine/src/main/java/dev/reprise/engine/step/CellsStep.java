package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;

/**
 * {@code X[a:b, c:d]}: cells of a matrix or frame, or elements of a list in its only column;
 * decided by the value.
 */
public final class CellsStep extends Steps.Kernel {
  private final LinkedOperation ofElements;

  /**
   * @param ofElements {@code listIndex}
   */
  public CellsStep(
      Pipeline pipeline,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation ofElements) {
    super(pipeline, instruction, operation, inputs);
    this.ofElements = ofElements;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (value(activation, inputs[0]).settled() instanceof ListValue list
        && SubscriptStep.hasElements(list)) {
      runOnList(context, activation, list);
    } else {
      super.run(context, activation);
    }
  }

  private void runOnList(ControlContext context, Activation activation, ListValue list) {
    activation.traceAgain();
    Value[] values = gather(activation, inputs);
    values[0] = list;
    for (int i = 1; i < values.length; i++) {
      values[i] = context.completed(values[i]);
    }
    Value[] operands = SubscriptStep.withoutColumns(values);
    if (operands[1] instanceof Scalar first && first.isAbsent()) {
      operands[1] = Scalar.of(1L);
      operands[2] = Scalar.of((long) list.size());
    }
    LineageItem item = null;
    if (activation.isTraced()) {
      LineageItem[] items = new LineageItem[operands.length];
      for (int i = 0; i < items.length; i++) {
        boolean given = operands[i] == values[i];
        items[i] = given ? activation.items[inputs[i]] : LineageItem.literal((Scalar) operands[i]);
      }
      item = LineageItem.of(ofElements.operation(), items);
    }
    Value part = context.run.resources().structures().evaluate(ofElements.operation(), operands);
    context.counters.executed[ofElements.index()]++;
    activation.bind(outputs[0], part, item);
    releaseDead(activation);
  }
}
