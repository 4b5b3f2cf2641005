package dev.reprise.engine;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;

/** {@code toString}: of lists here, of everything else as a kernel. */
final class ToStringStep extends Steps.Kernel {

  ToStringStep(Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(instruction, operation, inputs);
  }

  @Override
  StepTrace traceForm() {
    return null;
  }

  @Override
  void run(ControlContext context, Activation activation) {
    if (context.completed(activation, inputs[0]) instanceof ListValue list) {
      Value text = dev.reprise.runtime.Scalar.of(TextForm.of(context, list));
      activation.bind(outputs[0], text, trace(activation, operation.operation(), inputs));
      releaseDead(activation);
    } else {
      super.run(context, activation);
    }
  }
}
