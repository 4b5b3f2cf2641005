package dev.reprise.engine.device;

import dev.reprise.engine.value.Describe;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Function;

/**
 * What a kernel reads on the processor: values whose cells stay in host memory until this is
 * closed. Either all of them are pinned or, when that fails, none. The caller holds references to
 * the values meanwhile; for one thread.
 */
public final class PinnedOperands implements AutoCloseable {
  private final Value[] values;
  private final Operand[] operands;

  private PinnedOperands(Value[] values, Operand[] operands) {
    this.values = values;
    this.operands = operands;
  }

  /**
   * Pins values, and brings cells back that are elsewhere; inside of {@link
   * dev.reprise.memory.HostMemory#run}, which makes room.
   *
   * @param operation which is to read them, for its name
   * @throws dev.reprise.memory.ShortageException when there is no room
   * @throws OperandException when one is no operand, such as a list
   */
  public static PinnedOperands of(Operation operation, Value[] values) {
    return pinOrNull(values, value -> brought(operation, value));
  }

  /**
   * Pins matrices and numbers, if their cells are in host memory; null otherwise. Waits for nobody,
   * and takes no memory.
   */
  public static PinnedOperands orNull(Value[] values) {
    return pinOrNull(values, PinnedOperands::presentOrNull);
  }

  /**
   * @param way pins a value, or is null where it does not
   */
  private static PinnedOperands pinOrNull(Value[] values, Function<Value, Operand> way) {
    Operand[] operands = new Operand[values.length];
    int pinned = 0;
    try {
      for (; pinned < values.length; pinned++) {
        operands[pinned] = way.apply(values[pinned]);
        if (operands[pinned] == null) {
          return null;
        }
      }
    } finally {
      if (pinned < values.length) {
        unpin(values, pinned);
      }
    }
    return new PinnedOperands(values, operands);
  }

  private static Operand brought(Operation operation, Value value) {
    if (value instanceof MatrixValue matrix) {
      return matrix.pinHost();
    }
    if (value instanceof Scalar scalar) {
      return scalar;
    }
    if (value instanceof FrameValue frame) {
      return frame.frame();
    }
    throw new OperandException(
        "'" + operation.scriptName() + "' does not take " + Describe.one(value));
  }

  private static Operand presentOrNull(Value value) {
    return value instanceof ManagedMatrix matrix ? matrix.tryPinHost() : (Scalar) value;
  }

  /** In the order of the values; nobody may write into the array, nor read it after the end. */
  public Operand[] operands() {
    return operands;
  }

  @Override
  public void close() {
    unpin(values, values.length);
  }

  private static void unpin(Value[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (values[i] instanceof MatrixValue matrix) {
        matrix.unpin();
      }
    }
  }
}
