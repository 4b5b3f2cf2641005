package dev.reprise.store.materialise;

import java.util.Arrays;

/** A heap of numbered things: the greatest value first, of equal ones the smallest number. */
final class Ranking {
  private int[] numbers = new int[16];
  private double[] values = new double[16];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(int number, double value) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!precedes(number, value, parent)) {
        break;
      }
      numbers[at] = numbers[parent];
      values[at] = values[parent];
      at = parent;
    }
    numbers[at] = number;
    values[at] = value;
  }

  /** Value of what {@link #take} would return. */
  double greatest() {
    return values[0];
  }

  int take() {
    int taken = numbers[0];
    size--;
    int number = numbers[size];
    double value = values[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && precedes(numbers[child + 1], values[child + 1], child)) {
        child++;
      }
      if (precedes(number, value, child)) {
        break;
      }
      numbers[at] = numbers[child];
      values[at] = values[child];
      at = child;
    }
    numbers[at] = number;
    values[at] = value;
    return taken;
  }

  private boolean precedes(int number, double value, int at) {
    return value > values[at] || value == values[at] && number < numbers[at];
  }
}
