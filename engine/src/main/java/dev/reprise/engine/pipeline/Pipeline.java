package dev.reprise.engine.pipeline;

import dev.reprise.cache.LineageCache;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.NumberFormula;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;

/**
 * The path of one pure operation: cost gate, then {@linkplain CacheLookup probe}, execute and
 * admit, or execute alone. Stateless; called by control threads.
 */
public final class Pipeline {
  /**
   * Operations of less estimated work are executed without a probe: a probe with its key costs a
   * few hundred nanoseconds, and most of what is below would never be asked for again.
   */
  public static final double COST_GATE_NANOS = 2_000;

  private final KernelRunner kernels;

  private final Execution execution;

  /** Null when nothing is reused. */
  private final CacheLookup lookup;

  /** What is watched while operations run. */
  private final RunChecks checks;

  private final RowSlices slices;

  private final ProbeChoice choice;

  /** Null where every operation is to be seen. */
  private final ShortWay shortWay;

  public Pipeline(Resources resources, Execution execution, Keeping keeping, RunChecks checks) {
    LineageCache cache = resources.cache();
    this.kernels = resources.kernels();
    this.execution = execution;
    this.lookup =
        cache == null ? null : new CacheLookup(kernels, execution, cache, keeping, checks);
    this.checks = checks;
    this.slices = new RowSlices(kernels, checks);
    this.choice = new ProbeChoice(keeping, execution, lookup == null || checks.looksAtAll());
    this.shortWay = checks.looksAtAll() ? null : new ShortWay(resources, slices, lookup != null);
  }

  /** Whether {@link #computeFewOrNull} may be asked for values of the operation. */
  public boolean takesFew(LinkedOperation operation) {
    return shortWay != null && shortWay.takes(operation);
  }

  /**
   * As {@link #compute}, of what is so little that nothing of this pipeline is needed for it.
   *
   * @param operation one that it {@linkplain #takesFew takes} here
   * @param item the traced result; null when nothing is traced, or the iteration is recorded
   * @return null when it is to be computed the usual way; nothing has happened then
   */
  public Value computeFewOrNull(
      ControlContext context,
      Activation activation,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item) {
    return shortWay.computeOrNull(context, activation, operation, inputs, item);
  }

  /**
   * Computes an operation or finds its value.
   *
   * @param inputs borrowed from the activation; finished handles among them are replaced by their
   *     values
   * @param item the traced result; null when nothing is traced
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  public Value compute(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin) {
    return compute(context, operation, inputs, item, origin, false);
  }

  /** As {@link #compute}, of a value that is one of the sample whatever its key. */
  public Value computeSampled(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin) {
    return compute(context, operation, inputs, item, origin, true);
  }

  /**
   * True when an operation is looked up, so that it may be {@linkplain #ask asked} before operands
   * that are deferred. Changes and counts nothing.
   *
   * @param item of the result; null while the iteration is recorded
   */
  public boolean asks(
      ControlContext context,
      Activation activation,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item) {
    if (lookup == null || checks.looksAtAll() || kernels.places() || !operation.cacheable()) {
      return false;
    }
    double work = operation.work(inputs);
    if (work < COST_GATE_NANOS) {
      return false;
    }
    if (activation.isRecorded()) {
      return choice.isAskedRecorded(activation, operation, inputs, work, UntracedIteration.RESULT);
    }
    return item != null
        && choice.isAsked(context, operation, inputs, item, work, activation.sampled);
  }

