package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;
import java.util.HashMap;
import java.util.Map;

/**
 * Element-wise operations on scalars, for callers that have no matrix and no time: look a function
 * up once, call it often. A call allocates nothing but its result. Result types are SystemDS's.
 */
public final class ScalarFunctions {
  private static final Map<String, ScalarBinary> BINARY = binaryTable();
  private static final Map<String, ScalarUnary> UNARY = unaryTable();

  private ScalarFunctions() {}

  /** The function of an opcode with two scalar operands, or null. */
  public static ScalarBinary binary(String opcode) {
    return BINARY.get(opcode);
  }

  /** The function of an opcode with one scalar operand, or null. */
  public static ScalarUnary unary(String opcode) {
    return UNARY.get(opcode);
  }

  private static Map<String, ScalarBinary> binaryTable() {
    Map<String, ScalarBinary> table = new HashMap<>();
    table.put("+", new Add());
    table.put("-", new Subtract());
    table.put("*", new Multiply());
    table.put("%%", new Remainder());
    table.put("%/%", new WholeDivide());
    table.put("pmin", new Min());
    table.put("pmax", new Max());
    for (String opcode : new String[] {"/", "^", "log_base"}) {
      table.put(opcode, doubles(opcode, Loops.binary().get(opcode)));
    }
    for (String opcode : ActivationLoops.BINARY) {
      table.put(opcode, doubles(opcode, Loops.binary().get(opcode)));
    }
    for (String opcode : new String[] {"&", "|", "xor"}) {
      table.put(opcode, logic(opcode, Loops.binary().get(opcode)));
    }
    for (String opcode : new String[] {"bitwAnd", "bitwOr", "bitwXor", "bitwShiftL"}) {
      table.put(opcode, bits(opcode, Loops.binary().get(opcode)));
    }
    table.put("bitwShiftR", shiftRight(Loops.binary().get("bitwShiftR")));
    table.putAll(ScalarComparisons.table());
    return Map.copyOf(table);
  }

  private static Map<String, ScalarUnary> unaryTable() {
    Map<String, ScalarUnary> table = new HashMap<>();
    Loops.unary().forEach((opcode, loop) -> table.put(opcode, doubles(opcode, loop)));
    table.put("negate", keepingIntegers("negate", Loops.unary().get("negate")));
    table.put("abs", keepingIntegers("abs", Loops.unary().get("abs")));
    table.put("!", ScalarFunctions::not);
    for (String opcode : new String[] {"is.na", "is.nan", "is.infinite"}) {
      table.put(opcode, test(Loops.unary().get(opcode)));
    }
    table.put("as.double", value -> Scalar.of(value.asDouble()));
    table.put("as.integer", value -> Scalar.of(value.asLong()));
    table.put("as.logical", value -> Scalar.of(value.asBoolean()));
    table.put("as.string", value -> Scalar.of(value.asString()));
    return Map.copyOf(table);
  }

  private static ScalarBinary doubles(String opcode, BinaryLoop loop) {
    return (left, right) ->
        new DoubleScalar(loop.cell(number(opcode, left), number(opcode, right)));
  }

  /** Truth values give a truth value, numbers give 1.0 and 0.0. */
  private static ScalarBinary logic(String opcode, BinaryLoop loop) {
    return (left, right) -> {
      double result = loop.cell(number(opcode, left), number(opcode, right));
      return left instanceof BooleanScalar && right instanceof BooleanScalar
          ? Scalar.of(result != 0)
          : new DoubleScalar(result);
    };
  }

  private static ScalarBinary bits(String opcode, BinaryLoop loop) {
    return (left, right) ->
        left instanceof IntegerScalar(long a) && right instanceof IntegerScalar(long b)
            ? new IntegerScalar((long) loop.cell((int) a, (int) b))
            : new DoubleScalar(loop.cell(number(opcode, left), number(opcode, right)));
  }

