package dev.reprise.runtime.cpu.code;

/** Numbers of gelu, in Java and in machine code: x / (1 + e^-y) with y = 2 SCALE (x + CUBE x^3). */
public final class GeluConstants {
  /** sqrt(2 / pi). */
  public static final double SCALE = 0.7978845608028654;

  public static final double CUBE = 0.044715;

  /** From here on it is x or 0 to the last bit, which infinities would not come out as. */
  public static final double END = 10;

  private GeluConstants() {}
}
