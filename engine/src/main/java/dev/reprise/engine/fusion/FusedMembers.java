package dev.reprise.engine.fusion;

import dev.reprise.cache.LineageCache;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.fusion.FusedCall.Member;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Execution;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.pipeline.Relayed;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/**
 * Computes the members of fused calls operation by operation, and looks after the expensive ones:
 * their values are taken from the cache and kept there. Any thread; never waits for the cache.
 */
public final class FusedMembers {
  private final KernelRunner kernels;
  private final Execution execution;

  /** Null when nothing is reused. */
  private final LineageCache cache;

  private final Keeping keeping;

  public FusedMembers(
      KernelRunner kernels, Execution execution, LineageCache cache, Keeping keeping) {
    this.kernels = kernels;
    this.execution = execution;
    this.cache = cache;
    this.keeping = keeping;
  }

  /**
   * The members of a call, of which nothing is computed yet.
   *
   * @param leaves complete, but for numbers that an accelerator has, on its worker; whoever
   *     computes holds them
   */
  Computation of(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
    return new Computation(call, leaves, context, tally);
  }

  /** Whether the value of an operation is looked up, were it executed by itself. */
  static boolean isProbed(Member member, double workNanos) {
    return member.operation().cacheable() && workNanos >= Pipeline.COST_GATE_NANOS;
  }

  /** The members of one call. For one thread. */
  final class Computation {
    final FusedCall call;
    final Value[] leaves;
    final ExecutionContext context;
    final Tally tally;

    /** Values found in the cache by member, then those computed; each with a reference. */
    private final Value[] values;

    private Computation(FusedCall call, Value[] leaves, ExecutionContext context, Tally tally) {
      this.call = call;
      this.leaves = leaves;
      this.context = context;
      this.tally = tally;
      this.values = new Value[call.members.size()];
    }

    /** The same of other leaves, of which nothing is computed yet. */
    Computation with(Value[] complete) {
      return new Computation(call, complete, context, tally);
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
