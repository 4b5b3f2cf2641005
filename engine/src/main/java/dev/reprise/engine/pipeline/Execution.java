package dev.reprise.engine.pipeline;

import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.device.CountedLater;
import dev.reprise.engine.device.DeviceClasses;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.KernelTime;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.replay.ContentPlan;
import dev.reprise.engine.replay.KnownContent;
import dev.reprise.engine.replay.OperationCost;
import dev.reprise.engine.replay.PuttingOff;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.Answer;
import dev.reprise.engine.stored.KnownForm;
import dev.reprise.engine.stored.Loading;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.CompleteInputs;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.store.Artifact;
import dev.reprise.store.MeasuredCosts;
import java.util.List;

/**
 * Executes a claimed operation whose inputs are complete: binds without copying, puts the result
 * together from parts, or runs the kernel. Thread-safe.
 */
public final class Execution {
  /** A found value is computed all the same if loading it takes so many times as long. */
  private static final double MUCH_LESS = 2;

  private final Sources sources;
  private final Resources resources;
  private final KernelRunner kernels;

  /** Null when parts are not reused. */
  private final Parts parts;

  /** Null when nothing is computed twice for comparison. */
  private final ReuseVerifier verifier;

  /** Null without an experiment store. */
  private final StoredValues stored;

  private final PuttingOff puttingOff;

  public Execution(Sources sources, Parts parts, ReuseVerifier verifier) {
    this.sources = sources;
    this.resources = sources.resources();
    this.verifier = verifier;
    this.stored = resources.stored();
    this.kernels = resources.kernels();
    this.parts = parts;
    this.puttingOff = new PuttingOff(sources);
  }

  /** True as long as matrices had better be joined lazily: operations use their parts. */
  boolean bindsPay() {
    return parts != null && parts.bindsPay();
  }

  /**
   * The result of the operation.
   *
   * @param inputs complete, borrowed
   * @param item of the result
   * @return the caller owns one reference
   */
  public Value run(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally) {
    return run(linked, inputs, item, context, tally, null);
  }

  /**
   * As the other, but does not wait for an accelerator.
   *
   * @param inputs complete, but for numbers that an accelerator has, on its worker; referenced
   *     until {@code later} has been told, if it will be
   * @param later null when the caller waits
   * @return null when {@code later} will be told
   */
  public Value run(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally,
      Later later) {
    double work = stored == null || item == null ? 0 : linked.work(inputs);
    return stored != null && stored.questions().isWorth(work)
        ? storedOrComputed(linked, inputs, item, context, tally, later, work)
        : compute(linked, inputs, item, context, tally, later, KernelTime.UNHEARD);
  }

  /** Finds the value in the experiment store, or computes it and offers it. */
  private Value storedOrComputed(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally,
      Later later,
      double work) {
    Relayed.leaveWorker();
    lookAtOperands(inputs, item);
    Answer answer =
        stored
            .questions()
            .ask(
                item,
                work,
                later == null ? () -> true : later::isWanted,
                (found, artifact) ->
                    resources.mayDefer() ? absent(linked, inputs, item, found, artifact) : null,
                artifact -> isCheaperToCompute(item, artifact));
    if (answer.value() != null) {
      Restoration.note(answer.value(), item);
      // Another process may have put it together from parts.
      return verifier == null
          ? answer.value()
          : verified(linked.operation(), inputs, item, context, answer.value());
    }
    long start = System.nanoTime();
    Later offering = later == null ? null : new Offering(later, answer, start);
    try {
      Value value = compute(linked, inputs, item, context, tally, offering, timeOf(answer));
      if (value != null) {
        answer.computed(value, System.nanoTime() - start);
      }
      return value;
    } catch (RuntimeException | Error e) {
      answer.close();
      throw e;
    }
  }

  private void lookAtOperands(Value[] inputs, LineageItem item) {
    if (item.inputCount() == inputs.length) {
      stored.contents().lookAt(CompleteInputs.operandsOf(item), inputs, resources.mayDefer());
    }
  }

  private static KernelTime timeOf(Answer answer) {
    return (worker, nanos) -> answer.took(DeviceClasses.of(worker), nanos);
  }

  /**
   * True for what was measured to take much less, where this run would compute it, than loading.
   */
  private boolean isCheaperToCompute(LineageItem item, Artifact artifact) {
    long load = Loading.nanos(artifact);
    if (load <= ContentPlan.CHEAP_NANOS || !stored.questions().isWorth(load)) {
      // Looking takes about as long, a round trip with a server.
      return false;
    }
    MeasuredCosts costs = stored.lookup().costsOf(List.of(item)).get(item.key());
    long here = costs == null ? 0 : resources.accelerators().measured(costs);
    return here > 0 && MUCH_LESS * here < load;
  }

  /**
   * What the store has of a matrix or frame whose form is known before it is loaded; else null.
   *
   * @param item of the operation
   * @param found the same, or the item of one of its outputs
   */
  private Value absent(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      LineageItem found,
      Artifact artifact) {
    if (item.inputCount() != inputs.length) {
      return null;
    }
    KnownForm form = found == item ? KnownForm.inferred(linked.operation(), inputs) : null;
    if (form == null) {
      form = KnownForm.of(stored.lookup(), artifact);
    }
    if (form == null) {
      return null;
    }
    return KnownContent.of(
        sources,
        new KnownContent.Facts(found, form, artifact),
        CompleteInputs.ofOperands(item, inputs),
        new OperationCost(stored.lookup(), item, artifact.costNanos()));
  }

