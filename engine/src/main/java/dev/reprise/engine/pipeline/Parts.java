package dev.reprise.engine.pipeline;

import dev.reprise.cache.rewrite.Binds;
import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.cache.rewrite.Facts;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.engine.value.ListOperands;
import dev.reprise.engine.worth.Asking;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.LostValueException;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Supplier;

/**
 * Results from parts that the cache has: matrices joined without copying keep theirs, and missed
 * values are put together where that is estimated cheaper. Thread-safe.
 */
public final class Parts {
  private final PartialReuse rewrites;
  private final KernelRunner kernels;
  private final OpcodeIndex opcodes;

  /** Whether results put together from parts of joined matrices still come. */
  private final Asking binds = Asking.ofInstruction();

  public Parts(PartialReuse rewrites, KernelRunner kernels, OpcodeIndex opcodes) {
    this.rewrites = rewrites;
    this.kernels = kernels;
    this.opcodes = opcodes;
  }

  /** True as long as matrices had better be joined lazily: operations use their parts. */
  boolean bindsPay() {
    return binds.isForAll(0);
  }

  /** Null when the whole is to be computed, also because a part is lost with its accelerator. */
  PartialReuse.Result putTogether(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally) {
    try {
      PartialReuse.Result result =
          rewrites.tryCompute(linked.operation(), inputs, item, new TaskKernels(context, tally));
      if (result != null) {
        cameAgain(linked, inputs);
      }
      return result;
    } catch (LostValueException e) {
      return null;
    }
  }

  /** Parts that came again are as good a reason to go on asking as a whole value. */
  private void cameAgain(LinkedOperation linked, Value[] inputs) {
    linked.account().asking().cameAgain();
    for (Value input : inputs) {
      if (input instanceof BoundMatrix) {
        binds.cameAgain();
      }
    }
  }

  /**
   * Hears of a value that was computed as a whole, which others may be put together from.
   *
   * @param item of the value, or null
   */
  void executed(LinkedOperation linked, Value[] inputs, LineageItem item, Value value) {
    if (item != null && linked.hasRewrites() && !linked.binds()) {
      rewrites.executed(linked.operation(), inputs, item, value);
    }
  }

  /**
   * Joins matrices without copying them.
   *
   * @return null when they do not suit
   */
  BoundMatrix bind(
      Operation operation, Value[] inputs, LineageItem item, ExecutionContext context) {
    Value[] flat = ListOperands.flatten(operation, inputs);
    if (!Binds.isSuitable(operation, flat)) {
      return null;
    }
    Facts[] facts = new Facts[flat.length];
    int at = 0;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof ListValue list) {
        for (LineageItem element : ElementItems.flattened(item.input(i), list)) {
          facts[at++] = Facts.of(element);
        }
      } else {
        facts[at++] = Facts.of(item.input(i));
      }
    }
    BoundMatrix bound = Binds.bind(operation, flat, facts, joiner(context));
    if (bound != null) {
      binds.inVain();
    }
    return bound;
  }

  private BoundMatrix.Joiner joiner(ExecutionContext context) {
    return (bind, flat) -> (MatrixValue) kernels.runWithin(bind, flat, context);
  }

  /** Kernels for parts of a result, counted where the result is. */
  private final class TaskKernels implements PartialReuse.Kernels {
    private final ExecutionContext context;
    private final Tally tally;

    TaskKernels(ExecutionContext context, Tally tally) {
      this.context = context;
      this.tally = tally;
    }

    @Override
    public Value run(Operation operation, Value[] inputs) {
      Relayed.leaveWorker();
      long start = System.nanoTime();
      Value value = kernels.run(operation, inputs, context);
      tally.executed(opcodes.of(operation.opcode()), operation, start, System.nanoTime() - start);
      return value;
    }

    @Override
    public <T> T inTurn(Supplier<T> attempt) {
      Relayed.leaveWorker();
      return kernels.inTurn(attempt);
    }

    @Override
    public void mayWait() {
      Relayed.leaveWorker();
    }

    @Override
    public Allocator allocator() {
      return context.allocator();
    }

    @Override
    public BoundMatrix.Joiner joiner() {
      return Parts.this.joiner(context);
    }
  }
}
