package dev.reprise.formats;

/** Whole numbers of 64 bits without a sign, for which Java has no type. */
public final class UnsignedNumber {
  private UnsignedNumber() {}

  /**
   * The double nearest to a number: from 2^63 on half of it, whose last bit keeps that something
   * was cut off, is doubled.
   */
  public static double of(long bits) {
    return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | (bits & 1));
  }
}
