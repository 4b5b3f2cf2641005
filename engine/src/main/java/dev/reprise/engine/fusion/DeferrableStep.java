package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.KernelStep;
import dev.reprise.engine.step.Steps;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A step whose value may be {@linkplain Deferred deferred}: left to the only step that reads it,
 * and computed after all where that one cannot do with it.
 */
abstract sealed class DeferrableStep extends KernelStep permits FusableStep, ProductStep {
  final Pipeline pipeline;
  final Fusion fusion;

  DeferrableStep(Pipeline pipeline, Fusion fusion, Steps.Kernel eager, int[] releases) {
    super(eager, releases);
    this.pipeline = pipeline;
    this.fusion = fusion;
  }

  final LinkedOperation operation() {
    return eager.operation;
  }

  final Precision precision() {
    return eager.operation.operation().precision();
  }

  /** Binds what is to be computed, and its lineage item. */
  final void defer(Activation activation, Value[] operands, Shape shape) {
    LineageItem item = eager.trace(activation, eager.operation.operation(), eager.inputs);
    take(activation);
    for (Value operand : operands) {
      if (!(operand instanceof Deferred)) {
        operand.retain();
      }
    }
    activation.bind(eager.outputs[0], new Deferred(this, operands, shape), item);
    releaseDead(activation);
  }

  /** The deferred operands leave their slots: they belong to this step's value now. */
  private void take(Activation activation) {
    for (int input : eager.inputs) {
      if (activation.values[input] instanceof Deferred) {
        activation.values[input] = null;
        if (activation.items != null) {
          activation.items[input] = null;
        }
      }
    }
  }

  /** What lies on an accelerator alone is better computed there. */
  static boolean isForProcessor(ManagedMatrix matrix) {
    return matrix.isOnHost() || !matrix.isOnDevice();
  }

  // ---- computing what was deferred

  /**
   * The value of this operation, which was deferred.
   *
   * @param reader the step that is being run, whose operand it is
   */
  abstract Value deferredValue(
      ControlContext context,
      Activation activation,
      Deferred deferred,
      Steps.Kernel reader,
      int operand);

  final void computeInputs(ControlContext context, Activation activation) {
    computeInputs(context, activation, eager);
  }

  /** Computes the deferred operands of the step that is being run; their slots hold the values. */
  static void computeInputs(ControlContext context, Activation activation, Steps.Kernel reader) {
    for (int i = 0; i < reader.inputs.length; i++) {
      compute(context, activation, reader, i);
    }
  }

  /** Computes a deferred operand after all; its slot holds the value afterwards. */
  static Value compute(
      ControlContext context, Activation activation, Steps.Kernel reader, int operand) {
    int slot = reader.inputs[operand];
    if (!(activation.values[slot] instanceof Deferred deferred)) {
      return activation.values[slot];
    }
    Value value;
    try {
      value = deferred.step.deferredValue(context, activation, deferred, reader, operand);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw context.located(e, deferred.place(activation));
    }
    activation.values[slot] = value;
    deferred.release();
    return value;
  }

  /** The value of one that was deferred, of which no operand was. */
  final Value alone(
      ControlContext context,
      Activation activation,
      Deferred deferred,
      Steps.Kernel reader,
      int operand) {
    boolean needed =
        activation.isRecorded()
            && pipeline.needsItem(context, activation, eager.operation, deferred.operands, operand);
    LineageItem item = reader.itemOf(operand, activation, needed);
    return oneByOne(context, activation, deferred.operands, item);
  }

  /** The value of this operation, and those below, each by itself as if there were no fusion. */
  final Value oneByOne(
      ControlContext context, Activation activation, Value[] operands, LineageItem item) {
    Value[] inputs = operands.clone();
    List<Value> made = new ArrayList<>();
    try {
      for (int i = 0; i < operands.length; i++) {
        if (operands[i] instanceof Deferred deferred) {
          if (Deferred.isFirst(operands, i)) {
            LineageItem input = item == null ? null : item.input(i);
            made.add(deferred.step.located(context, activation, deferred, input));
            inputs[i] = made.getLast();
          } else {
            inputs[i] = inputs[Arrays.asList(operands).indexOf(deferred)];
          }
        }
      }
      Origin origin = new Origin(this, activation);
      return activation.sampled
          ? pipeline.computeSampled(context, eager.operation, inputs, item, origin)
          : pipeline.compute(context, eager.operation, inputs, item, origin);
    } finally {
      made.forEach(Value::release);
    }
  }

  private Value located(
      ControlContext context, Activation activation, Deferred deferred, LineageItem item) {
    try {
      return oneByOne(context, activation, deferred.operands, item);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw context.located(e, deferred.place(activation));
    }
  }
}
