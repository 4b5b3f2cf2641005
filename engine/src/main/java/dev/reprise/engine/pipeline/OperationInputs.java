package dev.reprise.engine.pipeline;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.device.LateNumbers;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.memory.AbsentFrame;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Predicate;

/** What the {@link Pipeline} asks of the inputs of an operation. Stateless. */
public final class OperationInputs {
  private OperationInputs() {}

  /**
   * Replaces finished handles by their values, and waits for those of unknown shape, whose work
   * could not be estimated. Returns whether unfinished handles remain.
   */
  public static boolean resolve(ControlContext context, Value[] inputs) {
    return resolve(context, inputs, value -> false);
  }

  /**
   * As {@link #resolve}, but {@linkplain LateNumbers late numbers} that an operation takes where
   * accelerators have them are as if they were to come.
   */
  static boolean resolveButNumbers(ControlContext context, Operation operation, Value[] inputs) {
    return resolve(
        context,
        inputs,
        value -> LateNumbers.isLate(value) && LateNumbers.areTaken(operation, inputs));
  }

  /**
   * @param toCome true for what is as if it were to come, though it is there
   */
  static boolean resolve(ControlContext context, Value[] inputs, Predicate<Value> toCome) {
    boolean pending = false;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof Handle handle) {
        // Looked at first, since a cell is there before the number is: who sees the number, knows
        // whether it is late. Otherwise both may come between two looks.
        Value value = handle.valueOrNull();
        if (toCome.test(handle)) {
          pending = true;
          continue;
        }
        if (value == null && (handle.meta() == null || handle.errorOrNull() != null)) {
          value = context.await(handle);
        }
        if (value == null) {
          pending = true;
        } else {
          inputs[i] = value;
        }
      }
      if (inputs[i] instanceof ListValue list && list.isPending()) {
        context.completed(list);
      }
      if (inputs[i] instanceof AbsentMatrix absent) {
        inputs[i] = absent.nearest();
      } else if (inputs[i] instanceof AbsentFrame absent) {
        inputs[i] = absent.nearest();
      }
      if (inputs[i] instanceof RowsView view && view.own() instanceof ManagedMatrix own) {
        inputs[i] = own;
      }
    }
    return pending;
  }

  /** Whether some are still being computed. */
  static boolean areMissing(Value[] inputs) {
    for (Value input : inputs) {
      if (input instanceof Handle) {
        return true;
      }
    }
    return false;
  }

  /** Waits for all that are still being computed. */
  static void awaitAll(ControlContext context, Value[] inputs) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = context.awaited(inputs[i]);
    }
  }

  /**
   * What is made of them; null where that is not known.
   *
   * @throws dev.reprise.runtime.OperandException when they do not fit
   */
  public static Meta infer(LinkedOperation operation, Value[] inputs) {
    return operation.operation().opcode().result().infer(operation.operation(), inputs);
  }

  /** True when an accelerator may have something to do with it. */
  static boolean isForDevices(LinkedOperation operation, Value[] inputs) {
    if (operation.operation().opcode().evaluation() != Evaluation.KERNEL) {
      return false;
    }
    for (Value input : inputs) {
      if (input instanceof MatrixValue || input instanceof Handle) {
        return true;
      }
    }
    Meta made = infer(operation, inputs);
    return made != null && made.type() == ValueType.MATRIX && made.shape() != null;
  }
}
