package dev.reprise.engine.step;

import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Value;

/** {@code read}: the item is the content's fingerprint and the options, so a reread is a hit. */
public final class ReadStep extends Steps.OperationStep {
  private final FileAccess files;

  public ReadStep(
      FileAccess files, Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
    this.files = files;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    // The file may be another one the next time.
    context.cannotRepeat();
    Value[] values = new Value[inputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = context.completed(activation, inputs[i]);
    }
    FileAccess.Loaded loaded = files.read(context, operation, values, activation.isTraced());
    Restoration.note(loaded.value(), loaded.item());
    activation.bind(outputs[0], loaded.value(), loaded.item());
    releaseDead(activation);
  }
}
