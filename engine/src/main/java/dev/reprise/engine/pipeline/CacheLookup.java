package dev.reprise.engine.pipeline;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Probe;
import dev.reprise.cache.Waiter;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.util.function.Supplier;

/**
 * The path of an operation that is looked up in the cache: probe, and where the value is not there,
 * execute under the claim and admit. Stateless; called by control threads.
 */
final class CacheLookup {
  private final KernelRunner kernels;
  private final Execution execution;
  private final LineageCache cache;
  private final Keeping keeping;
  private final RunChecks checks;

  CacheLookup(
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
  }

  /**
   * Computes the operation or finds its value.
   *
   * @param pending whether inputs are still being computed
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  Value probe(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item,
      Origin origin,
      double work,
      boolean pending) {
    context.checkCancelled();
    context.awaitRoom();
    // Shapes that do not fit are reported at submission, before a claim is taken.
    boolean ahead = pending || kernels.places() && OperationInputs.isForDevices(operation, inputs);
    Meta meta = ahead ? OperationInputs.infer(operation, inputs) : null;
    Subscriber subscriber = new Subscriber(context, operation, inputs, item, origin, work);
    Probe probe = cache.probe(item.key(), subscriber);
    if (probe instanceof Hit hit) {
      noteHit(context, operation, item, hit);
      return checks.verifier() == null
          ? hit.value()
          : verified(context, operation, inputs, item, hit.value());
    }
    if (probe instanceof InFlight inFlight) {
      noteMet(context, operation, item, work, inFlight);
      context.ahead.met(inFlight.handle(), subscriber.origin(), item);
      return inFlight.handle();
    }
    Claim claim = (Claim) probe;
    noteMiss(context, operation);
    if (pending) {
      return subscriber.submit(claim, meta);
    }
    return meta != null
        ? subscriber.begin(claim, meta)
        : executeClaimed(context, operation, inputs, item, work, claim);
  }

  /**
   * As {@link #probe}, of an operation of whose operands some are computed only if its value is not
   * there. They are computed under its claim, each with a claim of its own if it is looked up; that
   * is no waiting, since all that they read is complete.
   */
  Value ask(ControlContext context, LateOperands operands, Origin origin, double work) {
    LinkedOperation operation = operands.operation();
    LineageItem item = operands.item();
    context.checkCancelled();
    context.awaitRoom();
    Probe probe = cache.probe(item.key(), () -> task(context, operands, origin, work));
    if (probe instanceof Hit hit) {
      noteHit(context, operation, item, hit);
      context.work += (long) operands.workOfDeferred();
      return hit.value();
    }
    if (probe instanceof InFlight inFlight) {
      noteMet(context, operation, item, work, inFlight);
      context.work += (long) operands.workOfDeferred();
      context.ahead.met(inFlight.handle(), leftBehind(origin, operands), item);
      return inFlight.handle();
    }
    Claim claim = (Claim) probe;
    noteMiss(context, operation);
    Value[] inputs = context.owing(claim, operands::computed);
    return OperationInputs.areMissing(inputs)
        ? new Subscriber(context, operation, inputs, item, origin, work)
            .submit(claim, operands.meta())
        : executeClaimed(context, operation, inputs, item, work, claim);
  }

  private Origin leftBehind(Origin origin, LateOperands operands) {
    return checks.leftBehind(origin, operands.values(), operands.item());
  }

  /** Computes what was deferred and the operation, should its owner give up. */
  private PendingTask task(
      ControlContext context, LateOperands operands, Origin origin, double work) {
    LateOperands.Members members = operands.members(origin);
    LinkedOperation operation = operands.operation();
    LineageItem item = operands.item();
    return new PendingTask(
        context,
        members.leaves(),
        operands.meta(),
        leftBehind(origin, operands),
        (complete, kernel, tally, later) -> members.compute(complete, execution, kernel, tally),
        (claim, value, nanos) ->
            keeping.complete(claim, operation.account(), item, work, value, nanos));
  }

  private static void noteHit(
      ControlContext context, LinkedOperation operation, LineageItem item, Hit hit) {
    context.counters.hit(operation.index(), operation.operation());
    context.carried.cameAgain(operation.account(), item);
    Restoration.note(hit.value(), item);
  }

  private static void noteMet(
      ControlContext context,
      LinkedOperation operation,
      LineageItem item,
      double work,
      InFlight inFlight) {
    context.counters.met(inFlight, operation.index(), operation.operation());
    operation.account().saves(work);
    context.carried.cameAgain(operation.account(), item);
  }

  private static void noteMiss(ControlContext context, LinkedOperation operation) {
    context.counters.misses[operation.index()]++;
    operation.account().asking().inVain();
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
        OperationInputs.awaitAll(context, inputs);
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
      Meta meta = OperationInputs.infer(operation, inputs);
      return task(meta);
    }

    Handle submit(Claim claim, Meta meta) {
      try {
        PendingTask task = task(meta);
        Handle handle = task.handle();
        context.ahead.add(handle, origin(), item);
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
      return context.ahead.begun(task.handle(), origin(), item);
    }

    /** Of an operation that is left behind. */
    Origin origin() {
      if (origin.operands() == null) {
        origin = checks.leftBehind(origin, inputs, item);
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
