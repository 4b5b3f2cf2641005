package dev.reprise.runtime;

/**
 * A 64-bit whole number.
 *
 * @param value the number
 */
public record IntegerScalar(long value) implements Scalar {

  @Override
  public ValueType type() {
    return ValueType.INTEGER;
  }

  @Override
  public long bytes() {
    return Long.BYTES;
  }

  @Override
  public double asDouble() {
    return value;
  }

  @Override
  public long asLong() {
    return value;
  }

  @Override
  public boolean asBoolean() {
    return value != 0;
  }

  @Override
  public String asString() {
    return Long.toString(value);
  }
}
