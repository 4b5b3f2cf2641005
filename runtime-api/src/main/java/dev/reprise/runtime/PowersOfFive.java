package dev.reprise.runtime;

import java.math.BigInteger;

/**
 * The upper 128 bits of 5^q, or of its reciprocal rounded up, for every q a double can need.
 * Computed when the class is first used, in about 2 ms.
 */
final class PowersOfFive {
  static final int LOWEST = -342;
  static final int HIGHEST = 308;
  private static final long[] BITS = compute();

  private PowersOfFive() {}

  static long high(int row) {
    return BITS[2 * row];
  }

  static long low(int row) {
    return BITS[2 * row + 1];
  }

  private static long[] compute() {
    long[] bits = new long[2 * (HIGHEST - LOWEST + 1)];
    BigInteger power = BigInteger.ONE;
    BigInteger five = BigInteger.valueOf(5);
    for (int q = 0; q <= HIGHEST; q++) {
      put(bits, q, upper128(power));
      power = power.multiply(five);
    }
    power = five;
    for (int q = -1; q >= LOWEST; q--) {
      // Smallest z with 2^z >= 5^-q; a power of five is never a power of two.
      int z = power.bitLength();
      int scale = q >= -27 ? z + 127 : 2 * z + 128;
      BigInteger reciprocal = BigInteger.ONE.shiftLeft(scale).divide(power).add(BigInteger.ONE);
      put(bits, q, upper128(reciprocal));
      power = power.multiply(five);
    }
    return bits;
  }

  private static BigInteger upper128(BigInteger value) {
    return value.shiftRight(value.bitLength() - 128);
  }

  private static void put(long[] bits, int q, BigInteger value) {
    bits[2 * (q - LOWEST)] = value.shiftRight(64).longValue();
    bits[2 * (q - LOWEST) + 1] = value.longValue();
  }
}
