package dev.reprise.runtime.cpu.frame;

/** As {@link StringIndex} for whole numbers, and for the bits of others. */
final class NumberIndex {
  private static final int SMALLEST = 64;

  private long[] keys = new long[SMALLEST];
  private int[] codes = new int[SMALLEST];
  private int size;

  /** The number's code, or 0. */
  int find(long number) {
    return codes[place(number)];
  }

  /**
   * Looks numbers up to the first one that has no code.
   *
   * @return its position, or {@code to}
   */
  int codes(long[] numbers, int from, int to, double[] out) {
    for (int i = from; i < to; i++) {
      int code = codes[place(numbers[i])];
      if (code == 0) {
        return i;
      }
      out[i] = code;
    }
    return to;
  }

  /** Gives a number that is not there yet a code. */
  void put(long number, int code) {
    int place = place(number);
    keys[place] = number;
    codes[place] = code;
    size++;
    if (size * 2 > keys.length) {
      grow();
    }
  }

  private int place(long number) {
    int mask = keys.length - 1;
    // A multiplicative hash (Knuth 6.4) with 2^64 / golden ratio, since keys often differ in few
    // bits: its upper bits, since doubles often have zeros below.
    long hash = number * 0x9E3779B97F4A7C15L;
    int place = (int) (hash >>> Long.numberOfLeadingZeros(mask));
    while (codes[place] != 0 && keys[place] != number) {
      place = place + 1 & mask;
    }
    return place;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCodes = codes;
    keys = new long[oldKeys.length * 2];
    codes = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCodes[i] != 0) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        codes[place] = oldCodes[i];
      }
    }
  }
}
