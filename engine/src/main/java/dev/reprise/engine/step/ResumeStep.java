package dev.reprise.engine.step;

import dev.reprise.engine.access.Checkpoints;
import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.language.program.Instruction;

/** {@code resume}: the list of a checkpoint, and the seeds that were to be drawn next. */
public final class ResumeStep extends Steps.OperationStep {
  private final Checkpoints checkpoints;

  public ResumeStep(
      Checkpoints checkpoints,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs) {
    super(instruction, operation, inputs);
    this.checkpoints = checkpoints;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    context.settle();
    // The file may be another one the next time, and what is drawn next is.
    context.cannotRepeat();
    context.run.journal().refuse();
    String file = text(context, activation, 0, "a file name");
    FileAccess.Loaded loaded = checkpoints.resume(context, operation, file, activation.isTraced());
    activation.bind(outputs[0], loaded.value(), loaded.item());
    releaseDead(activation);
  }
}
