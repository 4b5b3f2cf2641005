package dev.reprise.engine;

import dev.reprise.cache.rewrite.Binds;
import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.cache.rewrite.Facts;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Supplier;

/**
 * Executes a claimed operation whose inputs are complete: binds without copying, puts the result
 * together from parts, or runs the kernel. Thread-safe.
 */
final class Execution {
  private final KernelRunner kernels;
  private final OpcodeIndex opcodes;

  /** Null when parts are not reused. */
  private final PartialReuse parts;

  /** Null when nothing is computed twice for comparison. */
  private final ReuseVerifier verifier;

  Execution(KernelRunner kernels, OpcodeIndex opcodes, PartialReuse parts, ReuseVerifier verifier) {
    this.verifier = verifier;
    this.kernels = kernels;
    this.opcodes = opcodes;
    this.parts = parts;
  }

  /**
   * The result of the operation.
   *
   * @param inputs complete, borrowed
   * @param item of the result
   * @return the caller owns one reference
   */
  Value run(
      LinkedOperation linked,
      Value[] inputs,
      LineageItem item,
      ExecutionContext context,
      Tally tally) {
    if (parts == null || !linked.hasRewrites()) {
      return kernel(linked, inputs, context, tally);
    }
    Operation operation = linked.operation();
    if (Binds.isBind(operation.name())) {
      BoundMatrix bound = bind(operation, inputs, item, context);
      if (bound != null) {
        tally.executed(linked.index(), 0);
        return bound;
      }
      return kernel(linked, inputs, context, tally);
    }
    PartialReuse.Result result =
        parts.tryCompute(operation, inputs, item, new TaskKernels(context, tally));
    if (result != null) {
      tally.partialHit(result.rewrite(), result.savedNanos());
      return verifier == null
          ? result.value()
          : verified(operation, inputs, item, context, result.value());
    }
    Value value = kernel(linked, inputs, context, tally);
    parts.executed(operation, inputs, item, value);
    return value;
  }

  /** A value put together from parts, computed as a whole, too, when it is one of the sample. */
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
      LinkedOperation linked, Value[] inputs, ExecutionContext context, Tally tally) {
    long start = System.nanoTime();
    Value value = kernels.run(linked.operation(), inputs, context);
    tally.executed(linked.index(), System.nanoTime() - start);
    return value;
  }

  private BoundMatrix bind(
      Operation operation, Value[] inputs, LineageItem item, ExecutionContext context) {
    Value[] flat = ListOperands.flatten(operation, inputs);
    if (!Binds.isSuitable(operation, flat)) {
      return null;
    }
    Facts[] facts = new Facts[flat.length];
    int at = 0;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof ListValue list) {
        for (LineageItem element : ListTrace.elements(item.input(i), list)) {
          facts[at++] = Facts.of(element);
        }
      } else {
        facts[at++] = Facts.of(item.input(i));
      }
    }
    return Binds.bind(operation, flat, facts, joiner(context));
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
      long start = System.nanoTime();
      Value value = kernels.run(operation, inputs, context);
      tally.executed(opcodes.of(operation.opcode()), System.nanoTime() - start);
      return value;
    }

    @Override
    public <T> T inTurn(Supplier<T> attempt) {
      return kernels.inTurn(attempt);
    }

    @Override
    public Allocator allocator() {
      return context.allocator();
    }

    @Override
    public BoundMatrix.Joiner joiner() {
      return Execution.this.joiner(context);
    }
  }
}
