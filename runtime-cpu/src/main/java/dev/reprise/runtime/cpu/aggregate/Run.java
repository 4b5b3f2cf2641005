package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.code.BlockSums;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Reductions of runs of adjacent cells on one thread, by way of a block of scratch. Not for several
 * threads. Positions are counted in cells along the rows of the source.
 *
 * <p>Sums halve blocks of 1024 cells down to 128, add these in 4 lanes, and add the block sums with
 * compensation. The order depends on the length alone. With u = 2^-53 the error is at most 40 u
 * times the sum of the absolute values, whatever the length; up to 1023 cells are added without
 * halving, with at most 135 u. Machine code has the same order ({@link BlockSums}).
 */
final class Run {
  static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;
  static final int BLOCK = BlockSums.BLOCK;

  /** Cells whose sum by machine code takes no longer than in Java, once that is compiled. */
  private static final int LEAST_BY_CODE = 64;

  /** Blocks that machine code sums by one call. */
  private static final int TOGETHER = 32;

  private final double[] block;
  private final CellReader cells;

  /** The matrix in memory whose blocks machine code sums; null where they are read. */
  private final DenseMatrix matrix;

  /** Scratch for runs of up to {@code most} cells; longer ones work as well when it is a block. */
  Run(CellSource source, long most) {
    block = new double[(int) Math.min(most, BLOCK)];
    cells = source.reader(block.length);
    matrix = inPlace(source);
  }

  /** The matrix in memory whose blocks machine code sums; null where there is none. */
  static DenseMatrix inPlace(CellSource source) {
    boolean isStored = source instanceof CellSource.Stored && CellFunction.areThere();
    return isStored ? ((CellSource.Stored) source).matrix() : null;
  }

  /**
   * Writes sums of runs of up to 1024 cells each, one behind the other in such a matrix.
   *
   * @param sums doubles, on the heap or not
   */
  static void sumInPlace(DenseMatrix matrix, long at, MemorySegment sums, long runs, int n) {
    long bytes = matrix.precision().bytesPerCell();
    long first = matrix.segment().address() + at * bytes;
    BlockSums.run(matrix.precision(), first, n * bytes, sums, runs, n);
  }

  /**
   * As {@link #sumInPlace}, of squared distances from {@code sum / divisor}.
   *
   * @param sums of the runs, which become those of the squares
   */
  static void squareInPlace(
      DenseMatrix matrix, long at, MemorySegment sums, double divisor, long runs, int n) {
    long bytes = matrix.precision().bytesPerCell();
    long first = matrix.segment().address() + at * bytes;
    BlockSums.runSquares(matrix.precision(), first, n * bytes, sums, divisor, runs, n);
  }

  /** Brings up to 1024 cells into the block. */
  void load(long at, int n) {
    cells.read(at, block, n);
  }

  double sum(long at, long n) {
    Accumulator total = new Accumulator();
    addTo(total, at, n);
    return total.value();
  }

