package dev.reprise.engine.step;

import dev.reprise.engine.access.TextForm;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;

/** {@code toString}: of lists here, of everything else as a kernel. */
public final class ToStringStep extends Steps.Kernel {

  public ToStringStep(
      Pipeline pipeline, Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
    super(pipeline, instruction, operation, inputs);
  }

  @Override
  public StepTrace traceForm() {
    return null;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (context.completed(activation, inputs[0]) instanceof ListValue list) {
      Value text = Scalar.of(TextForm.of(context, list));
      activation.bind(outputs[0], text, trace(activation, operation.operation(), inputs));
      releaseDead(activation);
    } else {
      super.run(context, activation);
    }
  }
}
