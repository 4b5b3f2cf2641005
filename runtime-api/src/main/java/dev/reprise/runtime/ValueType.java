package dev.reprise.runtime;

/** The types of the script language. */
public enum ValueType {
  /** Numbers of 64 bits with a fraction. */
  DOUBLE("double"),
  /** Whole numbers of 64 bits. */
  INTEGER("integer"),
  /** Truth values. */
  BOOLEAN("boolean"),
  /** Texts. */
  STRING("string"),
  /** Rectangles of numbers. */
  MATRIX("matrix"),
  /** Tables of typed columns. */
  FRAME("frame"),
  /** Values in order, with names or without. */
  LIST("list"),
  /** An argument that was left out; never seen by a script. */
  ABSENT("absent");

  private final String label;

  ValueType(String label) {
    this.label = label;
  }

  /** {@return the name in scripts and messages} */
  public String label() {
    return label;
  }

  /** {@return whether its values are single numbers, truth values or texts} */
  public boolean isScalar() {
    return ordinal() <= STRING.ordinal();
  }
}