  /** Offers what an accelerator has computed before it passes it on. */
  private record Offering(Later later, Answer answer, long start) implements Later {
    @Override
    public boolean isWanted() {
      return later.isWanted();
    }

    @Override
    public void took(AcceleratorWorker worker, long nanos) {
      answer.took(DeviceClasses.of(worker), nanos);
    }

    @Override
    public void completed(Value value, long nanos) {
      try {
        answer.computed(value, Later.nanosSince(start, nanos));
      } finally {
        later.completed(value, nanos);
      }
    }

    @Override
    public void routed(AcceleratorWorker worker) {
      later.routed(worker);
    }

    @Override
    public void launchedNumber(ManagedMatrix cell) {
      later.launchedNumber(cell);
    }

    @Override
    public void failed(Throwable error) {
      try (answer) {
        later.failed(error);
      }
    }
  }

  private Value compute(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally,
      Later later,
      KernelTime time) {
    if (parts == null || !linked.hasRewrites() || item == null) {
      return kernel(linked, inputs, item, context, tally, later, time, parts != null);
    }
    Relayed.needNumbers(inputs);
    Operation operation = linked.operation();
    if (linked.binds()) {
      Relayed.leaveWorker();
      BoundMatrix bound = parts.bind(operation, inputs, item, context);
      if (bound != null) {
        tally.executed(linked.index(), operation, System.nanoTime(), 0);
        return bound;
      }
      return kernel(linked, inputs, item, context, tally, later, time, true);
    }
    PartialReuse.Result result = parts.putTogether(linked, inputs, item, context, tally);
    if (result != null) {
      Restoration.note(result.value(), item);
      tally.partialHit(result.rewrite(), result.savedNanos());
      return verifier == null
          ? result.value()
          : verified(operation, inputs, item, context, result.value());
    }
    return kernel(linked, inputs, item, context, tally, later, time, true);
  }

  /**
   * As {@link #run}, for an operation that the cache hears nothing of: no parts are looked for.
   *
   * @param item of the result, or null
   */
  Value runUncached(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally,
      Later later) {
    return kernel(linked, inputs, item, context, tally, later, KernelTime.UNHEARD, false);
  }

  /**
   * A value that may have been put together from parts, computed as a whole, too, when it is one of
   * the sample.
   */
  private Value verified(
      Operation operation,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Value value) {
    verifier.rewrote(item);
    try {
      if (verifier.isSampled(item)) {
        verifier.verify(operation, inputs, item, value, context);
      }
      return value;
    } catch (RuntimeException | Error e) {
      value.release();
      throw e;
    }
  }

  private Value kernel(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally,
      Later later,
      KernelTime time,
      boolean tellsParts) {
    AbsentValue<?> putOff = stored == null ? null : puttingOff.of(linked, inputs, item);
    if (putOff != null) {
      Restoration.note(putOff, item);
      return putOff;
    }
    long start = System.nanoTime();
    // Asked once: each placement may take a turn.
    boolean placed = later != null && kernels.places();
    if (placed
        && kernels.submit(
            linked.operation(),
            inputs,
            context,
            new Counted(later, linked, inputs, item, tally, start, tellsParts))) {
      return null;
    }
    Relayed.needNumbers(inputs);
    boolean within = AcceleratorWorker.isCurrent() && isOfNumbers(linked.operation(), inputs);
    if (!within) {
      Relayed.leaveWorker();
    }
    Value value =
        within
            ? kernels.runWithin(linked.operation(), inputs, context)
            : placed
                ? kernels.runHere(linked.operation(), inputs, context, time)
                : kernels.run(linked.operation(), inputs, context, time);
    tally.executed(linked.index(), linked.operation(), start, System.nanoTime() - start);
    Restoration.note(value, item);
    if (tellsParts) {
      parts.executed(linked, inputs, item, value);
    }
    return value;
  }

  private static boolean isOfNumbers(Operation operation, Value[] inputs) {
    return Relayed.isOfNumbers(inputs, operation.opcode().result().infer(operation, inputs));
  }

  /** Hears of a slice that is a view, made without execution. */
  void sliced(LinkedOperation linked, Value[] inputs, LineageItem item, Value view) {
    if (parts != null) {
      parts.executed(linked, inputs, item, view);
    }
  }

  /** Counts a kernel that ran on an accelerator. */
  private final class Counted extends CountedLater {
    private final LinkedOperation linked;
    private final Value[] inputs;
    private final LineageItem item;
    private final Tally tally;
    private final boolean tellsParts;

    Counted(
        Later later,
        LinkedOperation linked,
        Value[] inputs,
        LineageItem item,
        Tally tally,
        long start,
        boolean tellsParts) {
      super(later, start);
      this.linked = linked;
      this.inputs = inputs;
      this.item = item;
      this.tally = tally;
      this.tellsParts = tellsParts;
    }

    @Override
    protected void count(Value value, long nanos) {
      tally.executedElsewhere(linked.index(), linked.operation(), nanos);
      Restoration.note(value, item);
      if (tellsParts) {
        parts.executed(linked, inputs, item, value);
      }
    }
  }
}
