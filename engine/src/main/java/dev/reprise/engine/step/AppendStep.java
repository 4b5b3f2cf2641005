package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.ScalarItems;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Arrays;

/**
 * {@code append(x, y)}: an element for a list, a line for a text, columns for everything else;
 * decided by the value.
 */
public final class AppendStep extends Steps.OperationStep {
  private static final Operation PLUS = new Operation(OperationTable.standard().get("+"));
  private static final Scalar LINE = Scalar.of("\n");

  private final Pipeline pipeline;
  private final Operation toList;
  private final LinkedOperation toColumns;

  /** Whether the variable that is appended to is overwritten by the result, or not read again. */
  private final boolean endsHere;

  public AppendStep(
      Pipeline pipeline,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation toColumns) {
    super(instruction, operation, inputs);
    this.pipeline = pipeline;
    OperationTable table = OperationTable.standard();
    this.toList = new Operation(table.get("listAppend"), instruction.operation().attributes());
    this.toColumns = toColumns;
    int list = inputs[0];
    this.endsHere =
        instruction.outputs()[0] == list
            || Arrays.stream(instruction.releases()).anyMatch(slot -> slot == list);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, inputs);
    values[0] = context.awaited(values[0]);
    Value result;
    LineageItem item;
    if (values[0] instanceof ListValue) {
      values[1] = context.awaitedAsElement(values[1]);
      item = trace(activation, toList, inputs);
      result = appended(context, activation, values);
    } else if (values[0] instanceof StringScalar text
        && context.awaited(values[1]) instanceof Scalar line) {
      Scalar begun = Scalar.of(text.value() + LINE.asString());
      Scalar whole = Scalar.of(begun.asString() + line.asString());
      result = whole;
      item = activation.isTraced() ? traced(activation, begun, whole) : null;
    } else {
      item = trace(activation, toColumns.operation(), inputs);
      result = pipeline.compute(context, toColumns, values, item, new Origin(this, activation));
    }
    activation.bind(outputs[0], result, item);
    releaseDead(activation);
  }

  /** As the script would have written it: {@code text + "\n" + line}. */
  private LineageItem traced(Activation activation, Scalar begun, Scalar whole) {
    LineageItem text = activation.items[inputs[0]];
    LineageItem start = ScalarItems.of(PLUS, text, LineageItem.literal(LINE), begun);
    return ScalarItems.of(PLUS, start, activation.items[inputs[1]], whole);
  }

  /** A list that nobody would have afterwards is not copied. */
  private Value appended(ControlContext context, Activation activation, Value[] values) {
    StructureOperations structures = context.run.resources().structures();
    ListValue list = (ListValue) values[0];
    if (!endsHere || !isOfVariableAlone(activation, list) || values[1] == list) {
      return structures.evaluate(toList, values);
    }
    Value longer = structures.append(list, toList, values[1]);
    activation.forget(inputs[0]);
    return longer;
  }

  /** False also for what a handle holds, which may stand in several variables. */
  private boolean isOfVariableAlone(Activation activation, ListValue list) {
    return activation.values[inputs[0]] == list && list.hasOneHolder();
  }
}
