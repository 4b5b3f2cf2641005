package dev.reprise.runtime;

/** The types of the script language. */
public enum ValueType {
  DOUBLE("double"),
  INTEGER("integer"),
  BOOLEAN("boolean"),
  STRING("string"),
  MATRIX("matrix"),
  FRAME("frame"),
  LIST("list"),
  /** An argument that was left out; never seen by a script. */
  ABSENT("absent");

  private final String label;

  ValueType(String label) {
    this.label = label;
  }

  /** The name in scripts and messages. */
  public String label() {
    return label;
  }

  public boolean isScalar() {
    return ordinal() <= STRING.ordinal();
  }
}
