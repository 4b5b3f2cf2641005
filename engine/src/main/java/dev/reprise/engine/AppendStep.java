package dev.reprise.engine;

import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/**
 * {@code append(x, y)}: an element for a list, columns for everything else; decided by the value.
 */
final class AppendStep extends Steps.OperationStep {
  private final Operation toList;
  private final LinkedOperation toColumns;

  AppendStep(
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation toColumns) {
    super(instruction, operation, inputs);
    OperationTable table = OperationTable.standard();
    this.toList = new Operation(table.get("listAppend"), instruction.operation().attributes());
    this.toColumns = toColumns;
  }

  @Override
  void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, inputs);
    values[0] = context.awaited(values[0]);
    Value result;
    LineageItem item;
    if (values[0] instanceof ListValue) {
      values[1] = context.awaitedAsElement(values[1]);
      item = trace(activation, toList, inputs);
      result = context.run.session().structures().evaluate(toList, values);
    } else {
      item = trace(activation, toColumns.operation(), inputs);
      result =
          context
              .run
              .session()
              .pipeline()
              .compute(context, toColumns, values, item, new Origin(this, activation));
    }
    activation.bind(outputs[0], result, item);
    releaseDead(activation);
  }
}
