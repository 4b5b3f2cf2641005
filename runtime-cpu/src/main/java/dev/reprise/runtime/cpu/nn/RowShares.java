package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import java.lang.foreign.MemorySegment;

/**
 * The softmax of rows, one at a time: in machine code where cells are ordinary numbers, else in
 * arrays, with the same bits. Belongs to one task.
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
    this.code = new RowCode(precision, scratch);
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
    // A positive scale and rounding leave the largest the largest.
    largest = scale * code.largest(x, n);
    sum = code.powers(x, scale, largest, powers, n);
    if (Double.isNaN(sum)) {
      computePowers(x, scale, n);
    }
    code.divide(powers, sum, out, n);
  }

  /** The logarithm of the last row's sum of powers. */
  double logarithm() {
    return largest + Math.log(sum);
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
