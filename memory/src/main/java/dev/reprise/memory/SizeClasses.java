package dev.reprise.memory;

/**
 * The sizes in which small buffers are handed out: multiples of 64 bytes up to 1 KiB, then eight
 * classes per doubling (at most 12.5 % waste) up to 32 KiB. What is larger has its exact size.
 */
final class SizeClasses {
  /** Largest small buffer. */
  static final long SMALL_LIMIT = 32 * 1024;

  static final int COUNT = 56;
  static final int ALIGNMENT = 64;

  private static final int UNIT_BITS = 6;
  private static final int LINEAR_CLASSES = 16;
  private static final int PER_DOUBLING_BITS = 3;

  private SizeClasses() {}

  /** The class that holds {@code bytes}, 0 to {@link #SMALL_LIMIT}. */
  static int of(long bytes) {
    int unit = bytes == 0 ? 0 : (int) ((bytes - 1) >>> UNIT_BITS);
    if (unit < LINEAR_CLASSES) {
      return unit;
    }
    int log = 31 - Integer.numberOfLeadingZeros(unit);
    int step = unit >>> (log - PER_DOUBLING_BITS);
    return LINEAR_CLASSES + ((log - 4) << PER_DOUBLING_BITS) + step - (1 << PER_DOUBLING_BITS);
  }

  /** Bytes of a buffer of the class. */
  static int bytes(int sizeClass) {
    if (sizeClass < LINEAR_CLASSES) {
      return (sizeClass + 1) << UNIT_BITS;
    }
    int doubling = (sizeClass - LINEAR_CLASSES) >>> PER_DOUBLING_BITS;
    int step = (sizeClass - LINEAR_CLASSES) & ((1 << PER_DOUBLING_BITS) - 1);
    return ((1 << PER_DOUBLING_BITS) + step + 1) << (doubling + 1 + UNIT_BITS);
  }

  /** Bytes charged for a large buffer: the next multiple of the alignment. */
  static long roundUp(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
