package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.stored.WarmStarts;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/**
 * {@code warmstart}: the best earlier model where the session begins from such, else the initial
 * one with its own lineage.
 *
 * <p>A model that was found is traced as an operation over its whole history, which its key covers:
 * so what is made of it is found by nobody who began elsewhere, and a replay needs no store. What
 * is found may be another one the next time, so nothing around the step is reused as a whole, in
 * cold sessions either: their calls would answer for those of warm ones.
 */
public final class WarmStartStep extends Steps.OperationStep {

  public WarmStartStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    context.settle();
    context.cannotRepeat();
    if (activation.isRecorded()) {
      activation.traceAgain();
    }
    Value initial = context.completed(activation, inputs[0]);
    String name = text(context, activation, 2, "the name of a score");
    if (WarmStarts.formOf(initial) == null) {
      throw new OperandException(
          "'warmstart' begins from a matrix, or a list of matrices and scalars, but got "
              + Describe.one(initial));
    }
    if (Step.value(activation, inputs[1]) instanceof Scalar number) {
      throw new OperandException(
          "'warmstart' needs the data that the model is trained on, but got "
              + Describe.one(number)
              + "; write warmstart(W, X, \"accuracy\")");
    }
    context.counters.executed[operation.index()]++;
    bind(activation, initial, found(context, activation, initial, name));
    releaseDead(activation);
  }

  /** Null when the training is to begin from the initial value. */
  private WarmStarts.Found found(
      ControlContext context, Activation activation, Value initial, String name) {
    StoredValues stored = context.run.resources().stored();
    WarmStarts starts = stored == null ? null : stored.warmStarts();
    if (starts == null) {
      return null;
    }
    context.run.journal().refuse();
    LineageItem data = activation.item(inputs[1]);
    return data == null ? null : starts.find(name, data, initial);
  }

  private void bind(Activation activation, Value initial, WarmStarts.Found found) {
    if (found == null) {
      initial.retain();
      activation.bind(outputs[0], initial, activation.item(inputs[0]));
      return;
    }
    Operation warm =
        new Operation(OperationTable.standard().get("warm"), Attributes.of("name", found.name()))
            .at(operation.operation().place());
    activation.bind(outputs[0], found.value(), LineageItem.of(warm, found.item()));
  }
}
