package dev.reprise.runtime;

import java.util.Locale;

/**
 * To what the operands of products of fp32 matrices are rounded before they are multiplied; always
 * part of a lineage key. Products of such numbers are exact in fp32 or nearly so, and are added up
 * in fp32 or wider: what units for tensors compute.
 */
public enum ProductPrecision {
  /** Operands as they are. */
  FULL(0),
  /** 11 significant bits and the exponents of fp32. */
  TF32(13),
  /** 8 significant bits and the exponents of fp32. */
  BF16(16);

  private final int droppedBits;

  ProductPrecision(int droppedBits) {
    this.droppedBits = droppedBits;
  }

  /** {@return how many of the 24 significant bits of a float are rounded away} */
  public int droppedBits() {
    return droppedBits;
  }

  /**
   * Rounds a number to the nearest one of this precision, of two to the even one.
   *
   * @param number of any size, or NaN
   * @return the rounded number; large ones become infinite
   */
  public float rounded(float number) {
    if (droppedBits == 0 || number != number) {
      return number;
    }
    int bits = Float.floatToRawIntBits(number);
    int half = (1 << (droppedBits - 1)) - 1 + (bits >>> droppedBits & 1);
    return Float.intBitsToFloat(bits + half & -1 << droppedBits);
  }

  /** {@return the name that options and traces have} */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