  /** Adds the cells to a total. */
  void addTo(Accumulator total, long at, long n) {
    if (matrix != null && n > 0) {
      addInPlace(total, at, n);
      return;
    }
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      total.add(blockSum(0, count));
    }
  }

  private void addInPlace(Accumulator total, long at, long n) {
    double[] sums = new double[Math.clamp(n / BLOCK, 1, TOGETHER)];
    addInPlace(
        total,
        sums,
        at,
        n,
        (from, into, runs, count) -> sumInPlace(matrix, from, into, runs, count));
  }

  /** Writes what is added of runs of cells. */
  @FunctionalInterface
  private interface RunSums {
    void write(long at, MemorySegment sums, long runs, int n);
  }

  private static void addInPlace(
      Accumulator total, double[] sums, long at, long n, RunSums runSums) {
    long blocks = n / BLOCK;
    MemorySegment into = MemorySegment.ofArray(sums);
    for (long i = 0; i < blocks; i += TOGETHER) {
      int count = (int) Math.min(TOGETHER, blocks - i);
      runSums.write(at + i * BLOCK, into, count, BLOCK);
      for (int k = 0; k < count; k++) {
        total.add(sums[k]);
      }
    }
    int rest = (int) (n % BLOCK);
    if (rest > 0) {
      runSums.write(at + blocks * BLOCK, into, 1, rest);
      total.add(sums[0]);
    }
  }

  /** Adds the squared distances of the cells from a center to a total. */
  void addSquaresTo(Accumulator total, double center, long at, long n) {
    if (matrix != null && n > 0) {
      double[] sums = new double[Math.clamp(n / BLOCK, 1, TOGETHER)];
      addInPlace(
          total,
          sums,
          at,
          n,
          (from, into, runs, count) -> {
            Arrays.fill(sums, center);
            squareInPlace(matrix, from, into, 1, runs, count);
          });
      return;
    }
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      squareDistances(0, count, center);
      total.add(blockSum(0, count));
    }
  }

  /** The sample variance by two passes; 0 for a single cell, NaN for none. */
  double variance(long at, long n) {
    double mean = sum(at, n) / n;
    Accumulator squares = new Accumulator();
    addSquaresTo(squares, mean, at, n);
    return n == 1 ? squares.value() : squares.value() / (n - 1);
  }

  /** The smallest cell, NaN if any is; infinity for none. */
  double min(long at, long n) {
    double min = Double.POSITIVE_INFINITY;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      min = Math.min(min, blockMin(0, count));
    }
    return min;
  }

  /** The largest cell, NaN if any is; minus infinity for none. */
  double max(long at, long n) {
    double max = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      max = Math.max(max, blockMax(0, count));
    }
    return max;
  }

  double product(long at, long n) {
    double product = 1;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      for (int k = 0; k < count; k++) {
        product *= block[k];
      }
    }
    return product;
  }

  /**
   * One-based position of the largest {@code sign * cell}, the last of equal ones; NaN never wins.
   */
  double indexMax(long at, long n, int sign) {
    double best = Double.NEGATIVE_INFINITY;
    long index = 1;
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      load(at + i, count);
      for (int k = 0; k < count; k++) {
        double value = sign * block[k];
        if (value >= best) {
          best = value;
          index = i + k + 1;
        }
      }
    }
    return index;
  }

  /** Sum of n cells of the block from a position on; may use the whole block up. */
  double blockSum(int from, int n) {
    return n >= LEAST_BY_CODE && CellFunction.areThere()
        ? BlockSums.of(block, from, n)
        : blockSumInJava(from, n);
  }

  private double blockSumInJava(int from, int n) {
    double[] x = block;
    int to = from + n;
    if (n == BLOCK) {
      halve(x, 512);
      halve(x, 256);
      halve(x, 128);
      to = 128;
    }
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      a += x[i] + x[i + 4];
      b += x[i + 1] + x[i + 5];
      c += x[i + 2] + x[i + 6];
      d += x[i + 3] + x[i + 7];
    }
    double tail = 0;
    for (; i < to; i++) {
      tail += x[i];
    }
    return ((a + b) + (c + d)) + tail;
  }

  private static void halve(double[] x, int half) {
    for (int i = 0; i < half; i++) {
      x[i] += x[half + i];
    }
  }

  /** As {@link #variance}; uses the cells up. At most 1023 of them. */
  double blockVariance(int from, int n) {
    double mean = blockSum(from, n) / n;
    squareDistances(from, n, mean);
    double squares = blockSum(from, n);
    return n == 1 ? squares : squares / (n - 1);
  }

  private void squareDistances(int from, int n, double center) {
    for (int k = from; k < from + n; k++) {
      double distance = block[k] - center;
      block[k] = distance * distance;
    }
  }

  /** The smallest or the largest of some cells, NaN if any is. */
  static double extreme(double[] cells, int from, int n, boolean least) {
    return least ? min(cells, from, n) : max(cells, from, n);
  }

  double blockMin(int from, int n) {
    return min(block, from, n);
  }

  private static double min(double[] block, int from, int n) {
    double min = Double.POSITIVE_INFINITY;
    for (int k = from; k < from + n; k++) {
      min = Math.min(min, block[k]);
    }
    return min;
  }

  double blockMax(int from, int n) {
    return max(block, from, n);
  }

  private static double max(double[] block, int from, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = from; k < from + n; k++) {
      max = Math.max(max, block[k]);
    }
    return max;
  }

  double blockProduct(int from, int n) {
    double product = 1;
    for (int k = from; k < from + n; k++) {
      product *= block[k];
    }
    return product;
  }

  /** As {@link #indexMax}. */
  double blockIndexMax(int from, int n, int sign) {
    double best = Double.NEGATIVE_INFINITY;
    int index = 1;
    for (int k = 0; k < n; k++) {
      double value = sign * block[from + k];
      if (value >= best) {
        best = value;
        index = k + 1;
      }
    }
    return index;
  }
}
