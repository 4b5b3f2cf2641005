package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import dev.reprise.runtime.cpu.code.ThinnedNumbers;

/**
 * {@code dropout} in machine code: the random numbers of {@link UniformDistribution#chances} are
 * made and compared in registers, sixteen or more at a time. Belongs to one thread.
 */
final class DropoutCode {
  private static final int CELLS_PER_BLOCK = 2;

  private final Precision precision;
  private final CellOperands more;

  DropoutCode(Precision precision, double share, long seed) {
    this.precision = precision;
    this.more = new CellOperands();
    // A chance is a whole number of 53 bits times 2^-53, and so is the share, rounded up.
    ThinnedNumbers numbers =
        new ThinnedNumbers(more)
            .share(share, (long) Math.ceil(share * 0x1p53))
            .thirdWord(Philox.SPARSITY)
            .multipliers(Philox.MULTIPLIER_0, Philox.MULTIPLIER_1);
    for (int round = 0; round < ThinnedNumbers.ROUNDS; round++) {
      numbers.keys(
          round, seed + round * Philox.WEYL_0, (seed >>> Integer.SIZE) + round * Philox.WEYL_1);
    }
  }

  /** How many of n cells it computes: the rest are fewer than it takes at a time. */
  static long cells(long n) {
    return CellFunction.areThere() ? n - n % CellFunction.THINNED.cellsPerStep() : 0;
  }

  /**
   * Writes n cells.
   *
   * @param x where the first one is in memory, as {@code out}
   * @param place of the first one in the matrix, even
   * @param n as {@link #cells} says
   */
  void run(long x, long out, long place, long n) {
    more.withCarried(place / CELLS_PER_BLOCK);
    CellFunction.THINNED.run(precision, x, out, more, n);
  }
}
