package dev.reprise.engine.fusion;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Execution;
import dev.reprise.engine.pipeline.LateOperands;
import dev.reprise.engine.pipeline.Relayed;
import dev.reprise.engine.report.Tally;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Operands of which some are {@link Deferred}.
 *
 * @param values borrowed; finished handles among them are replaced by their values
 * @param operands computes what was deferred
 */
record DeferredOperands(
    LinkedOperation operation,
    Value[] values,
    LineageItem item,
    Meta meta,
    Supplier<Value[]> operands)
    implements LateOperands {
  @Override
  public Value[] computed() {
    return operands.get();
  }

  @Override
  public double workOfDeferred() {
    double work = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Deferred deferred && Deferred.isFirst(values, i)) {
        work += deferred.work();
      }
    }
    return work;
  }

  @Override
  public Members members(Origin origin) {
    return new AllMembers(this, origin.activation());
  }

  private static final class AllMembers implements Members {
    /**
     * @param operands leaf i as i, member j as {@code ~j}
     * @param origin of what was deferred, to tell where it failed; null of the operation itself
     */
    private record Member(
        LinkedOperation operation, int[] operands, LineageItem item, Origin origin) {}

    /** Operands before the members that use them; the operation itself is the last. */
    private final List<Member> members = new ArrayList<>();

    private final List<Value> leaves = new ArrayList<>();

    AllMembers(DeferredOperands late, Activation activation) {
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

    @Override
    public Value[] leaves() {
      return leaves.toArray(Value[]::new);
    }

    @Override
    public Value compute(
        Value[] complete, Execution execution, ExecutionContext kernel, Tally tally) {
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
