package dev.reprise.engine;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Probe;
import dev.reprise.cache.Waiter;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentFrame;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Meta;
import java.util.function.Supplier;

/**
 * The path of one pure operation: cost gate, probe, execute, admit. Stateless; called by control
 * threads.
 */
final class Pipeline {
  /**
   * Operations of less estimated work are executed without a probe: a probe with its key costs a
   * few hundred nanoseconds, and most of what is below would never be asked for again.
   */
  static final double COST_GATE_NANOS = 2_000;

  private final KernelRunner kernels;

  private final Execution execution;

  /** Null when nothing is reused. */
  private final LineageCache cache;

  private final Keeping keeping;

  /** What is watched while operations run. */
  private final RunChecks checks;

  private final RowSlices slices;

  private final ProbeChoice choice;

  Pipeline(
      KernelRunner kernels,
      Execution execution,
      LineageCache cache,
      Keeping keeping,
      RunChecks checks) {
    this.kernels = kernels;
    this.execution = execution;
    this.cache = cache;
    this.keeping = keeping;
    this.checks = checks;
    this.slices = new RowSlices(kernels, checks);
    this.choice = new ProbeChoice(keeping, execution, cache == null || checks.looksAtAll());
  }

  KernelRunner kernels() {
    return kernels;
  }

  /**
   * Computes an operation or finds its value.
   *
   * @param inputs borrowed from the activation; finished handles among them are replaced by their
   *     values
   * @param item the traced result; null when nothing is traced
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  Value compute(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin) {
    return compute(context, operation, inputs, item, origin, false);
  }

  /** As {@link #compute}, of a value that is one of the sample whatever its key. */
  Value computeSampled(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin) {
    return compute(context, operation, inputs, item, origin, true);
  }

  private Value compute(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      boolean sampled) {
    boolean pending = resolve(context, inputs);
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
    boolean placed = kernels.places() && isForDevices(operation, inputs);
    boolean watched = cache != null || checks.estimate() != null;
    double work = watched && item != null ? work(context, operation, inputs) : 0;
    boolean worthwhile =
        work >= COST_GATE_NANOS
            && operation.cacheable()
            && (pending && !placed
                || choice.isAsked(context, operation, inputs, item, work, sampled));
    if (!worthwhile && placed) {
      return executeAhead(context, operation, inputs, item, origin, pending);
    }
    if (cache == null || !worthwhile) {
      if (pending) {
        awaitAll(context, inputs);
      }
      Value value =
          worthwhile
              ? executeEstimated(context, operation, inputs, item)
              : executeInline(context, operation, inputs);
      Restoration.note(value, item);
      return value;
    }
    return probe(context, operation, inputs, item, origin, work, pending);
  }

  /** What an operation is known by that may fail after the program has gone on. */
  private Origin leftBehind(Origin origin, Value[] inputs, LineageItem item) {
    return (checks.traps() ? origin.with(item) : origin).leftBehind(inputs);
  }

  /**
   * True when the item of the operation is needed after all: it is looked up, or its cost noted, or
   * its value may lie on an accelerator, which may be lost. Otherwise its work is counted.
   *
   * @param activation that is being recorded
   * @param operand which one of the step that is being run, or {@link LoopRecorder#RESULT}
   */
  boolean needsItem(
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
    if (cache == null && checks.estimate() == null) {
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
  boolean mayLose(LinkedOperation operation, Value[] inputs) {
    return kernels.places() && isForDevices(operation, inputs);
  }

  /** True when an accelerator may have something to do with it. */
  private static boolean isForDevices(LinkedOperation operation, Value[] inputs) {
    if (operation.operation().opcode().evaluation() != Evaluation.KERNEL) {
      return false;
    }
    for (Value input : inputs) {
      if (input instanceof MatrixValue || input instanceof Handle) {
        return true;
      }
    }
    Meta made = infer(operation, inputs);
    return made != null && made.type() == ValueType.MATRIX && made.shape() != null;
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
    Meta meta = infer(operation, inputs);
    if (meta == null) {
      awaitAll(context, inputs);
      Value value = executeInline(context, operation, inputs);
      Restoration.note(value, item);
      return value;
    }
    context.checkCancelled();
    if (context.isAhead()) {
      context.awaitRoom();
    }
    Origin left = leftBehind(origin, inputs, item);
    FreeTask task =
        new FreeTask(
            context,
            inputs,
            meta,
            left,
            (complete, kernel, tally, later) ->
                execution.runUncached(operation, complete, item, kernel, tally, later));
    if (pending) {
      context.submitted(task.handle(), left);
      task.submit();
      return task.handle();
    }
    task.begin();
    return context.begun(task.handle(), left, null);
  }

  private static double work(ControlContext context, LinkedOperation operation, Value[] inputs) {
    double work = operation.work(inputs);
    context.work += (long) work;
    return work;
  }

  /**
   * Replaces finished handles by their values, and waits for those of unknown shape, whose work
   * could not be estimated. Returns whether unfinished handles remain.
   */
  private static boolean resolve(ControlContext context, Value[] inputs) {
    boolean pending = false;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof Handle handle) {
        Value value = handle.valueOrNull();
        if (value == null && (handle.meta() == null || handle.errorOrNull() != null)) {
          value = context.await(handle);
        }
        if (value == null) {
          pending = true;
        } else {
          inputs[i] = value;
        }
      }
      if (inputs[i] instanceof ListValue list && list.isPending()) {
        context.completed(list);
      }
      if (inputs[i] instanceof AbsentMatrix absent) {
        inputs[i] = absent.nearest();
      } else if (inputs[i] instanceof AbsentFrame absent) {
        inputs[i] = absent.nearest();
      }
      if (inputs[i] instanceof RowsView view && view.own() instanceof ManagedMatrix own) {
        inputs[i] = own;
      }
    }
    return pending;
  }

