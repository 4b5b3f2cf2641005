package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random cells by machine code and in Java, bit by bit. */
class RandomCodeTest {
  private static final long[] SEEDS = {0, 1, -1, 0xffffffffL, 1L << 32, Long.MIN_VALUE};

  /** The last ones in front of block numbers that do not fit into a word, and behind them. */
  private static final long[] PLACES = {0, 2, 1 << 15, (1L << 33) - 64, (1L << 33) + 2, 1L << 40};

  private final Random random = new Random(20261201);

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void uniformCellsHaveTheSameBits(Precision precision) {
    double[][] bounds = {
      {0, 1},
      {-1, 1},
      {5, 2},
      {-0.0, -1},
      {-1, -0.0},
      {0, Double.MIN_VALUE},
      {Double.MIN_VALUE, 0},
      {-0.0, -Double.MIN_VALUE},
      {-Double.MIN_VALUE, Double.MIN_VALUE},
      {1, Math.nextUp(1.0)},
      {1e16, 1e16 + 4},
      {1e300, -7e307},
      {-1e-310, 1e-310}
    };
    for (double[] pair : bounds) {
      for (long place : PLACES) {
        long seed = random.nextLong();
        check(RandomCells.uniform(precision, seed, pair[0], pair[1]), place);
      }
    }
    for (long seed : SEEDS) {
      check(RandomCells.uniform(precision, seed, random.nextGaussian(), random.nextGaussian()), 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void normalCellsHaveTheSameBits(Precision precision) {
    for (long place : PLACES) {
      for (long seed : SEEDS) {
        check(RandomCells.normal(precision, seed), place);
      }
    }
  }

  /** Some million cells: all quarters, and logarithms near 0. */
  @Test
  void manyNormalCellsHaveTheSameBits() {
    for (int i = 0; i < 200; i++) {
      check(RandomCells.normal(Precision.FP64, random.nextLong()), 0, 1 << 13);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsStayAsTheirChancesSay(Precision precision) {
    for (double sparsity : new double[] {0, 0x1p-53, 1e-9, 0.3, 0.5, Math.nextDown(1.0), 1}) {
      for (long place : PLACES) {
        long seed = random.nextLong();
        check(RandomCells.uniform(precision, seed, -1, 1).thinned(sparsity), place);
        check(RandomCells.normal(precision, seed).thinned(sparsity), place);
        check(RandomCells.constant(precision, seed, -2.5).thinned(sparsity), place);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void constantCellsHaveTheSameBits(Precision precision) {
    for (double value : new double[] {0, -0.0, 1.1, Double.NaN, Double.POSITIVE_INFINITY, 1e-310}) {
      check(RandomCells.constant(precision, 7, value), 0);
    }
  }

  private void check(RandomCells cells, long place) {
    int step = CellFunction.UNIFORM.cellsPerStep();
    check(cells, place, 1 + random.nextInt(step));
    check(cells, place, step * (1 + random.nextInt(9)) + random.nextInt(step));
    // More than are thinned at a time.
    check(cells, place, 5000 + random.nextInt(step));
  }

  /** That n cells from a place on, and none behind them, are those that Java makes. */
  private void check(RandomCells cells, long place, int n) {
    int bytes = cells.precision().bytesPerCell();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate((n + 2L) * bytes, bytes).fill((byte) 7);
      MemorySegment wanted = arena.allocate((n + 2L) * bytes, bytes).fill((byte) 7);
      // Not where a vector begins.
      cells.fill(found.asSlice(bytes), place, n);
      cells.fillInJava(wanted.asSlice(bytes), place, n);
      assertThat(found.mismatch(wanted))
          .as("%s: %d cells from %d on", cells, n, place)
          .isEqualTo(-1);
    }
  }
}
