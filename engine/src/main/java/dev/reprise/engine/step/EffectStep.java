package dev.reprise.engine.step;

import dev.reprise.engine.access.Checkpoints;
import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.timeline.Track;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import java.util.Set;

/**
 * An operation that the outside world can see. Waits first for all earlier operations of its
 * thread, so that a failure at an earlier line is reported before anything of a later line is seen.
 */
public final class EffectStep extends Steps.OperationStep {
  /** Effects that the next execution on the same values may do without. */
  private static final Set<String> REPEATABLE = Set.of("assert", "exists", "progress");

  /** Effects after which the world is another one; text and metrics of an iteration wait for it. */
  private static final Set<String> LASTING = Set.of("write", "checkpoint", "score", "setwd");

  final FileAccess files;
  final Checkpoints checkpoints;
  private final Effects.Effect effect;
  private final boolean repeatable;
  private final boolean lasting;

  public EffectStep(
      FileAccess files,
      Checkpoints checkpoints,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      Effects.Effect effect) {
    super(instruction, operation, inputs);
    this.files = files;
    this.checkpoints = checkpoints;
    this.effect = effect;
    this.repeatable = REPEATABLE.contains(operation.name());
    this.lasting = LASTING.contains(operation.name());
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    context.settle();
    if (!repeatable) {
      context.cannotRepeat();
      context.run.journal().effect(operation.operation().name());
    }
    Value[] values = new Value[inputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = context.completed(activation, inputs[i]);
    }
    context.counters.executed[operation.index()]++;
    if (lasting) {
      context.marksLeft++;
    }
    Track track = context.counters.track;
    long start = track == null ? 0 : System.nanoTime();
    Value result = effect.run(context, activation, this, values);
    if (track != null) {
      track.executed(operation.operation(), start, System.nanoTime() - start);
    }
    if (outputs.length > 0 && result != null) {
      LineageItem item =
          activation.isTraced() ? LineageItem.literal((dev.reprise.runtime.Scalar) result) : null;
      activation.bind(outputs[0], result, item);
    }
    releaseDead(activation);
  }
}
