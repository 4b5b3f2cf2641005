package dev.reprise.lineage;

/** Binary search in the first iterations of a column's entries. */
final class Ascending {
  private Ascending() {}

  /** The last of the first {@code size} that is not larger than the number, 0 if all are. */
  static int lastUpTo(long[] numbers, int size, long number) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (numbers[middle] <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
