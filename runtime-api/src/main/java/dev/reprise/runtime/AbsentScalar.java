package dev.reprise.runtime;

/** The one value of an argument that was left out; kernels read it as "use the default". */
public enum AbsentScalar implements Scalar {
  /** Stands for the argument. */
  ABSENT;

  @Override
  public ValueType type() {
    return ValueType.ABSENT;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public double asDouble() {
    throw new OperandException("a required argument is missing");
  }

  @Override
  public long asLong() {
    throw new OperandException("a required argument is missing");
  }

  @Override
  public boolean asBoolean() {
    throw new OperandException("a required argument is missing");
  }

  @Override
  public String asString() {
    return "";
  }
}
