package dev.reprise.engine.link;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.fusion.AskingStep;
import dev.reprise.engine.fusion.FusableStep;
import dev.reprise.engine.fusion.FusableStep.Deferral;
import dev.reprise.engine.fusion.ProductStep;
import dev.reprise.engine.step.Steps;
import dev.reprise.engine.step.SumStep;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import java.util.List;
import java.util.Set;

/**
 * Which values of a program may be deferred to their readers.
 *
 * @param isOn false when every operation runs by itself
 * @param variables whether variables may be deferred that are read once, not only temporaries
 * @param keepsInvariants whether what a loop computes again and again is found in the cache, and
 *     products ask for their values before their operands are computed
 * @param changesBits whether single cells of a product may have other bits than the whole has
 */
public record FusionScope(
    boolean isOn, boolean variables, boolean keepsInvariants, boolean changesBits) {

  /**
   * What a session's options allow for scripts. Options that look at the value of every operation
   * switch fusion off.
   */
  public static FusionScope ofScripts(SessionConfig config) {
    boolean looksAtAll = !config.traps().isEmpty() || config.estimate() || config.verifyReuse() > 0;
    boolean on = config.fusion() && !looksAtAll;
    boolean changesBits = config.numerics() != Numerics.EXACT;
    return new FusionScope(on, true, config.reuse().reuses(), changesBits);
  }

  /**
   * As {@link #ofScripts}; variables keep their values for whoever looks at them after a failure.
   */
  public static FusionScope ofConversations(SessionConfig config) {
    FusionScope scripts = ofScripts(config);
    return new FusionScope(scripts.isOn, false, scripts.keepsInvariants, scripts.changesBits);
  }

  /**
   * Replaces the steps of a block that may take part in fused loops.
   *
   * @param changing slots that change while the innermost loop around the block runs, or null
   */
  void wrap(
      List<Instruction> instructions,
      Step[] steps,
      Procedure procedure,
      Machinery machinery,
      Set<Integer> changing) {
    if (!isOn || steps.length < 2) {
      return;
    }
    FusableOperation[] fusable = new FusableOperation[steps.length];
    boolean[] asking = new boolean[steps.length];
    for (int i = 0; i < steps.length; i++) {
      fusable[i] = fusableOrNull(instructions.get(i), steps[i]);
      asking[i] = keepsInvariants && AskingStep.mayAsk(steps[i]);
    }
    FusionCandidates candidates = new FusionCandidates(instructions, fusable, asking, changing);
    Deferral[] deferrals = new Deferral[steps.length];
    for (int i = 0; i < steps.length; i++) {
      if (fusable[i] != null) {
        Deferral deferral =
            mayDefer(procedure, instructions.get(i).outputs()[0])
                ? candidates.deferral(i)
                : Deferral.NEVER;
        deferrals[i] = deferral;
        int[] releases = instructions.get(i).releases();
        steps[i] =
            new FusableStep(
                machinery.pipeline(),
                machinery.fusion(),
                (Steps.Kernel) steps[i],
                releases,
                fusable[i],
                deferral);
        if (deferral == Deferral.ASKED) {
          int reader = candidates.reader(i);
          steps[reader] =
              AskingStep.of(
                  machinery.pipeline(), steps[reader], instructions.get(reader).releases());
        }
      }
    }
    wrapProducts(instructions, steps, procedure, machinery, candidates, deferrals);
  }

  /** Replaces the steps of products that may be masked by something. */
  private void wrapProducts(
      List<Instruction> instructions,
      Step[] steps,
      Procedure procedure,
      Machinery machinery,
      FusionCandidates candidates,
      Deferral[] deferrals) {
    for (int i = 0; i < steps.length; i++) {
      if (!isProduct(instructions.get(i), steps[i])
          || !mayDefer(procedure, instructions.get(i).outputs()[0])) {
        continue;
      }
      int[] masks =
          candidates.maskings(i, deferrals).stream()
              .mapToInt(masking -> steps[masking.instruction()].inputs()[masking.operand()])
              .toArray();
      if (masks.length > 0) {
        steps[i] =
            new ProductStep(
                machinery.pipeline(),
                machinery.fusion(),
                steps[i],
                instructions.get(i).releases(),
                masks,
                changesBits);
      }
    }
  }

  private static boolean isProduct(Instruction instruction, Step step) {
    // Kinds of steps that do more than the pipeline have classes of their own.
    return instruction instanceof Instruction.Compute compute
        && compute.operation().name().equals("matmul")
        && (step.getClass() == Steps.Kernel.class || step instanceof AskingStep);
  }

  private static FusableOperation fusableOrNull(Instruction instruction, Step step) {
    if (!(instruction instanceof Instruction.Compute compute)
        || !(step instanceof Steps.Kernel)
        || step instanceof SumStep) {
      return null;
    }
    FusableOperation fusable = FusableOperation.of(compute.operation().name());
    return fusable != null && fusable.arity() == compute.inputs().length ? fusable : null;
  }

  private boolean mayDefer(Procedure procedure, int slot) {
    return slot >= 0 && (variables || procedure.slotNames().get(slot) == null);
  }
}
