package dev.reprise.engine.fusion;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Probe;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.fusion.FusedCall.Member;
import dev.reprise.engine.pipeline.FreeTask;
import dev.reprise.engine.pipeline.PendingTask;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.pipeline.Relayed;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.AcceleratorWorker;

/**
 * The path of a fused loop: as the {@link Pipeline} with the root as the operation, and with its
 * members looked after. Called by control threads, and by pool tasks that took a claim over.
 *
 * <pre>
 *   probe the root -- Hit, InFlight: done
 *                  -- Claim: is the value of an expensive member cached, or one that pays, since it
 *                           is asked for a second time?
 *                       no    one loop
 *                       yes   operation by operation; expensive members are taken and kept
 * </pre>
 *
 * <p>So a value that a program without fusion would find again is computed at most once more than
 * there: the first time inside a loop, the second time by itself, then it is found. Everything
 * under a claim only looks into the cache and never waits.
 */
public final class Fusion {
  private final FusedExecution execution;
  private final FusedMembers members;
  private final ChainsOnDevices chains;

  /** Null when nothing is reused. */
  private final LineageCache cache;

  private final Keeping keeping;

  public Fusion(
      FusedExecution execution, FusedMembers members, LineageCache cache, Keeping keeping) {
    this.execution = execution;
    this.members = members;
    this.chains = execution.chains();
    this.cache = cache;
    this.keeping = keeping;
  }

  ChainsOnDevices chains() {
    return chains;
  }

  /**
   * Computes a call or finds its value.
   *
   * @param sampled whether it is in the sample of what is looked up although that was in vain
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  Value compute(ControlContext context, FusedCall call, Origin origin, boolean sampled) {
    context.work += (long) call.workNanos;
    chains.notice(call.workNanos);
    boolean ahead = chains.isActive() && !call.isMasked();
    if (cache == null || !isAsked(context, call, sampled)) {
      return ahead ? computeAhead(context, call, origin) : computeInline(context, call);
    }
    context.checkCancelled();
    context.awaitRoom();
    Member root = call.root();
    int opcode = root.operation().index();
    Probe probe = cache.probe(call.rootItem().key(), () -> task(context, call, origin));
    if (probe instanceof Hit hit) {
      context.counters.hit(opcode, root.operation().operation());
      context.carried.cameAgain(root.operation().account(), call.rootItem());
      return hit.value();
    }
    if (probe instanceof InFlight inFlight) {
      context.counters.met(inFlight, opcode, root.operation().operation());
      root.operation().account().saves(call.workNanos);
      context.carried.cameAgain(root.operation().account(), call.rootItem());
      context.ahead.met(inFlight.handle(), origin, call.rootItem());
      return inFlight.handle();
    }
    Claim claim = (Claim) probe;
    context.counters.misses[opcode]++;
    root.operation().account().asking().inVain();
    return ahead
        ? computeAhead(context, call, claim, origin)
        : computeClaimed(context, call, claim);
  }

  /**
   * Whether the cache has a value at this moment; counts nothing.
   *
   * @param item its item, or null when it is not asked for
   */
  boolean isCached(LineageItem item) {
    return item != null && cache != null && cache.contains(item.key());
  }

  private boolean isAsked(ControlContext context, FusedCall call, boolean sampled) {
    LineageItem item = call.rootItem();
    SiteAccount account = call.root().operation().account();
    return item != null
        && FusedMembers.isProbed(call.root(), call.workNanos)
        && !(skipsCarried(call) && context.carried.isCarried(item))
        && (sampled || keeping.isWorthAsking(account, item, call.workNanos));
  }

  /**
   * True when the lineage of a call is needed: its value is looked up, or would be if the sample
   * did not go by iterations where these are recorded.
   */
  boolean needsItem(Activation activation, FusedCall call, int operand) {
    SiteAccount account = call.root().operation().account();
    return cache != null
        && FusedMembers.isProbed(call.root(), call.workNanos)
        && (activation.sampled || !keeping.asksForSample(account, call.workNanos))
        && !(skipsCarried(call) && activation.recorder.isCarried(operand));
  }

