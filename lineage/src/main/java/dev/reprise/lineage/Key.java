package dev.reprise.lineage;

/**
 * The 128-bit structural hash of a lineage item: the same in every process and on every machine.
 * Two items with equal keys stand for the same value.
 */
public record Key(long high, long low) implements Comparable<Key> {
  private static final int DIGITS = 32;

  /** Reads the 32 hexadecimal digits that {@link #toString} writes. */
  public static Key parse(String digits) {
    if (digits.length() != DIGITS || !digits.chars().allMatch(Key::isHexDigit)) {
      throw new IllegalArgumentException("a key has 32 hexadecimal digits, found '" + digits + "'");
    }
    return new Key(
        Long.parseUnsignedLong(digits.substring(0, DIGITS / 2), 16),
        Long.parseUnsignedLong(digits.substring(DIGITS / 2), 16));
  }

  private static boolean isHexDigit(int character) {
    return (character >= '0' && character <= '9')
        || (character >= 'a' && character <= 'f')
        || (character >= 'A' && character <= 'F');
  }

  /** Written out because linking the equals that a record gets costs a start 10 ms. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Key that && high == that.high && low == that.low;
  }

  /** Both halves are uniform already, so half of one is a good hash. */
  @Override
  public int hashCode() {
    return (int) low;
  }

  /** Unsigned order, the order of the text form. */
  @Override
  public int compareTo(Key other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return hex(high) + hex(low);
  }

  private static String hex(long half) {
    String digits = Long.toHexString(half);
    return "0".repeat(DIGITS / 2 - digits.length()) + digits;
  }
}
