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
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.fusion.FusedLoop;
import dev.reprise.runtime.operation.Operation;

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

  /** Null when nothing is reused. */
  private final LineageCache cache;

  private final Keeping keeping;
  private final int counter;

  Fusion(
      KernelRunner kernels,
      Execution execution,
      CpuDevice device,
      LineageCache cache,
      Keeping keeping,
      OpcodeIndex opcodes) {
    this.kernels = kernels;
    this.execution = execution;
    this.device = device;
    this.cache = cache;
    this.keeping = keeping;
    this.counter = opcodes.fused();
  }

  /**
   * Computes a call or finds its value.
   *
   * @return the value, or a handle that completes later; the caller owns one reference
   */
  Value compute(ControlContext context, FusedCall call, Origin origin) {
    context.work += (long) call.workNanos;
    if (cache == null || !isProbed(call.root(), call.workNanos)) {
      return computeInline(context, call);
    }
    context.checkCancelled();
    if (context.isAhead()) {
      context.awaitRoom();
    }
    Member root = call.root();
    int opcode = root.operation().index();
    return switch (cache.probe(root.item().key(), () -> task(context, call, origin))) {
      case Hit hit -> {
        context.counters.hit(opcode, root.operation().operation());
        yield hit.value();
      }
      case InFlight inFlight -> {
        context.counters.met(inFlight, opcode, root.operation().operation());
        root.operation().account().saves(call.workNanos);
        context.submitted(inFlight.handle(), origin);
        yield inFlight.handle();
      }
      case Claim claim -> {
        context.counters.misses[opcode]++;
        yield computeClaimed(context, call, claim);
      }
    };
  }

  private static boolean isProbed(Member member, double workNanos) {
    return member.item() != null
        && member.operation().cacheable()
        && workNanos >= Pipeline.COST_GATE_NANOS;
  }

  private PendingTask task(ControlContext context, FusedCall call, Origin origin) {
    return new PendingTask(
        context,
        call.leaves,
        call.meta,
        origin,
        (leaves, kernel, tally, later) -> {
          Value value = loop(call, leaves, kernel, tally);
          return value != null ? value : new MemberRun(call, leaves, kernel, tally).value();
        },
        (claim, value, nanos) -> complete(call, claim, value, nanos));
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
      boolean known = members.findKnown(context.counters);
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
          claim, root.operation().account(), root.item(), call.workNanos, value, nanos);
    }
  }

  /** Null when the members must run one by one, since an intermediate may become compressed. */
  private Value loop(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    long start = System.nanoTime();
    FusedLoop loop = device.fusedLoops().of(call.expression);
    Value value = kernels.inTurn(() -> attempt(loop, call.shape, leaves, context));
    if (value != null) {
      Operation root = call.root().operation().operation();
      tally.executedFused(counter, root, start, System.nanoTime() - start);
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
      return cache != null && isProbed(member, member.workNanos());
    }

    /** Looks for the values of expensive members; true when one is cached or came before. */
    boolean findKnown(Counters counters) {
      boolean known = false;
      boolean[] needless = new boolean[values.length];
      // From the root down: what a found value was computed from is not needed.
      for (int i = values.length - 1; i >= 0; i--) {
        if (i < values.length - 1 && !needless[i] && isExpensive(i)) {
          LineageItem item = call.members.get(i).item();
          values[i] = cache.lookup(item.key());
          if (values[i] != null) {
            LinkedOperation found = call.members.get(i).operation();
            counters.hit(found.index(), found.operation());
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
      long bytes = DenseMatrix.bytesOf(call.shape.rows(), call.shape.cols(), Precision.FP64);
      return keeping.paysAtLast(
          member.operation().account(), member.item(), member.workNanos(), bytes);
    }

    /** The value of the root; gives up every other value, also when it throws. */
    Value value() {
      int root = values.length - 1;
      try {
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
      values[at] = execute(member, inputs);
      if (at != values.length - 1 && isExpensive(at)) {
        keeping.keep(
            cache,
            member.operation().account(),
            member.item(),
            member.workNanos(),
            values[at],
            System.nanoTime() - start);
      }
    }

    private Value execute(Member member, Value[] inputs) {
      if (member.item() != null) {
        return execution.run(member.operation(), inputs, member.item(), context, tally);
      }
      long start = System.nanoTime();
      Operation operation = member.operation().operation();
      Value value = kernels.run(operation, inputs, context);
      tally.executed(member.operation().index(), operation, start, System.nanoTime() - start);
      return value;
    }
  }
}
