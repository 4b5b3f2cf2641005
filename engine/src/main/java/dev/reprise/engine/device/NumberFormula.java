package dev.reprise.engine.device;

import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import java.util.Set;

/**
 * How a number is made of numbers that an accelerator has or may be about to have: written down
 * when the program comes by, and computed there when a matrix is to be combined with it ({@link
 * LateNumbers}). The processor computes the number as well, when what it is made of has come: for
 * whoever else needs it.
 *
 * <p>Only numbers that matrices may be combined with, and only operations that give the processor's
 * bits on every accelerator with doubles. What is written down follows from the program alone: a
 * number that has come in the meantime is written as what it came from.
 *
 * <p>The companion of the number's handle, which owns it; holds a reference to each operand. Made
 * by a control thread; the cell is set by a worker whose task holds the handle, so before the
 * release.
 */
public final class NumberFormula implements Value {
  private static final Set<String> EXACT =
      Set.of("+", "-", "*", "/", "pmin", "pmax", "sqrt", "abs", "negate");

  /** In one kernel. What is made of more is computed in several, one reading what others left. */
  private static final int MOST_OPERATIONS = 24;

  /** One behind the other. A sum that goes on and on is written down to that length only. */
  private static final int MOST_KERNELS = 8;

  private final Operation operation;

  /** Scalars, and handles. */
  private final Value[] operands;

  /** Whether formulas of operands are computed in the same kernel. */
  private final boolean isWhole;

  /** In its kernel, counting what occurs twice twice. */
  private final int operations;

  /** That must run one after the other. */
  private final int kernels;

  // Null until it has been computed. Publishes it to workers of other accelerators.
  private volatile ManagedMatrix cell;

  // An accelerator has failed at it: whoever wants it takes the processor's number.
  private volatile boolean isRefused;

  private NumberFormula(Operation operation, Value[] operands, int together, int deepest) {
    this.operation = operation;
    this.operands = operands;
    this.isWhole = together < MOST_OPERATIONS;
    this.operations = isWhole ? 1 + together : 1;
    this.kernels = isWhole ? deepest : deepest + 1;
  }

  /** True for an operation that formulas may consist of. */
  public static boolean isExact(String operation) {
    return EXACT.contains(operation);
  }

  /**
   * The formula of an operation's result.
   *
   * @param operands finished or to come, borrowed
   * @return null where no accelerator is to compute it; the caller owns the one reference
   */
  public static NumberFormula orNull(Operation operation, Value[] operands) {
    if (!EXACT.contains(operation.name())) {
      return null;
    }
    int together = 0;
    int deepest = 1;
    boolean isLate = false;
    for (Value operand : operands) {
      if (operand instanceof Handle number && mayBeOnDevice(number)) {
        isLate = true;
        if (number.companion() instanceof NumberFormula formula) {
          together += formula.operations;
          deepest = Math.max(deepest, formula.kernels);
        }
      } else if (!Scalar.isNumber(operand)) {
        return null;
      }
    }
    if (!isLate) {
      return null;
    }
    Value[] kept = operands.clone();
    NumberFormula formula = new NumberFormula(operation, kept, together, deepest);
    if (formula.kernels > MOST_KERNELS) {
      return null;
    }
    for (Value operand : kept) {
      operand.retain();
    }
    return formula;
  }

  /** Whether an accelerator has a double, or computes it now. */
  private static boolean mayBeOnDevice(Handle number) {
    if (number.meta() == null || number.meta().type() != ValueType.DOUBLE) {
      return false;
    }
    // Asked first: a cell is there before the number is.
    boolean isDone = number.isDone();
    return number.companion() != null || !isDone && number.route() instanceof AcceleratorWorker;
  }

  /**
   * The number with this beside it.
   *
   * @param value what the processor has made of the operands or is about to: its reference, and
   *     that to this, are taken over
   */
  public Handle beside(Value value) {
    Handle number = value instanceof Handle pending ? pending : finished(value);
    number.accompany(this);
    return number;
  }

  private Handle finished(Value value) {
    Handle number = new Handle(null, Meta.DOUBLE);
    for (Value operand : operands) {
      if (operand instanceof Handle made && number.route() == null) {
        number.routed(made.route());
      }
    }
    number.complete(value);
    return number;
  }

  Operation operation() {
    return operation;
  }

  /** Borrowed. */
  Value[] operands() {
    return operands;
  }

  boolean isWhole() {
    return isWhole;
  }

  /** The number in an accelerator's memory; null until it has been computed there. */
  ManagedMatrix cell() {
    return cell;
  }

  boolean isRefused() {
    return isRefused;
  }

  void refuse() {
    isRefused = true;
  }

  /** Takes the reference over; by the worker, once. */
  void computed(ManagedMatrix made) {
    cell = made;
  }

  @Override
  public ValueType type() {
    return ValueType.DOUBLE;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void release() {
    for (Value operand : operands) {
      operand.release();
    }
    if (cell != null) {
      cell.release();
    }
  }
}
