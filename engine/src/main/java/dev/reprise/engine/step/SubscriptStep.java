package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.Arrays;

/**
 * {@code V[i]} and {@code V[a:b]}: elements of a list, rows of a matrix or frame; decided by the
 * value.
 */
public final class SubscriptStep extends Steps.OperationStep {
  private final Pipeline pipeline;
  private final LinkedOperation ofRows;

  /**
   * @param ofRows the operation that takes rows, with bounds of rows and columns
   */
  public SubscriptStep(
      Pipeline pipeline,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation ofRows) {
    super(instruction, operation, inputs);
    this.pipeline = pipeline;
    this.ofRows = ofRows;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, inputs);
    for (int i = 0; i < values.length; i++) {
      values[i] = context.awaited(values[i]);
    }
    LineageItem item = null;
    Value result;
    if (hasRows(values[0])) {
      if (activation.isTraced()) {
        LineageItem[] items = new LineageItem[inputs.length];
        for (int i = 0; i < items.length; i++) {
          items[i] = activation.items[inputs[i]];
        }
        item = LineageItem.of(ofRows.operation(), withAllColumns(items));
      }
      Origin origin = new Origin(this, activation);
      result = pipeline.compute(context, ofRows, withAllColumns(values), item, origin);
    } else {
      item = trace(activation, operation.operation(), inputs);
      result = context.run.resources().structures().evaluate(operation.operation(), values);
      context.counters.executed[operation.index()]++;
    }
    activation.bind(outputs[0], result, item);
    releaseDead(activation);
  }

  static boolean hasRows(Value value) {
    return value instanceof MatrixValue || value instanceof FrameValue;
  }

  /** The operands of an index by rows alone, with the bounds of the columns left out. */
  static Value[] withAllColumns(Value[] operands) {
    Value[] all = Arrays.copyOf(operands, operands.length + 2);
    Arrays.fill(all, operands.length, all.length, Scalar.absent());
    return all;
  }

  /** False for a list of one that stands for a matrix or frame, whose cells are meant. */
  static boolean hasElements(ListValue list) {
    if (list.size() != 1) {
      return true;
    }
    Value only = list.elements().getFirst().settled();
    // Of what is still computed the type may be unknown: it is taken for a matrix, as most are.
    ValueType type = only.type();
    return type != null && type != ValueType.MATRIX && type != ValueType.FRAME;
  }

  /** Operands that address elements of a list by rows and columns: a list has one column. */
  static Value[] withoutColumns(Value[] operands) {
    for (int i = operands.length - 2; i < operands.length; i++) {
      if (!(operands[i] instanceof Scalar bound) || !bound.isAbsent() && bound.asDouble() != 1) {
        throw new OperandException("a list has one column; L[i] is its element at a position");
      }
    }
    return Arrays.copyOf(operands, operands.length - 2);
  }

  static LineageItem[] withAllColumns(LineageItem[] operands) {
    LineageItem[] all = Arrays.copyOf(operands, operands.length + 2);
    Arrays.fill(all, operands.length, all.length, LineageItem.literal(Scalar.absent()));
    return all;
  }
}
