package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.PendingValue;
import dev.reprise.runtime.operation.Shapes;

/**
 * Several instructions that are joined because their best form depends on shapes. When the step is
 * reached it looks at the operands; where no better form applies, or their shapes are not known
 * yet, the plain instructions run, with their own positions and messages.
 */
abstract class PlanStep extends Step {
  private final Pipeline pipeline;
  final int[] inputs;
  final int output;
  private final String description;
  private final Step[] plain;

  /** Slots that only the plain steps use. */
  private final int[] between;

  /**
   * @param inputs what the plan reads, as operands of the activation
   * @param plain the steps of the plain instructions
   */
  PlanStep(Pipeline pipeline, Instruction.Compute plan, int[] inputs, Step[] plain) {
    super(plan.position(), plan.releases());
    this.pipeline = pipeline;
    this.description = plan.operation().scriptName();
    this.inputs = inputs;
    this.output = plan.outputs()[0];
    this.plain = plain;
    this.between = new int[plain.length - 1];
    for (int i = 0; i < between.length; i++) {
      between[i] = plan.plain().get(i).outputs()[0];
    }
  }

  /**
   * Runs the better form when it applies and cannot fail.
   *
   * @return false when nothing has happened and the plain steps are to run
   */
  abstract boolean runPlanned(ControlContext context, Activation activation);

  @Override
  public final void run(ControlContext context, Activation activation) {
    if (!runPlanned(context, activation)) {
      for (Step step : plain) {
        runPlain(step, context, activation);
      }
      activation.clearAll(between);
    }
    releaseDead(activation);
  }

  /** A member that fails says where it stands itself. */
  private static void runPlain(Step step, ControlContext context, Activation activation) {
    try {
      step.run(context, activation);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw context.located(e, step.position(), activation, step);
    }
  }

  /**
   * The shape of a matrix in a slot, also of one that is still being computed; else null. What is
   * not known of a pending value is waited for, so that a plan never depends on who was faster.
   */
  static Shape matrixShape(ControlContext context, Activation activation, int slot) {
    Value value = activation.values[slot];
    if (value instanceof Handle handle && handle.meta() == null) {
      value = context.await(handle);
    }
    return value != null && isMatrix(value) ? Shapes.of(value) : null;
  }

  private static boolean isMatrix(Value value) {
    if (value instanceof PendingValue pending) {
      return pending.meta() != null && pending.meta().type() == ValueType.MATRIX;
    }
    return value instanceof MatrixValue;
  }

  /** Runs one operation of the better form; the caller owns a reference to the result. */
  private Value compute(
      ControlContext context,
      Activation activation,
      LinkedOperation operation,
      Value[] values,
      LineageItem item) {
    return pipeline.compute(context, operation, values, item, new Origin(this, activation));
  }

  /**
   * A value with its history, which is null where nothing is traced. Who closes it owns a reference
   * to the value.
   */
  record Traced(Value value, LineageItem item) implements AutoCloseable {
    @Override
    public void close() {
      value.release();
    }
  }

  /** An operand of the plan. */
  final Traced operand(Activation activation, int number) {
    Value value = value(activation, inputs[number]);
    value.retain();
    return new Traced(value, activation.item(inputs[number]));
  }

  /** What an operation of the better form makes of others. */
  final Traced made(
      ControlContext context, Activation activation, LinkedOperation operation, Traced... of) {
    Value[] values = new Value[of.length];
    LineageItem[] items = new LineageItem[of.length];
    for (int i = 0; i < of.length; i++) {
      values[i] = of[i].value;
      items[i] = of[i].item;
    }
    LineageItem item = activation.isTraced() ? LineageItem.of(operation.operation(), items) : null;
    return new Traced(compute(context, activation, operation, values, item), item);
  }

  /** Makes the plan's result of its operands by one operation. */
  final void bindMade(ControlContext context, Activation activation, LinkedOperation operation) {
    LineageItem item = item(activation, operation.operation(), inputs);
    Value value = compute(context, activation, operation, gather(activation, inputs), item);
    activation.bind(output, value, item);
  }

  /** Stores the plan's result, and its reference with it. */
  final void bind(Activation activation, Traced result) {
    activation.bind(output, result.value, result.item);
  }

  /** The item of an operation over slots; null when nothing is traced. */
  private static LineageItem item(Activation activation, Operation operation, int[] slots) {
    if (!activation.isTraced()) {
      return null;
    }
    LineageItem[] items = new LineageItem[slots.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = activation.items[slots[i]];
    }
    return LineageItem.of(operation, items);
  }

  @Override
  public final String describe() {
    return description;
  }

  @Override
  public final int[] inputs() {
    return inputs;
  }
}
