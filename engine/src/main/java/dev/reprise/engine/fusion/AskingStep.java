package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.pipeline.LateOperands;
import dev.reprise.engine.pipeline.OperationInputs;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.step.KernelStep;
import dev.reprise.engine.step.Steps;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.util.Set;

/**
 * A product, or an aggregate that is no part of fused loops, which asks the cache for its own value
 * before an operand of it is computed that nothing else reads.
 *
 * <pre>
 *   t = sqrt(X)        deferred: as large as X
 *   P = t %*% B        asked for first -- Hit, InFlight: t is never computed
 *                                      -- Claim: t is computed as ever, or found; then P
 * </pre>
 *
 * <p>Where the value is not asked for, operands are computed first as ever. Errors of operands are
 * reported at their own places; an operation that is deferred can fail for lack of memory only.
 */
public final class AskingStep extends KernelStep {
  /** What takes much longer than its operands, or leaves much less than they are. */
  private static final Set<String> ASKING =
      Set.of(
          "matmul",
          "tsmm",
          "var",
          "sd",
          "colVars",
          "colSds",
          "rowVars",
          "rowSds",
          "median",
          "quantile",
          "interQuartileMean",
          "moment",
          "cov");

  private final Pipeline pipeline;

  private AskingStep(Pipeline pipeline, Steps.Kernel eager, int[] releases) {
    super(eager, releases);
    this.pipeline = pipeline;
  }

  /** Whether a step would ask for its value before it needs its operands. */
  public static boolean mayAsk(Step step) {
    // Kinds of steps that do more than the pipeline have classes of their own.
    return step.getClass() == Steps.Kernel.class
        && ((Steps.Kernel) step).operation.cacheable()
        && ASKING.contains(((Steps.Kernel) step).operation.name());
  }

  /** The step so that it asks; the same if it does so already. */
  public static AskingStep of(Pipeline pipeline, Step step, int[] releases) {
    return step instanceof AskingStep asking
        ? asking
        : new AskingStep(pipeline, (Steps.Kernel) step, releases);
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value[] values = gather(activation, eager.inputs);
    if (!Deferred.isIn(values)) {
      eager.run(context, activation);
      return;
    }
    OperationInputs.resolve(context, values);
    LineageItem item = eager.trace(activation, eager.operation.operation(), eager.inputs);
    boolean asks = pipeline.asks(context, activation, eager.operation, values, item);
    Meta meta = asks ? metaOrNull(values) : null;
    if (meta != null) {
      LineageItem made = item == null ? eager.tracedOrRecorded(activation) : item;
      LateOperands operands =
          new DeferredOperands(
              eager.operation, values, made, meta, () -> resolved(context, activation));
      Value value = pipeline.ask(context, operands, new Origin(this, activation));
      activation.bind(eager.outputs[0], value, made);
      releaseDead(activation);
    } else {
      // Traced afterwards: what computes operands may end the recording of this iteration.
      DeferrableStep.computeInputs(context, activation, eager);
      eager.run(context, activation);
    }
  }

  /** What is asked for before an operand is computed that was deferred; null where nothing is. */
  LineageItem itemToAskFor(ControlContext context, Activation activation) {
    Value[] values = gather(activation, eager.inputs);
    if (!Deferred.isIn(values)) {
      return null;
    }
    OperationInputs.resolve(context, values);
    LineageItem item = eager.trace(activation, eager.operation.operation(), eager.inputs);
    if (!pipeline.asks(context, activation, eager.operation, values, item)) {
      return null;
    }
    return item == null ? eager.tracedOrRecorded(activation) : item;
  }

  /** What is made; null when that is not known, or operands do not fit, as the kernel says. */
  private Meta metaOrNull(Value[] values) {
    try {
      return OperationInputs.infer(eager.operation, values);
    } catch (OperandException e) {
      return null;
    }
  }

  /** Waits for nothing, since what is known of values to come was waited for before. */
  private Value[] resolved(ControlContext context, Activation activation) {
    Value[] values = computed(context, activation);
    OperationInputs.resolve(context, values);
    return values;
  }

  private Value[] computed(ControlContext context, Activation activation) {
    DeferrableStep.computeInputs(context, activation, eager);
    return gather(activation, eager.inputs);
  }
}
