package dev.reprise.runtime.cpu.aggregate;

/** Counts distinct numbers in a hash table without boxes. NaN equals itself, -0 equals 0. */
final class DistinctCount {
  /** Marks a free slot; a NaN payload that no canonical number has. */
  private static final long FREE = 0x7ff8_dead_beef_0001L;

  private long[] slots = new long[16];
  private int size;

  DistinctCount() {
    java.util.Arrays.fill(slots, FREE);
  }

  int size() {
    return size;
  }

  /** Adds the first values of an array. */
  void add(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      add(values[i]);
    }
  }

  /** Adds a value; false when it is there already. */
  boolean add(double value) {
    if (!insert(slots, Double.doubleToLongBits(value + 0.0))) {
      return false;
    }
    size++;
    if (2L * size > slots.length) {
      grow();
    }
    return true;
  }

  /** Takes out of an array the values that are there already; returns how many are left. */
  int addNew(double[] values, int count) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      double value = values[i];
      if (add(value)) {
        values[left++] = value;
      }
    }
    return left;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    java.util.Arrays.fill(larger, FREE);
    for (long bits : slots) {
      if (bits != FREE) {
        insert(larger, bits);
      }
    }
    slots = larger;
  }

  private static boolean insert(long[] slots, long bits) {
    int mask = slots.length - 1;
    // A multiplicative hash (Knuth 6.4): its upper bits, since doubles often have zeros below.
    int at = (int) ((bits * 0x9E3779B97F4A7C15L) >>> Long.numberOfLeadingZeros(mask));
    while (slots[at] != FREE) {
      if (slots[at] == bits) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = bits;
    return true;
  }
}
