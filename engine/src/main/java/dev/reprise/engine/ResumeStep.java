package dev.reprise.engine;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;

/** {@code resume}: the list of a checkpoint, and the seeds that were to be drawn next. */
final class ResumeStep extends Steps.OperationStep {

  ResumeStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
  }

  @Override
  void run(ControlContext context, Activation activation) {
    context.settle();
    // The file may be another one the next time, and what is drawn next is.
    context.cannotRepeat();
    context.run.journal().refuse();
    Value file = context.completed(activation, inputs[0]);
    if (!(file instanceof Scalar name) || name.isAbsent()) {
      throw new OperandException("'resume' needs a file name, but got a " + Describe.value(file));
    }
    FileAccess.Loaded loaded =
        context
            .run
            .session()
            .checkpoints()
            .resume(context, operation, name.asString(), activation.isTraced());
    activation.bind(outputs[0], loaded.value(), loaded.item());
    releaseDead(activation);
  }
}
