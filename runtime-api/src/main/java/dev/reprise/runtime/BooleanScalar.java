package dev.reprise.runtime;

/** A truth value. */
public enum BooleanScalar implements Scalar {
  /** 0 as a number. */
  FALSE,
  /** 1 as a number. */
  TRUE;

  @Override
  public ValueType type() {
    return ValueType.BOOLEAN;
  }

  @Override
  public long bytes() {
    return 1;
  }

  @Override
  public double asDouble() {
    return ordinal();
  }

  @Override
  public long asLong() {
    return ordinal();
  }

  @Override
  public boolean asBoolean() {
    return this == TRUE;
  }

  @Override
  public String asString() {
    return name();
  }
}
