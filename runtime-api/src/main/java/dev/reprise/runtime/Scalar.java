package dev.reprise.runtime;

/** A single number, truth value or text; lives on the Java heap. */
public sealed interface Scalar extends Value, Operand, DeviceOperand
    permits DoubleScalar, IntegerScalar, BooleanScalar, StringScalar, AbsentScalar {

  /**
   * The value as a double.
   *
   * @return 1 and 0 for true and false
   * @throws OperandException for text that is no number, or an argument that was left out
   */
  double asDouble();

  /**
   * The value as a whole number.
   *
   * @return a double truncated towards zero
   * @throws OperandException for text that is no number, or an argument that was left out
   */
  long asLong();

  /**
   * Whether {@link #asLong} keeps the size of a number.
   *
   * @return false for NaN, infinities and all other numbers that 64 bits cannot hold once truncated
   */
  default boolean fitsLong() {
    return true;
  }

  /**
   * The value as a truth value.
   *
   * @return for a number whether it is not zero
   * @throws OperandException for text that is no truth value, or an argument that was left out
   */
  boolean asBoolean();

  /** {@return the value as text, formatted as {@code print} formats it} */
  String asString();

  /**
   * A number.
   *
   * @param value in fp64
   * @return the scalar
   */
  static Scalar of(double value) {
    return new DoubleScalar(value);
  }

  /**
   * A whole number.
   *
   * @param value in 64 bits
   * @return the scalar
   */
  static Scalar of(long value) {
    return new IntegerScalar(value);
  }

  /**
   * A truth value.
   *
   * @param value true or false
   * @return the scalar
   */
  static Scalar of(boolean value) {
    return value ? BooleanScalar.TRUE : BooleanScalar.FALSE;
  }

  /**
   * A text.
   *
   * @param value not null
   * @return the scalar
   */
  static Scalar of(String value) {
    return new StringScalar(value);
  }

  /** {@return what stands for an argument that the caller left out} */
  static Scalar absent() {
    return AbsentScalar.ABSENT;
  }

  /**
   * Whether a value can be calculated with.
   *
   * @param value of any type
   * @return true for a number or a truth value; false for texts, absent scalars and all else
   */
  static boolean isNumber(Value value) {
    return value instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }

  /** {@return whether it stands for an argument that the caller left out} */
  default boolean isAbsent() {
    return this == AbsentScalar.ABSENT;
  }
}
