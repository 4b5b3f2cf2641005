package dev.reprise.engine.check;

import dev.reprise.Trap;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.cell.ScalarBinary;
import dev.reprise.runtime.cpu.cell.ScalarUnary;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Stops at the first operation that makes a NaN or an infinity: its output has one and none of its
 * inputs does. What is read or bound makes none. Stateless.
 *
 * <p>A value from the cache cannot be the first: what this stops at fails, and failures are not
 * cached. Costs one pass over each result, and over the inputs of a result that has one.
 */
public final class ValueTrap {
  private final Set<Trap> traps;

  private ValueTrap(Set<Trap> traps) {
    this.traps = traps;
  }

  /** Null when there is nothing to stop at. */
  public static ValueTrap of(Set<Trap> traps) {
    return traps.isEmpty() ? null : new ValueTrap(traps);
  }

  /**
   * @throws TrapException when the outputs have a trapped value and the inputs do not
   */
  public void check(Operation operation, Operand[] inputs, Operand[] outputs) {
    for (Trap trap : Trap.values()) {
      if (traps.contains(trap)) {
        check(trap, operation, inputs, outputs);
      }
    }
  }

  private static void check(Trap trap, Operation operation, Operand[] inputs, Operand[] outputs) {
    for (Operand output : outputs) {
      String place = firstOrNull(trap, output);
      if (place != null && !isIn(trap, inputs)) {
        throw new TrapException(message(trap, operation, place), null);
      }
    }
  }

  private static String message(Trap trap, Operation operation, String place) {
    return "'" + operation.scriptName() + "' made the first " + noun(trap) + ": " + place;
  }

  private static String noun(Trap trap) {
    return switch (trap) {
      case NAN -> "NaN";
      case INF -> "infinity";
    };
  }

  private static boolean isIn(Trap trap, Operand[] operands) {
    for (Operand operand : operands) {
      if (firstOrNull(trap, operand) != null) {
        return true;
      }
    }
    return false;
  }

  /** Where the operand has a trapped value first, in words; null when it has none. */
  private static String firstOrNull(Trap trap, Operand operand) {
    return switch (operand) {
      case DoubleScalar scalar -> isTrapped(trap, scalar.value()) ? "the result" : null;
      case MatrixOperand matrix -> {
        Cells.Index first = Cells.first(matrix, cell -> isTrapped(trap, cell));
        yield first == null ? null : "cell " + first + " of a matrix " + matrix.shape();
      }
      default -> null;
    };
  }

  private static boolean isTrapped(Trap trap, double cell) {
    return switch (trap) {
      case NAN -> Double.isNaN(cell);
      case INF -> Double.isInfinite(cell);
    };
  }

  /** The function with a check of its result, for scalars that no kernel sees. */
  public ScalarBinary checked(Operation operation, ScalarBinary function) {
    return (x, y) -> {
      Scalar result = function.apply(x, y);
      check(operation, new Operand[] {x, y}, new Operand[] {result});
      return result;
    };
  }

  /** As the other, of one operand. */
  public ScalarUnary checked(Operation operation, ScalarUnary function) {
    return x -> {
      Scalar result = function.apply(x);
      check(operation, new Operand[] {x}, new Operand[] {result});
      return result;
    };
  }
}