  private static void awaitAll(ControlContext context, Value[] inputs) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = context.awaited(inputs[i]);
    }
  }

  Value executeInline(ControlContext context, LinkedOperation operation, Value[] inputs) {
    long start = System.nanoTime();
    Value value = kernels.run(operation.operation(), inputs, context.kernel);
    context.counters.executed(
        operation.index(), operation.operation(), start, System.nanoTime() - start);
    return value;
  }

  /** Executes, and notes under the item's key what that cost. */
  private Value executeEstimated(
      ControlContext context, LinkedOperation operation, Value[] inputs, LineageItem item) {
    long start = System.nanoTime();
    Value value = executeInline(context, operation, inputs);
    checks.estimate().computed(item, System.nanoTime() - start, value.bytes());
    return value;
  }

  private Value probe(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      double work,
      boolean pending) {
    context.checkCancelled();
    if (context.isAhead()) {
      context.awaitRoom();
    }
    // Shapes that do not fit are reported at submission, before a claim is taken.
    boolean ahead = pending || kernels.places() && isForDevices(operation, inputs);
    Meta meta = ahead ? infer(operation, inputs) : null;
    Subscriber subscriber = new Subscriber(context, operation, inputs, item, origin, work);
    Probe probe = cache.probe(item.key(), subscriber);
    return switch (probe) {
      case Hit hit -> {
        context.counters.hit(operation.index(), operation.operation());
        context.carried.cameAgain(operation.account(), item);
        Restoration.note(hit.value(), item);
        yield checks.verifier() == null
            ? hit.value()
            : verified(context, operation, inputs, item, hit.value());
      }
      case InFlight inFlight -> {
        context.counters.met(inFlight, operation.index(), operation.operation());
        operation.account().saves(work);
        context.carried.cameAgain(operation.account(), item);
        context.met(inFlight.handle(), subscriber.origin(), item);
        yield inFlight.handle();
      }
      case Claim claim -> {
        context.counters.misses[operation.index()]++;
        operation.account().asking.inVain();
        if (pending) {
          yield subscriber.submit(claim, meta);
        }
        yield meta != null
            ? subscriber.begin(claim, meta)
            : executeClaimed(context, operation, inputs, item, work, claim);
      }
    };
  }

  /** The value of a hit, which is computed again when it is one of the sample. */
  private Value verified(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Value value) {
    try {
      if (checks.verifier().isSampled(item)) {
        awaitAll(context, inputs);
        checks.verifier().verify(operation.operation(), inputs, item, value, context.kernel);
      }
      return value;
    } catch (RuntimeException | Error e) {
      value.release();
      throw e;
    }
  }

  private Value executeClaimed(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      double work,
      Claim claim) {
    long start = System.nanoTime();
    Value value;
    try {
      value = execution.run(operation, inputs, item, context.kernel, context.counters);
    } catch (OperandException e) {
      claim.fail(e);
      throw e;
    } catch (RuntimeException | Error e) {
      claim.abandon();
      throw e;
    }
    try (claim) {
      keeping.complete(claim, operation.account(), item, work, value, System.nanoTime() - start);
      return value;
    } catch (Throwable e) {
      value.release();
      throw e;
    }
  }

  private static Meta infer(LinkedOperation operation, Value[] inputs) {
    return operation.operation().opcode().result().infer(operation.operation(), inputs);
  }

  /**
   * Makes the pending task of a probe when one is needed: in flight, or claimed ahead of inputs.
   */
  private final class Subscriber implements Supplier<Waiter> {
    private final ControlContext context;
    private final LinkedOperation operation;
    private final Value[] inputs;
    private final LineageItem item;
    private final double work;

    private Origin origin;

    Subscriber(
        ControlContext context,
        LinkedOperation operation,
        Value[] inputs,
        LineageItem item,
        Origin origin,
        double work) {
      this.context = context;
      this.operation = operation;
      this.inputs = inputs;
      this.item = item;
      this.origin = origin;
      this.work = work;
    }

    @Override
    public Waiter get() {
      Meta meta = infer(operation, inputs);
      return task(meta);
    }

    Handle submit(Claim claim, Meta meta) {
      try {
        PendingTask task = task(meta);
        Handle handle = task.handle();
        context.claimed(handle, origin(), item);
        task.takeOver(claim);
        return handle;
      } catch (Throwable e) {
        claim.close();
        throw e;
      }
    }

    /** As {@link #submit}, with complete inputs: an accelerator works while this thread goes on. */
    Value begin(Claim claim, Meta meta) {
      PendingTask task;
      try {
        task = task(meta);
      } catch (Throwable e) {
        claim.close();
        throw e;
      }
      task.begin(claim);
      return context.begun(task.handle(), origin(), item);
    }

    /** Of an operation that is left behind. */
    Origin origin() {
      if (origin.operands() == null) {
        origin = leftBehind(origin, inputs, item);
      }
      return origin;
    }

    private PendingTask task(Meta meta) {
      return new PendingTask(
          context,
          inputs,
          meta,
          origin(),
          (complete, kernel, tally, later) ->
              execution.run(operation, complete, item, kernel, tally, later),
          (claim, value, nanos) ->
              keeping.complete(claim, operation.account(), item, work, value, nanos));
    }
  }
}
