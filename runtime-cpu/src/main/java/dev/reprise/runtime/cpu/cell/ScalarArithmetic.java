package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;

/**
 * Arithmetic on two scalars: integers give an integer, anything else a double; truth values count
 * as 1 and 0. Takes the double form from the loop that matrices use, so both agree.
 */
abstract class ScalarArithmetic implements ScalarBinary {
  private final String opcode;
  private final BinaryLoop loop;

  ScalarArithmetic(String opcode, BinaryLoop loop) {
    this.opcode = opcode;
    this.loop = loop;
  }

  /** The integer form; throws ArithmeticException on overflow. */
  abstract long integers(long a, long b);

  @Override
  public final Scalar apply(Scalar left, Scalar right) {
    if (left instanceof DoubleScalar(double a) && right instanceof DoubleScalar(double b)) {
      return new DoubleScalar(loop.cell(a, b));
    }
    if (left instanceof IntegerScalar(long a) && right instanceof IntegerScalar(long b)) {
      return new IntegerScalar(checked(a, b));
    }
    return mixed(left, right);
  }

  private long checked(long a, long b) {
    try {
      return integers(a, b);
    } catch (ArithmeticException e) {
      throw new OperandException(
          "integer overflow in "
              + a
              + " "
              + opcode
              + " "
              + b
              + "; write a decimal point to compute"
              + " with doubles");
    }
  }

  private Scalar mixed(Scalar left, Scalar right) {
    if (left.type() == ValueType.STRING || right.type() == ValueType.STRING) {
      return texts(left, right);
    }
    boolean whole =
        left instanceof IntegerScalar && right instanceof BooleanScalar
            || left instanceof BooleanScalar && right instanceof IntegerScalar;
    return whole
        ? new IntegerScalar(checked(left.asLong(), right.asLong()))
        : new DoubleScalar(loop.cell(left.asDouble(), right.asDouble()));
  }

  /** At least one operand is a text. */
  Scalar texts(Scalar left, Scalar right) {
    throw new OperandException(
        "'"
            + opcode
            + "' needs numbers, but got "
            + left.type().label()
            + " and "
            + right.type().label());
  }
}
