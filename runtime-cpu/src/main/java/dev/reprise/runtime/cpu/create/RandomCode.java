package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import dev.reprise.runtime.cpu.code.RandomNumbers;

/**
 * Random numbers of {@link Philox} in machine code, made and used in registers, sixteen or more at
 * a time, with the bits of the {@link Distribution}s. Belongs to one thread.
 */
final class RandomCode {
  private static final int CELLS_PER_BLOCK = 2;

  private final CellFunction function;
  private final Precision precision;
  private final CellOperands more = new CellOperands();
  private final RandomNumbers numbers = new RandomNumbers(more);

  private RandomCode(CellFunction function, Precision precision, long seed, int stream) {
    this.function = function;
    this.precision = precision;
    numbers.thirdWord(stream).multipliers(Philox.MULTIPLIER_0, Philox.MULTIPLIER_1);
    for (int round = 0; round < RandomNumbers.ROUNDS; round++) {
      numbers.keys(
          round, seed + round * Philox.WEYL_0, (seed >>> Integer.SIZE) + round * Philox.WEYL_1);
    }
  }

  /** Of no cells: as {@link UniformDistribution} with different bounds. */
  static RandomCode uniform(Precision precision, long seed, double min, double max) {
    RandomCode code = new RandomCode(CellFunction.UNIFORM, precision, seed, Philox.UNIFORM);
    code.numbers.range(min, UniformDistribution.span(min, max), UniformDistribution.last(min, max));
    return code;
  }

  /** Of no cells: all the same number. */
  static RandomCode constant(Precision precision, double value) {
    RandomCode code = new RandomCode(CellFunction.FILLED, precision, 0, Philox.UNIFORM);
    code.more.withParameter(0, value);
    return code;
  }

  /** Of no cells: as {@link NormalDistribution}. */
  static RandomCode normal(Precision precision, long seed) {
    return new RandomCode(CellFunction.NORMAL, precision, seed, Philox.NORMAL);
  }

  /**
   * Of cells, of which those stay whose {@linkplain UniformDistribution#chances chance} is less.
   */
  static RandomCode kept(Precision precision, long seed, double share) {
    return staying(CellFunction.KEPT, precision, seed, share);
  }

  /** As the other; cells that stay are divided by the share. */
  static RandomCode dropout(Precision precision, long seed, double share) {
    RandomCode code = staying(CellFunction.THINNED, precision, seed, share);
    code.numbers.share(share);
    return code;
  }

  private static RandomCode staying(
      CellFunction function, Precision precision, long seed, double share) {
    RandomCode code = new RandomCode(function, precision, seed, Philox.SPARSITY);
    // A chance is a whole number of 53 bits times 2^-53, and so is the share, rounded up.
    code.numbers.staying((long) Math.ceil(share * 0x1p53));
    return code;
  }

  /** How many of n cells it computes: the rest are fewer than it takes at a time. */
  static long cells(long n) {
    return CellFunction.areThere() ? n - n % CellFunction.THINNED.cellsPerStep() : 0;
  }

  /**
   * Writes n cells.
   *
   * @param x where the first one is in memory, as {@code out}; any number where it is of no cells
   * @param place of the first one in the matrix, even
   * @param n as {@link #cells} says
   */
  void run(long x, long out, long place, long n) {
    more.withCarried(place / CELLS_PER_BLOCK);
    function.run(precision, x, out, more, n);
  }
}
