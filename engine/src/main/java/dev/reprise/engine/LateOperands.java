package dev.reprise.engine;

import dev.reprise.engine.report.Tally;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The operands of an operation that asks for its value before some of them are computed. Used by
 * the control thread that runs the operation; a {@link Members} by whoever may have to compute it
 * without that thread.
 */
final class LateOperands {
  final LinkedOperation operation;
  final LineageItem item;
  final Meta meta;

  /** As they are: deferred ones, finished ones, and such that are still being computed. */
  final Value[] values;

  private final Supplier<Value[]> computed;

  /**
   * @param values borrowed; finished handles among them are replaced by their values
   * @param item of the result
   * @param meta of the result
   * @param computed computes what was deferred, each operand as an instruction of its own, and
   *     returns all, borrowed; never waits for a handle
   */
  LateOperands(
      LinkedOperation operation,
      Value[] values,
      LineageItem item,
      Meta meta,
      Supplier<Value[]> computed) {
    this.operation = operation;
    this.values = values;
    this.item = item;
    this.meta = meta;
    this.computed = computed;
  }

  /** Computes those that were deferred, and returns all. */
  Value[] computed() {
    return computed.get();
  }

  /** Estimated nanoseconds of what was deferred. */
  double workOfDeferred() {
    double work = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Deferred deferred && Deferred.isFirst(values, i)) {
        work += deferred.work();
      }
    }
    return work;
  }

  /**
   * @param activation whose variables they were
   */
  Members members(Activation activation) {
    return new Members(this, activation);
  }

  /**
   * The operation and all that was deferred below it, one by one, with their items. What they read
   * is to be held by whoever computes them. Immutable.
   */
  static final class Members {
    /**
     * @param operands leaf i as i, member j as {@code ~j}
     * @param origin of what was deferred, to tell where it failed; null of the operation itself
     */
    private record Member(
        LinkedOperation operation, int[] operands, LineageItem item, Origin origin) {}

    /** Operands before the members that use them; the operation itself is the last. */
    private final List<Member> members = new ArrayList<>();

    private final List<Value> leaves = new ArrayList<>();

    private Members(LateOperands late, Activation activation) {
      add(late.operation, late.values, late.item, activation, null);
    }

    private int add(
        LinkedOperation operation,
        Value[] operands,
        LineageItem item,
        Activation activation,
        Origin origin) {
      int[] places = new int[operands.length];
      for (int i = 0; i < places.length; i++) {
        if (!Deferred.isFirst(operands, i)) {
          places[i] = places[List.of(operands).indexOf(operands[i])];
        } else if (operands[i] instanceof Deferred deferred) {
          places[i] =
              ~add(
                  deferred.step.operation(),
                  deferred.operands,
                  item.input(i),
                  activation,
                  deferred.origin(activation));
        } else {
          places[i] = leaves.size();
          leaves.add(operands[i]);
        }
      }
      members.add(new Member(operation, places, item, origin));
      return members.size() - 1;
    }

    /** What they read, perhaps not complete yet. */
    Value[] leaves() {
      return leaves.toArray(Value[]::new);
    }

    /**
     * Computes the operation, after what was deferred. Waits for nothing but memory and, with a
     * store, another process, and leaves an accelerator's thread.
     *
     * @param complete the leaves, complete
     * @return the caller owns one reference
     */
    Value compute(Value[] complete, Execution execution, ExecutionContext kernel, Tally tally) {
      Relayed.leaveWorker();
      Value[] values = new Value[members.size()];
      int root = values.length - 1;
      try {
        for (int at = 0; at <= root; at++) {
          Member member = members.get(at);
          Value[] inputs = new Value[member.operands.length];
          for (int i = 0; i < inputs.length; i++) {
            int operand = member.operands[i];
            inputs[i] = operand < 0 ? values[~operand] : complete[operand];
          }
          values[at] = run(member, inputs, execution, kernel, tally);
        }
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

    private static Value run(
        Member member, Value[] inputs, Execution execution, ExecutionContext kernel, Tally tally) {
      try {
        return execution.run(member.operation, inputs, member.item, kernel, tally);
      } catch (RuntimeException | OutOfMemoryError e) {
        if (member.origin == null) {
          throw e;
        }
        throw member.origin.located(e);
      }
    }
  }
}