  /** Unlike the other bit operators this one sees all 64 bits of an integer. */
  private static ScalarBinary shiftRight(BinaryLoop loop) {
    ScalarBinary others = bits("bitwShiftR", loop);
    return (left, right) ->
        left instanceof IntegerScalar(long a) && right instanceof IntegerScalar(long b)
            ? new IntegerScalar(a >> b)
            : others.apply(left, right);
  }

  private static ScalarUnary doubles(String opcode, UnaryLoop loop) {
    return value -> new DoubleScalar(loop.cell(number(opcode, value)));
  }

  private static ScalarUnary keepingIntegers(String opcode, UnaryLoop loop) {
    boolean negates = opcode.equals("negate");
    return value ->
        value instanceof IntegerScalar(long n)
            ? new IntegerScalar(negates || n < 0 ? negated(opcode, n) : n)
            : new DoubleScalar(loop.cell(number(opcode, value)));
  }

  private static long negated(String opcode, long n) {
    if (n == Long.MIN_VALUE) {
      throw new OperandException(
          "integer overflow in "
              + (opcode.equals("negate") ? "-" : opcode)
              + "("
              + n
              + "); write a decimal point to compute with doubles");
    }
    return -n;
  }

  private static Scalar not(Scalar value) {
    return value instanceof BooleanScalar truth
        ? Scalar.of(truth == BooleanScalar.FALSE)
        : new DoubleScalar(number("!", value) == 0 ? 1 : 0);
  }

  /** A text is neither NaN nor infinite. */
  private static ScalarUnary test(UnaryLoop loop) {
    return value ->
        switch (value) {
          case IntegerScalar _ -> new IntegerScalar(0);
          case StringScalar _ -> new DoubleScalar(0);
          default -> new DoubleScalar(loop.cell(value.asDouble()));
        };
  }

  private static double number(String opcode, Scalar value) {
    if (value.type() == ValueType.STRING) {
      throw new OperandException(
          "'"
              + Operation.scriptName(opcode)
              + "' needs numbers, but got the text \""
              + value.asString()
              + "\"");
    }
    return value.asDouble();
  }

  private static final class Add extends ScalarArithmetic {
    Add() {
      super("+", Loops.binary().get("+"));
    }

    @Override
    long integers(long a, long b) {
      return Math.addExact(a, b);
    }

    @Override
    Scalar texts(Scalar left, Scalar right) {
      return new StringScalar(left.asString().concat(right.asString()));
    }
  }

  private static final class Subtract extends ScalarArithmetic {
    Subtract() {
      super("-", Loops.binary().get("-"));
    }

    @Override
    long integers(long a, long b) {
      return Math.subtractExact(a, b);
    }
  }

  private static final class Multiply extends ScalarArithmetic {
    Multiply() {
      super("*", Loops.binary().get("*"));
    }

    @Override
    long integers(long a, long b) {
      return Math.multiplyExact(a, b);
    }
  }

  /** A remainder by the integer zero is 0, as SystemDS has it. */
  private static final class Remainder extends ScalarArithmetic {
    Remainder() {
      super("%%", Loops.binary().get("%%"));
    }

    @Override
    long integers(long a, long b) {
      return b == 0 ? 0 : a % b;
    }
  }

  private static final class WholeDivide extends ScalarArithmetic {
    WholeDivide() {
      super("%/%", Loops.binary().get("%/%"));
    }

    @Override
    long integers(long a, long b) {
      if (b == 0) {
        throw new OperandException(
            "division by the integer zero in " + a + " %/% 0; write 0.0 to get an infinity");
      }
      return Math.divideExact(a, b);
    }
  }

  private static final class Min extends ScalarArithmetic {
    Min() {
      super("min", Loops.binary().get("pmin"));
    }

    @Override
    long integers(long a, long b) {
      return Math.min(a, b);
    }
  }

  private static final class Max extends ScalarArithmetic {
    Max() {
      super("max", Loops.binary().get("pmax"));
    }

    @Override
    long integers(long a, long b) {
      return Math.max(a, b);
    }
  }
}
