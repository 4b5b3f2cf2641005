package dev.reprise.runtime.cpu.aggregate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reductions of a run of adjacent fp64 cells on one thread. Needs a block of scratch that the
 * caller makes once per thread. Not for several threads.
 *
 * <p>Sums halve blocks of 1024 cells down to 128, add these in 8 lanes, and add the block sums with
 * compensation. The order depends on the length alone. With u = 2^-53 the error is at most 25 u
 * times the sum of the absolute values, whatever the length.
 */
final class Run {
  static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;
  static final int BLOCK = 1024;

  private final double[] block;

  /** Scratch for runs of up to {@code cells} cells; longer ones work as well when it is a block. */
  Run(long cells) {
    block = new double[(int) Math.min(cells, BLOCK)];
  }

  double sum(MemorySegment cells, long at, long n) {
    if (n <= BLOCK) {
      MemorySegment.copy(cells, CELL, at, block, 0, (int) n);
      return blockSum((int) n);
    }
    Accumulator total = new Accumulator();
    addTo(total, cells, at, n);
    return total.value();
  }

  /** Adds the cells to a total. */
  void addTo(Accumulator total, MemorySegment cells, long at, long n) {
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(cells, CELL, at + 8 * i, block, 0, count);
      total.add(blockSum(count));
    }
  }

  /** Adds the squared distances of the cells from a center to a total. */
  void addSquaresTo(Accumulator total, double center, MemorySegment cells, long at, long n) {
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(cells, CELL, at + 8 * i, block, 0, count);
      for (int k = 0; k < count; k++) {
        double distance = block[k] - center;
        block[k] = distance * distance;
      }
      total.add(blockSum(count));
    }
  }

  /** The sample variance by two passes; 0 for a single cell, NaN for none. */
  double variance(MemorySegment cells, long at, long n) {
    if (n == 0) {
      return Double.NaN;
    }
    double mean = sum(cells, at, n) / n;
    Accumulator squares = new Accumulator();
    addSquaresTo(squares, mean, cells, at, n);
    return n == 1 ? squares.value() : squares.value() / (n - 1);
  }

  /** The smallest cell, NaN if any is; infinity for none. */
  double min(MemorySegment cells, long at, long n) {
    double min = Double.POSITIVE_INFINITY;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(cells, CELL, at + 8 * i, block, 0, count);
      for (int k = 0; k < count; k++) {
        min = Math.min(min, block[k]);
      }
    }
    return min;
  }

  /** The largest cell, NaN if any is; minus infinity for none. */
  double max(MemorySegment cells, long at, long n) {
    double max = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      MemorySegment.copy(cells, CELL, at + 8 * i, block, 0, count);
      for (int k = 0; k < count; k++) {
        max = Math.max(max, block[k]);
      }
    }
    return max;
  }

  double product(MemorySegment cells, long at, long n) {
    double product = 1;
    for (long i = 0; i < n; i++) {
      product *= cells.get(CELL, at + 8 * i);
    }
    return product;
  }

  /** One-based position of the largest cell, the last of equal ones; NaN never wins. */
  double indexMax(MemorySegment cells, long at, long n) {
    double best = Double.NEGATIVE_INFINITY;
    long index = n == 0 ? 0 : 1;
    for (long i = 0; i < n; i++) {
      double value = cells.get(CELL, at + 8 * i);
      if (value >= best) {
        best = value;
        index = i + 1;
      }
    }
    return index;
  }

  /** One-based position of the smallest cell, the last of equal ones; NaN never wins. */
  double indexMin(MemorySegment cells, long at, long n) {
    double best = Double.POSITIVE_INFINITY;
    long index = n == 0 ? 0 : 1;
    for (long i = 0; i < n; i++) {
      double value = cells.get(CELL, at + 8 * i);
      if (value <= best) {
        best = value;
        index = i + 1;
      }
    }
    return index;
  }

  /** Sum of the first n cells of the block, which it uses up. */
  private double blockSum(int n) {
    double[] x = block;
    int rest = n;
    if (n == BLOCK) {
      halve(x, 512);
      halve(x, 256);
      halve(x, 128);
      rest = 128;
    }
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 8 <= rest; i += 8) {
      a += x[i] + x[i + 4];
      b += x[i + 1] + x[i + 5];
      c += x[i + 2] + x[i + 6];
      d += x[i + 3] + x[i + 7];
    }
    double tail = 0;
    for (; i < rest; i++) {
      tail += x[i];
    }
    return ((a + b) + (c + d)) + tail;
  }

  private static void halve(double[] x, int half) {
    for (int i = 0; i < half; i++) {
      x[i] += x[half + i];
    }
  }
}
