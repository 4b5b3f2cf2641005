package dev.reprise.runtime;

/**
 * A 64-bit floating-point number.
 *
 * @param value the number
 */
public record DoubleScalar(double value) implements Scalar {

  /**
   * Takes any NaN for the one. Histories know one alone, so what is replayed from its history, or
   * found by it, would have other bits else: the processor makes NaN with the sign bit set.
   */
  public DoubleScalar {
    if (Double.isNaN(value)) {
      value = Double.NaN;
    }
  }

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
