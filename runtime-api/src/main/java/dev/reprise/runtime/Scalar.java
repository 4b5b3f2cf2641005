package dev.reprise.runtime;

/** A single number, truth value or text; lives on the Java heap. */
public sealed interface Scalar extends Value, Operand, DeviceOperand
    permits DoubleScalar, IntegerScalar, BooleanScalar, StringScalar, AbsentScalar {

  /** The value as a double; throws {@link OperandException} for text that is no number. */
  double asDouble();

  /** The value as a whole number; a double is truncated towards zero. */
  long asLong();

  /** False for NaN, infinities and all other numbers that 64 bits cannot hold once truncated. */
  default boolean fitsLong() {
    return true;
  }

  /** The value as a truth value; a number is true when it is not zero. */
  boolean asBoolean();

  /** The value as text, formatted as {@code print} formats it. */
  String asString();

  static Scalar of(double value) {
    return new DoubleScalar(value);
  }

  static Scalar of(long value) {
    return new IntegerScalar(value);
  }

  static Scalar of(boolean value) {
    return value ? BooleanScalar.TRUE : BooleanScalar.FALSE;
  }

  static Scalar of(String value) {
    return new StringScalar(value);
  }

  /** Stands for an argument that the caller left out. */
  static Scalar absent() {
    return AbsentScalar.ABSENT;
  }

  /** True for a number or a truth value; false for texts, absent scalars and all else. */
  static boolean isNumber(Value value) {
    return value instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }

  default boolean isAbsent() {
    return this == AbsentScalar.ABSENT;
  }
}
