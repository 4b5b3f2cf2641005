package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import java.lang.foreign.MemorySegment;

/**
 * The softmax of rows and what is made of it, one at a time: in machine code where cells are
 * ordinary numbers, else in arrays, with the same bits. Belongs to one task.
 */
final class RowShares {
  private final RowCode code;
  private final Precision precision;
  private final MemorySegment powers;
  private double largest;
  private double sum;

  /**
   * @param most cells of a row
   * @param scratch of the task
   */
  RowShares(Precision precision, int most, Scratch scratch) {
    this.precision = precision;
    this.code = new RowCode(precision);
    this.powers = scratch.doubles(most);
  }

  /**
   * Writes the softmax of {@code scale} x.
   *
   * @param x n cells
   * @param scale above 0
   * @param out may be x
   */
  void run(MemorySegment x, double scale, MemorySegment out, int n) {
    raise(x, scale, n);
    code.divide(powers, sum, out, n);
  }

  /** Makes the powers of a row's cells, less the largest. */
  private void raise(MemorySegment x, double scale, int n) {
    // A positive scale and rounding leave the largest the largest.
    largest = scale * code.largest(x, n);
    sum = code.powers(x, scale, largest, powers, n);
    if (Double.isNaN(sum)) {
      computePowers(x, scale, n);
    }
  }

  /** As raise, of the sum of powers alone. */
  private void add(MemorySegment x, int n) {
    largest = code.largest(x, n);
    sum = code.powersAdded(x, largest, n);
    if (Double.isNaN(sum)) {
      computePowers(x, 1, n);
    }
  }

  /** The logarithm of the last row's sum of powers. */
  double logarithm() {
    return largest + Math.log(sum);
  }

  /** Writes the logarithms of a row's softmax. */
  void runLogarithms(MemorySegment x, MemorySegment out, int n) {
    add(x, n);
    code.logarithms(x, largest, Math.log(sum), out, n);
  }

  /** Writes the gradient of a row from that of its softmax. */
  void runSlopes(MemorySegment gradient, MemorySegment probs, MemorySegment out, int n) {
    code.slope(gradient, probs, code.products(gradient, probs, n), out, n);
  }

  /** Minus the sum of y times the logarithms of a row's softmax, where y is not 0. */
  double loss(MemorySegment x, MemorySegment y, int n) {
    add(x, n);
    return code.losses(x, largest, Math.log(sum), y, n);
  }

  /** As the other, of one cell's logarithm. */
  double loss(MemorySegment x, double cell, int n) {
    add(x, n);
    return Math.log(sum) - (cell - largest);
  }

  /** Writes (softmax(x) sum(y) - y) factor. */
  void runGradient(MemorySegment x, MemorySegment y, double factor, MemorySegment out, int n) {
    raise(x, 1, n);
    code.miss(powers, code.sum(y, n) / sum, y, factor, out, n);
  }

  /**
   * As the other, with y of zeros.
   *
   * @param wanted their sum: of one cell that is 1, which is {@linkplain #missed computed} apart
   */
  void runGradient(MemorySegment x, double wanted, double factor, MemorySegment out, int n) {
    raise(x, 1, n);
    code.scale(powers, wanted / sum, factor, out, n);
  }

  /** What the gradient of the last row is in a cell where y is 1, and 0 elsewhere. */
  double missed(int cell, double factor) {
    return (powers.getAtIndex(JAVA_DOUBLE, cell) * (1 / sum) - 1) * factor;
  }

  private void computePowers(MemorySegment cells, double scale, int n) {
    double[] x = new double[n];
    double[] k = new double[n];
    double[] out = new double[n];
    new CellBlocks(precision, n).load(cells, 0, x, 0, n);
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * scale - largest;
    }
    ExponentialBlocks.exp(x, k, out, n);
    MemorySegment.copy(out, 0, powers, JAVA_DOUBLE, 0, n);
    sum = LaneSums.sum(out, 0, n);
  }
}