  private boolean skipsCarried(FusedCall call) {
    SiteAccount account = call.root().operation().account();
    return !keeping.asksForAllCarried(account)
        && keeping.skipsCarried(account, call.workNanos, call.resultBytes());
  }

  private PendingTask task(ControlContext context, FusedCall call, Origin origin) {
    return new PendingTask(
        context,
        call.leaves,
        call.meta,
        origin,
        new ClaimedCall(call),
        (claim, value, nanos) -> complete(call, claim, value, nanos));
  }

  /** An accelerator works, or inputs are still being computed, while the control thread goes on. */
  private Value computeAhead(ControlContext context, FusedCall call, Origin origin) {
    context.checkCancelled();
    context.awaitRoom();
    FreeTask task =
        new FreeTask(
            context,
            call.leaves,
            call.meta,
            origin,
            (leaves, kernel, tally, later) ->
                execution.place(members.of(call, leaves, kernel, tally), later));
    if (isPending(call)) {
      context.ahead.add(task.handle(), origin, null);
      task.submit();
      return task.handle();
    }
    task.begin();
    return context.ahead.begun(task.handle(), origin, null);
  }

  /** The same under a claim, which the task has from its beginning. */
  private Value computeAhead(ControlContext context, FusedCall call, Claim claim, Origin origin) {
    PendingTask task;
    try {
      task = task(context, call, origin);
      if (isPending(call)) {
        context.ahead.add(task.handle(), origin, call.rootItem());
        task.takeOver(claim);
        return task.handle();
      }
    } catch (Throwable e) {
      claim.close();
      throw e;
    }
    task.begin(claim);
    return context.ahead.begun(task.handle(), origin, call.rootItem());
  }

  private static boolean isPending(FusedCall call) {
    for (Value leaf : call.leaves) {
      if (ChainsOnDevices.isMissing(leaf)) {
        return true;
      }
    }
    return false;
  }

  private Value computeInline(ControlContext context, FusedCall call) {
    Value value = execution.loop(call, call.leaves, context.kernel, context.counters);
    return value != null ? value : members(context, call).value();
  }

  private FusedMembers.Computation members(ControlContext context, FusedCall call) {
    return members.of(call, call.leaves, context.kernel, context.counters);
  }

  private Value computeClaimed(ControlContext context, FusedCall call, Claim claim) {
    long start = System.nanoTime();
    Value value;
    try {
      FusedMembers.Computation one = members(context, call);
      boolean known = one.findKnown();
      value = known ? null : execution.loop(call, call.leaves, context.kernel, context.counters);
      if (value == null) {
        value = one.value();
      }
    } catch (OperandException e) {
      claim.fail(e);
      throw e;
    } catch (RuntimeException | Error e) {
      claim.abandon();
      throw e;
    }
    try {
      complete(call, claim, value, System.nanoTime() - start);
      return value;
    } catch (Throwable e) {
      value.release();
      throw e;
    }
  }

  private void complete(FusedCall call, Claim claim, Value value, long nanos) {
    Member root = call.root();
    // Ends the claim whatever happens.
    try (claim) {
      keeping.complete(
          claim, root.operation().account(), call.rootItem(), call.workNanos, value, nanos);
    }
  }

  /** What a task does under its claim, up to twice: a worker's thread passes it on to the pool. */
  private final class ClaimedCall implements PendingTask.Recipe {
    private final FusedCall call;

    // By whoever runs the task, one after the other: the claim is handed on between them.
    private boolean asked;

    ClaimedCall(FusedCall call) {
      this.call = call;
    }

    @Override
    public Value compute(Value[] leaves, ExecutionContext kernel, Tally tally, Later later) {
      FusedMembers.Computation one = members.of(call, leaves, kernel, tally);
      return isKnown(one) ? one.value() : execution.place(one, later);
    }

    /** Asks for members once: the second time they would seem to have come before. */
    private boolean isKnown(FusedMembers.Computation one) {
      if (asked) {
        return false;
      }
      if (AcceleratorWorker.isCurrent() && one.seemsKnown()) {
        Relayed.leaveWorker();
      }
      asked = true;
      return one.findKnown();
    }
  }
}