  /**
   * Finds the value of an operation, or computes it after those of its operands that are deferred.
   *
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  public Value ask(ControlContext context, LateOperands operands, Origin origin) {
    double work = operands.operation().work(operands.values());
    context.work += (long) work;
    return lookup.ask(context, operands, origin, work);
  }

  private Value compute(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      boolean sampled) {
    NumberFormula formula =
        operation.feedsMatrices() && kernels.takesNumbers()
            ? NumberFormula.orNull(operation.operation(), inputs)
            : null;
    if (formula == null) {
      return computeOrFind(context, operation, inputs, item, origin, sampled);
    }
    Value value;
    try {
      value = computeOrFind(context, operation, inputs, item, origin, sampled);
    } catch (RuntimeException | Error e) {
      formula.release();
      throw e;
    }
    return formula.beside(value);
  }

  private Value computeOrFind(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      boolean sampled) {
    boolean pending =
        kernels.takesNumbers()
            ? OperationInputs.resolveButNumbers(context, operation.operation(), inputs)
            : OperationInputs.resolve(context, inputs);
    RowsView view = operation.slices() ? slices.viewOrNull(operation.operation(), inputs) : null;
    if (view != null) {
      if (item != null) {
        // What keeps the outcome of a region copies it.
        work(context, operation, inputs);
      }
      context.counters.viewed(operation.index(), operation.operation(), view.bytes());
      Restoration.note(view, item);
      execution.sliced(operation, inputs, item, view);
      return view;
    }
    boolean placed = kernels.places() && OperationInputs.isForDevices(operation, inputs);
    boolean watched = lookup != null || checks.estimate() != null;
    double estimated = operation.work(inputs);
    double work = watched && item != null ? estimated : 0;
    context.work += (long) work;
    boolean worthwhile =
        work >= COST_GATE_NANOS
            && operation.cacheable()
            && (pending && !placed
                || choice.isAsked(context, operation, inputs, item, work, sampled));
    if (!worthwhile && placed) {
      return executeAhead(context, operation, inputs, item, origin, pending);
    }
    if (lookup == null || !worthwhile) {
      if (pending) {
        OperationInputs.awaitAll(context, inputs);
        estimated = operation.work(inputs);
      }
      Value value =
          worthwhile
              ? executeEstimated(context, operation, inputs, item, estimated)
              : executeInline(context, operation, inputs, estimated);
      Restoration.note(value, item);
      return value;
    }
    return lookup.probe(context, operation, inputs, item, origin, work, pending);
  }

  /**
   * True when the item of the operation is needed after all: it is looked up, or its cost noted, or
   * its value may lie on an accelerator, which may be lost. Otherwise its work is counted.
   *
   * @param activation that is being recorded
   * @param operand which one of the step that is being run, or {@link UntracedIteration#RESULT}
   */
  public boolean needsItem(
      ControlContext context,
      Activation activation,
      LinkedOperation operation,
      Value[] inputs,
      int operand) {
    if (mayLose(operation, inputs)) {
      return true;
    }
    if (operation.slices() && slices.mayView(operation.operation(), inputs)) {
      work(context, operation, inputs);
      return false;
    }
    if (lookup == null && checks.estimate() == null) {
      return false;
    }
    for (Value input : inputs) {
      if (input instanceof Handle) {
        return true;
      }
    }
    double work = operation.work(inputs);
    if (work >= COST_GATE_NANOS
        && operation.cacheable()
        && choice.isAskedRecorded(activation, operation, inputs, work, operand)) {
      return true;
    }
    context.work += (long) work;
    return false;
  }

  /**
   * True when the value of the operation may lie on an accelerator, which may be lost: then the
   * items of all that it is made of are needed.
   */
  public boolean mayLose(LinkedOperation operation, Value[] inputs) {
    return kernels.places() && OperationInputs.isForDevices(operation, inputs);
  }

  /**
   * Executes an operation that the cache hears nothing of. An accelerator works while the control
   * thread goes on, and so does the processor when inputs are still being computed.
   */
  private Value executeAhead(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      boolean pending) {
    Meta meta = OperationInputs.infer(operation, inputs);
    if (meta == null) {
      OperationInputs.awaitAll(context, inputs);
      Value value = executeInline(context, operation, inputs);
      Restoration.note(value, item);
      return value;
    }
    context.checkCancelled();
    context.awaitRoom();
    Origin left = checks.leftBehind(origin, inputs, item);
    FreeTask task =
        new FreeTask(
            context,
            inputs,
            meta,
            left,
            (complete, kernel, tally, later) ->
                execution.runUncached(operation, complete, item, kernel, tally, later));
    if (pending) {
      if (Relayed.isOfNumbers(inputs, meta)) {
        context.ahead.addOfNumbers(task.handle(), left);
      } else {
        context.ahead.add(task.handle(), left, null);
      }
      task.submit();
      return task.handle();
    }
    task.begin();
    return context.ahead.begun(task.handle(), left, null);
  }

  private static double work(ControlContext context, LinkedOperation operation, Value[] inputs) {
    double work = operation.work(inputs);
    context.work += (long) work;
    return work;
  }

  public Value executeInline(ControlContext context, LinkedOperation operation, Value[] inputs) {
    return executeInline(context, operation, inputs, operation.work(inputs));
  }

  private Value executeInline(
      ControlContext context, LinkedOperation operation, Value[] inputs, double work) {
    int stands = context.counters.stand(operation.index(), work);
    if (stands == 0) {
      Value value = kernels.run(operation.operation(), inputs, context.kernel, work);
      context.counters.executedUntimed(operation.index());
      return value;
    }
    long start = System.nanoTime();
    Value value = kernels.run(operation.operation(), inputs, context.kernel, work);
    long took = System.nanoTime() - start;
    context.counters.executed(operation.index(), operation.operation(), start, stands * took);
    return value;
  }

  /** Executes, and notes under the item's key what that cost. */
  private Value executeEstimated(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      double work) {
    long start = System.nanoTime();
    Value value = executeInline(context, operation, inputs, work);
    checks.estimate().computed(item, System.nanoTime() - start, value.bytes());
    return value;
  }
}
