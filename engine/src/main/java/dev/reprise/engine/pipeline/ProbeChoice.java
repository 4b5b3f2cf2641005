package dev.reprise.engine.pipeline;

import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.worth.Asking;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;

/**
 * Whether the value of an instruction above the cost gate is looked up, or left out because that
 * was in vain so often: see {@link Asking}. Stateless; called by control threads.
 *
 * @param execution which knows whether parts of joined matrices are used
 * @param always whether everything that could be looked up is
 */
record ProbeChoice(Keeping keeping, Execution execution, boolean always) {
  /**
   * Of a value whose lineage is there.
   *
   * @param sampled whether it is in the sample of what is looked up all the same
   */
  boolean isAsked(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      double work,
      boolean sampled) {
    if (!mayBeLeftOut(operation, inputs)) {
      return true;
    }
    SiteAccount account = operation.account();
    if (skipsCarried(operation, inputs, work) && context.carried.isCarried(item)) {
      return false;
    }
    return sampled || keeping.isWorthAsking(account, item, work);
  }

  /**
   * Of a value that is made while the iteration is recorded.
   *
   * @param operand which one of the step that is being run, or {@link UntracedIteration#RESULT}
   */
  boolean isAskedRecorded(
      Activation activation, LinkedOperation operation, Value[] inputs, double work, int operand) {
    if (!mayBeLeftOut(operation, inputs)) {
      return true;
    }
    SiteAccount account = operation.account();
    return (activation.sampled || !keeping.asksForSample(account, work))
        && !(skipsCarried(operation, inputs, work) && activation.recorder.isCarried(operand));
  }

  private boolean skipsCarried(LinkedOperation operation, Value[] inputs, double work) {
    SiteAccount account = operation.account();
    return !keeping.asksForAllCarried(account)
        && keeping.skipsCarried(account, work, bytes(operation, inputs));
  }

  /** Of the result, as far as its shape is known. */
  private static long bytes(LinkedOperation operation, Value[] inputs) {
    Meta meta = operation.operation().opcode().result().infer(operation.operation(), inputs);
    return meta == null || meta.shape() == null
        ? 0
        : DenseMatrix.bytesOf(
            meta.shape().rows(), meta.shape().cols(), operation.operation().precision());
  }

  private boolean mayBeLeftOut(LinkedOperation operation, Value[] inputs) {
    // A join that is not asked for is made at once, and nobody knows its parts any more.
    if (always || (operation.binds() && execution.bindsPay())) {
      return false;
    }
    for (Value input : inputs) {
      if (input instanceof BoundMatrix) {
        return false;
      }
    }
    return true;
  }
}
