package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.ScalarItems;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.control.WriteLog;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.cell.ScalarBinary;

/**
 * {@code X += e} on a result of a parfor: notes the term, which is added when the loop is over, in
 * the order of the iterations. Value and lineage are those of the sequential loop.
 */
public final class SumStep extends Steps.Kernel implements WriteLog.DeferredWrite {
  private final Pipeline pipeline;
  private final ScalarBinary function;
  private final int target;
  private final int term;

  public SumStep(
      Pipeline pipeline,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      ScalarBinary function) {
    super(pipeline, instruction, operation, inputs);
    this.pipeline = pipeline;
    this.function = function;
    this.target = outputs[0];
    this.term = inputs[1];
  }

  @Override
  public StepTrace traceForm() {
    return null;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value value = context.completed(activation, term);
    LineageItem[] items =
        activation.isTraced() ? new LineageItem[] {null, activation.items[term]} : null;
    apply(context, activation, new Value[] {null, value}, items);
    releaseDead(activation);
  }

  @Override
  public void apply(
      ControlContext context, Activation activation, Value[] operands, LineageItem[] items) {
    if (context.writes != null && context.writes.covers(activation, target)) {
      operands[1].retain();
      context.writes.add(new WriteLog.Write(this, operands, items));
      return;
    }
    Value sum = context.awaited(value(activation, target));
    if (sum instanceof Scalar x && operands[1] instanceof Scalar y) {
      Scalar result = function.apply(x, y);
      LineageItem item =
          items == null
              ? null
              : ScalarItems.of(operation.operation(), activation.items[target], items[1], result);
      context.counters.executed[operation.index()]++;
      activation.bind(target, result, item);
      return;
    }
    LineageItem item =
        items == null
            ? null
            : LineageItem.of(operation.operation(), activation.items[target], items[1]);
    Value[] values = {sum, operands[1]};
    Value result = pipeline.compute(context, operation, values, item, new Origin(this, activation));
    activation.bind(target, result, item);
  }
}
