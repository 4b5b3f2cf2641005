package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Random cells of a matrix by their position, in machine code or in Java, with the same bits.
 * Immutable, for any number of threads.
 *
 * @param code makes what writes them in machine code, or null
 * @param distribution makes what writes up to so many at a time in Java
 * @param sparsity each stays with that probability, independently, or becomes 0
 */
record RandomCells(
    Precision precision,
    long seed,
    Supplier<RandomCode> code,
    IntFunction<Distribution> distribution,
    double sparsity) {

  /** Cells that are made by code and then thinned: few enough to be in the first cache still. */
  private static final long THINNED_AT_ONCE = 1 << 11;

  static RandomCells uniform(Precision precision, long seed, double min, double max) {
    return new RandomCells(
        precision,
        seed,
        () -> RandomCode.uniform(precision, seed, min, max),
        cells -> new UniformDistribution(seed, min, max, cells),
        1);
  }

  static RandomCells normal(Precision precision, long seed) {
    return new RandomCells(
        precision,
        seed,
        () -> RandomCode.normal(precision, seed),
        cells -> new NormalDistribution(seed, cells),
        1);
  }

  static RandomCells poisson(Precision precision, long seed, double mean) {
    return new RandomCells(precision, seed, null, _ -> new PoissonDistribution(seed, mean), 1);
  }

  /** All the same number, without drawing. */
  static RandomCells constant(Precision precision, long seed, double value) {
    return new RandomCells(
        precision,
        seed,
        () -> RandomCode.constant(precision, value),
        _ -> (_, cells, n) -> Arrays.fill(cells, 0, n, value),
        1);
  }

  RandomCells thinned(double sparsity) {
    return new RandomCells(precision, seed, code, distribution, sparsity);
  }

  /**
   * Writes n cells, by code where there is some.
   *
   * @param out where the first one goes, in native memory
   * @param first its position in the row-major matrix, even
   */
  void fill(MemorySegment out, long first, long n) {
    long byCode = code == null ? 0 : RandomCode.cells(n);
    if (byCode > 0) {
      fillByCode(out.address(), first, byCode);
    }
    if (byCode < n) {
      fillInJava(out.asSlice(byCode * precision.bytesPerCell()), first + byCode, n - byCode);
    }
  }

  private void fillByCode(long out, long first, long n) {
    RandomCode numbers = code.get();
    if (!(sparsity < 1)) {
      numbers.run(0, out, first, n);
      return;
    }
    RandomCode kept = RandomCode.kept(precision, seed, sparsity);
    for (long done = 0; done < n; done += THINNED_AT_ONCE) {
      long count = Math.min(THINNED_AT_ONCE, n - done);
      long at = out + done * precision.bytesPerCell();
      numbers.run(0, at, first + done, count);
      kept.run(at, at, first + done, count);
    }
  }

  /** As {@link #fill}, without code. */
  void fillInJava(MemorySegment out, long first, long n) {
    int most = (int) Math.min(Distribution.BATCH, n);
    Distribution numbers = distribution.apply(most);
    double[] batch = new double[most];
    CellBlocks blocks = new CellBlocks(precision, most);
    Distribution chance = sparsity < 1 ? UniformDistribution.chances(seed, most) : null;
    double[] chances = new double[sparsity < 1 ? most : 0];
    for (long done = 0; done < n; done += most) {
      int count = (int) Math.min(most, n - done);
      numbers.fill(first + done, batch, count);
      if (chance != null) {
        chance.fill(first + done, chances, count);
        thin(batch, chances, count);
      }
      blocks.store(batch, 0, out, done, count);
    }
  }

  private void thin(double[] cells, double[] chances, int n) {
    for (int i = 0; i < n; i++) {
      cells[i] = chances[i] < sparsity ? cells[i] : 0;
    }
  }
}
