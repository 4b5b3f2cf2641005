package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.lineage.LineageItem;

/** A step that traces what a kernel's step would trace, and may compute it in another way. */
public abstract class KernelStep extends Step {
  public final Steps.Kernel eager;

  protected KernelStep(Steps.Kernel eager, int[] releases) {
    super(eager.position(), releases);
    this.eager = eager;
  }

  @Override
  public String describe() {
    return eager.describe();
  }

  @Override
  public int[] inputs() {
    return eager.inputs;
  }

  @Override
  public StepTrace traceForm() {
    return eager.traceForm();
  }

  @Override
  public LineageItem itemOrNull(Activation activation) {
    return eager.itemOrNull(activation);
  }
}
