package dev.reprise.runtime;

/**
 * A 64-bit floating-point number.
 *
 * @param value the number
 */
public record DoubleScalar(double value) implements Scalar {

  @Override
  public ValueType type() {
    return ValueType.DOUBLE;
  }

  @Override
  public long bytes() {
    return Double.BYTES;
  }

  @Override
  public double asDouble() {
    return value;
  }

  @Override
  public long asLong() {
    return (long) value;
  }

  @Override
  public boolean fitsLong() {
    return value >= -0x1p63 && value < 0x1p63;
  }

  @Override
  public boolean asBoolean() {
    return value != 0;
  }

  @Override
  public String asString() {
    return Double.toString(value);
  }
}
