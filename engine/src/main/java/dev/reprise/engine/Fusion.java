package dev.reprise.engine;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.engine.FusedCall.Member;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.fusion.FusedLoop;
import dev.reprise.runtime.operation.Operation;
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
final class Fusion {
  private final KernelRunner kernels;
  private final Execution execution;
  private final CpuDevice device;
  private final ChainsOnDevices chains;

  /** Null when nothing is reused. */
  private final LineageCache cache;

  private final Keeping keeping;
  private final int counter;

  Fusion(
      KernelRunner kernels,
      Execution execution,
      CpuDevice device,
      ChainsOnDevices chains,
      LineageCache cache,
      Keeping keeping,
      OpcodeIndex opcodes) {
    this.kernels = kernels;
    this.execution = execution;
    this.device = device;
    this.chains = chains;
    this.cache = cache;
    this.keeping = keeping;
    this.counter = opcodes.fused();
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
    boolean ahead = chains.isActive();
    if (cache == null || !isAsked(context, call, sampled)) {
      return ahead ? computeAhead(context, call, origin) : computeInline(context, call);
    }
    context.checkCancelled();
    if (context.isAhead()) {
      context.awaitRoom();
    }
    Member root = call.root();
    int opcode = root.operation().index();
    return switch (cache.probe(call.rootItem().key(), () -> task(context, call, origin))) {
      case Hit hit -> {
        context.counters.hit(opcode, root.operation().operation());
        context.carried.cameAgain(root.operation().account(), call.rootItem());
        yield hit.value();
      }
      case InFlight inFlight -> {
        context.counters.met(inFlight, opcode, root.operation().operation());
        root.operation().account().saves(call.workNanos);
        context.carried.cameAgain(root.operation().account(), call.rootItem());
        context.met(inFlight.handle(), origin, call.rootItem());
        yield inFlight.handle();
      }
      case Claim claim -> {
        context.counters.misses[opcode]++;
        root.operation().account().asking.inVain();
        yield ahead
            ? computeAhead(context, call, claim, origin)
            : computeClaimed(context, call, claim);
      }
    };
  }

  private boolean isAsked(ControlContext context, FusedCall call, boolean sampled) {
    LineageItem item = call.rootItem();
    SiteAccount account = call.root().operation().account();
    return item != null
        && isProbed(call.root(), call.workNanos)
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
        && isProbed(call.root(), call.workNanos)
        && (activation.sampled || !keeping.asksForSample(account, call.workNanos))
        && !(skipsCarried(call) && activation.recorder.isCarried(operand));
  }

  private boolean skipsCarried(FusedCall call) {
    SiteAccount account = call.root().operation().account();
    return !keeping.asksForAllCarried(account)
        && keeping.skipsCarried(account, call.workNanos, call.resultBytes());
  }

  private static boolean isProbed(Member member, double workNanos) {
    return member.operation().cacheable() && workNanos >= Pipeline.COST_GATE_NANOS;
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
    if (context.isAhead()) {
      context.awaitRoom();
    }
    FreeTask task =
        new FreeTask(
            context,
            call.leaves,
            call.meta,
            origin,
            (leaves, kernel, tally, later) ->
                placed(call, new MemberRun(call, leaves, kernel, tally), later));
    if (isPending(call)) {
      context.submitted(task.handle(), origin);
      task.submit();
      return task.handle();
    }
    task.begin();
    return context.begun(task.handle(), origin, null);
  }

  /** The same under a claim, which the task has from its beginning. */
  private Value computeAhead(ControlContext context, FusedCall call, Claim claim, Origin origin) {
    PendingTask task;
    try {
      task = task(context, call, origin);
      if (isPending(call)) {
        context.claimed(task.handle(), origin, call.rootItem());
        task.takeOver(claim);
        return task.handle();
      }
    } catch (Throwable e) {
      claim.close();
      throw e;
    }
    task.begin(claim);
    return context.begun(task.handle(), origin, call.rootItem());
  }

  private static boolean isPending(FusedCall call) {
    for (Value leaf : call.leaves) {
      if (ChainsOnDevices.isMissing(leaf)) {
        return true;
      }
    }
    return false;
  }

  /** Where the placement says, in one kernel if that can be; null when {@code later} is told. */
  private Value placed(FusedCall call, MemberRun members, Later later) {
    if (!ChainsOnDevices.fits(call, members.leaves)) {
      return members.value();
    }
    return chains.submit(call, members.leaves, () -> onHost(call, members), members.tally, later)
        ? null
        : onHost(call, members);
  }

  private Value onHost(FusedCall call, MemberRun members) {
    Relayed.leaveWorker();
    Value value = loop(call, members.leaves, members.context, members.tally);
    return value != null ? value : members.value();
  }

  private Value computeInline(ControlContext context, FusedCall call) {
    Value value = loop(call, call.leaves, context.kernel, context.counters);
    return value != null
        ? value
        : new MemberRun(call, call.leaves, context.kernel, context.counters).value();
  }

  private Value computeClaimed(ControlContext context, FusedCall call, Claim claim) {
    long start = System.nanoTime();
    Value value;
    try {
      MemberRun members = new MemberRun(call, call.leaves, context.kernel, context.counters);
      boolean known = members.findKnown();
      value = known ? null : loop(call, call.leaves, context.kernel, context.counters);
      if (value == null) {
        value = members.value();
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

  /** Null when the members must run one by one, since an intermediate may become compressed. */
  private Value loop(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    long start = System.nanoTime();
    FusedLoop loop = device.fusedLoops().of(call.expression);
    Value value = kernels.inTurn(leaves, () -> attempt(loop, call.shape, leaves, context));
    if (value != null) {
      Operation root = call.root().operation().operation();
      long nanos = System.nanoTime() - start;
      tally.executedFused(counter, root, start, nanos);
      Restoration.note(value, call.rootItem());
      chains.ranOnHost(call, nanos);
    }
    return value;
  }

  private Value attempt(FusedLoop loop, Shape shape, Value[] leaves, ExecutionContext context) {
    Operand[] operands = new Operand[leaves.length];
    int pinned = 0;
    try {
      for (; pinned < leaves.length; pinned++) {
        operands[pinned] =
            leaves[pinned] instanceof MatrixValue matrix
                ? matrix.pinHost()
                : (Scalar) leaves[pinned];
      }
      Operand output = device.execute(loop, operands, shape.rows(), shape.cols(), context);
      return output instanceof MatrixOperand matrix ? ManagedMatrix.adopt(matrix) : (Scalar) output;
    } finally {
      for (int i = 0; i < pinned; i++) {
        if (leaves[i] instanceof MatrixValue matrix) {
          matrix.unpin();
        }
      }
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
      MemberRun members = new MemberRun(call, leaves, kernel, tally);
      return isKnown(members) ? members.value() : placed(call, members, later);
    }

    /** Asks for members once: the second time they would seem to have come before. */
    private boolean isKnown(MemberRun members) {
      if (asked) {
        return false;
      }
      if (AcceleratorWorker.isCurrent() && members.seemsKnown()) {
        Relayed.leaveWorker();
      }
      asked = true;
      return members.findKnown();
    }
  }

  /** Computes the members of a call operation by operation. For one thread. */
  private final class MemberRun {
    private final FusedCall call;
    private final Value[] leaves;
    private final ExecutionContext context;

    /** Values found in the cache by member, then those computed; each with a reference. */
    private final Value[] values;

    private final Tally tally;

    MemberRun(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
      this.call = call;
      this.leaves = leaves;
      this.context = context;
      this.tally = tally;
      this.values = new Value[call.members.size()];
    }

    private boolean isExpensive(int at) {
      Member member = call.members.get(at);
      return cache != null && call.item(at) != null && isProbed(member, member.workNanos());
    }

    /** True when {@link #findKnown} is about to find something; asks without being noticed. */
    boolean seemsKnown() {
      for (int i = 0; i < values.length - 1; i++) {
        if (isExpensive(i)) {
          LineageItem item = call.item(i);
          Member member = call.members.get(i);
          SiteAccount account = member.operation().account();
          if (cache.contains(item.key())
              || keeping.seemsToPayAtLast(account, item, member.workNanos(), memberBytes())) {
            return true;
          }
        }
      }
      return false;
    }

    /** Looks for the values of expensive members; true when one is cached or came before. */
    boolean findKnown() {
      boolean known = false;
      boolean[] needless = new boolean[values.length];
      // From the root down: what a found value was computed from is not needed.
      for (int i = values.length - 1; i >= 0; i--) {
        if (i < values.length - 1 && !needless[i] && isExpensive(i)) {
          LineageItem item = call.item(i);
          values[i] = cache.lookup(item.key());
          if (values[i] != null) {
            LinkedOperation found = call.members.get(i).operation();
            tally.hit(found.index(), found.operation());
          }
          known |= values[i] != null || isWantedAgain(i);
        }
        for (int operand : call.members.get(i).operands()) {
          if (operand < 0) {
            needless[~operand] = needless[i] || values[i] != null;
          }
        }
      }
      return known;
    }

    private boolean isWantedAgain(int at) {
      Member member = call.members.get(at);
      return keeping.paysAtLast(
          member.operation().account(), call.item(at), member.workNanos(), memberBytes());
    }

    private long memberBytes() {
      return DenseMatrix.bytesOf(call.shape.rows(), call.shape.cols(), call.precision());
    }

    /** The value of the root; gives up every other value, also when it throws. */
    Value value() {
      int root = values.length - 1;
      try {
        Relayed.leaveWorker();
        compute(root);
        Value value = values[root];
        values[root] = null;
        return value;
      } finally {
        for (Value value : values) {
          if (value != null) {
            value.release();
          }
        }
      }
    }

    private void compute(int at) {
      if (values[at] != null) {
        return;
      }
      Member member = call.members.get(at);
      Value[] inputs = new Value[member.operands().length];
      for (int i = 0; i < inputs.length; i++) {
        int operand = member.operands()[i];
        if (operand < 0) {
          compute(~operand);
        }
        inputs[i] = operand < 0 ? values[~operand] : leaves[operand];
      }
      long start = System.nanoTime();
      values[at] = execute(at, inputs);
      if (at != values.length - 1 && isExpensive(at)) {
        keeping.keep(
            cache,
            member.operation().account(),
            call.item(at),
            member.workNanos(),
            values[at],
            System.nanoTime() - start);
      }
    }

    private Value execute(int at, Value[] inputs) {
      Member member = call.members.get(at);
      if (call.item(at) != null) {
        return execution.run(member.operation(), inputs, call.item(at), context, tally);
      }
      long start = System.nanoTime();
      Operation operation = member.operation().operation();
      Value value = kernels.run(operation, inputs, context);
      tally.executed(member.operation().index(), operation, start, System.nanoTime() - start);
      return value;
    }
  }
}
