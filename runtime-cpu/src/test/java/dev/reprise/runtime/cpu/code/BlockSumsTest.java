package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sums of blocks in machine code have the bits of the same additions one after the other. */
class BlockSumsTest {
  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyNumberOfCells(Precision precision) {
    for (int n = 1; n <= BlockSums.BLOCK; n += n < 80 ? 1 : 1 + random.nextInt(30)) {
      check(precision, 1 + random.nextInt(9), n, n + random.nextInt(3), false);
    }
    check(precision, 9, BlockSums.BLOCK - 1, BlockSums.BLOCK - 1, false);
    check(precision, 9, BlockSums.BLOCK, BlockSums.BLOCK, false);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyNumberOfBlocks(Precision precision) {
    for (int blocks = 0; blocks <= 13; blocks++) {
      check(precision, blocks, 13, 13, false);
      check(precision, blocks, BlockSums.BLOCK, BlockSums.BLOCK + 1, false);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void infinitiesZerosAndNumbersOfAllSizes(Precision precision) {
    for (int i = 0; i < 60; i++) {
      check(precision, 6, 1 + random.nextInt(70), 80, true);
      check(precision, 6, BlockSums.BLOCK, BlockSums.BLOCK, true);
    }
  }

  @Test
  void cellsOfAnArrayFromAnyOnHaveTheBitsOfThoseInMemory() {
    for (int n = 1; n <= BlockSums.BLOCK; n += n < 80 || n > 1020 ? 1 : 1 + random.nextInt(30)) {
      int first = random.nextInt(4);
      boolean isOdd = n % 2 == 0;
      double[] cells = new double[first + n];
      Arrays.setAll(cells, i -> cell(isOdd));
      double[] sum = new double[1];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, cells);
        long place = memory.address() + (long) first * Double.BYTES;
        BlockSums.run(Precision.FP64, place, 0, MemorySegment.ofArray(sum), 1, n);
      }
      Double found = BlockSums.of(cells, first, n);
      assertThat(found).as("%d cells", n).isEqualTo(Double.valueOf(sum[0]));
    }
    assertThatThrownBy(() -> BlockSums.of(new double[7], 3, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void noMoreSumsThanThereIsRoomFor() {
    MemorySegment room = MemorySegment.ofArray(new double[2]);
    assertThatThrownBy(() -> BlockSums.run(Precision.FP64, 0, 8, room, 3, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BlockSums.run(Precision.FP64, 0, 8, room, 1, BlockSums.BLOCK + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private double cell(boolean isOdd) {
    if (!isOdd) {
      return random.nextGaussian();
    }
    return switch (random.nextInt(60)) {
      case 0 -> Double.POSITIVE_INFINITY;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> Double.NaN;
      case 3, 4, 5, 6 -> -0.0;
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30);
    };
  }

  private void check(Precision precision, int blocks, int n, int step, boolean isOdd) {
    int bytes = precision.bytesPerCell();
    double[][] cells = new double[blocks][n];
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      long count = blocks == 0 ? 0 : (long) (blocks - 1) * step + n;
      MemorySegment memory = arena.allocate(count * bytes, bytes);
      for (int i = 0; i < blocks; i++) {
        boolean isZero = isOdd && random.nextInt(4) == 0;
        for (int j = 0; j < n; j++) {
          double x = isZero ? -0.0 : cell(isOdd);
          cells[i][j] = precision == Precision.FP64 ? x : (float) x;
          if (precision == Precision.FP64) {
            memory.setAtIndex(ValueLayout.JAVA_DOUBLE, (long) i * step + j, x);
          } else {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * step + j, (float) x);
          }
        }
      }
      double[] sums = new double[blocks + 1];
      sums[blocks] = 17;
      long place = memory.address();
      BlockSums.run(precision, place, (long) step * bytes, MemorySegment.ofArray(sums), blocks, n);
      double divisor = n;
      double[] squares = new double[blocks + 1];
      for (int i = 0; i < blocks; i++) {
        squares[i] = isOdd ? random.nextGaussian() : sums[i];
      }
      double[] given = squares.clone();
      BlockSums.runSquares(
          precision,
          place,
          (long) step * bytes,
          MemorySegment.ofArray(squares),
          divisor,
          blocks,
          n);
      assertThat(squares[blocks]).isZero();
      for (int i = 0; i < blocks; i++) {
        Double ofSquares = sum(squares(cells[i], given[i] / divisor));
        assertThat((Double) squares[i])
            .as("squares of %s, %d of %d x %d", precision, i, blocks, n)
            .isEqualTo(ofSquares);
        // Boxed, so that one NaN is the other, and no zero is the other one.
        Double wanted = sum(cells[i]);
        assertThat((Double) sums[i])
            .as("%s, %d of %d x %d", precision, i, blocks, n)
            .isEqualTo(wanted);
      }
      assertThat(sums[blocks]).isEqualTo(17);
    }
  }

  private static double[] squares(double[] x, double center) {
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double distance = x[i] - center;
      squares[i] = distance * distance;
    }
    return squares;
  }

  private static double sum(double[] x) {
    int n = x.length;
    if (n == BlockSums.BLOCK) {
      for (n = n / 2; n >= BlockSums.BLOCK / 8; n /= 2) {
        for (int i = 0; i < n; i++) {
          x[i] += x[n + i];
        }
      }
      n *= 2;
    }
    double[] lanes = new double[4];
    int i = 0;
    for (; i + 8 <= n; i += 8) {
      for (int lane = 0; lane < 4; lane++) {
        lanes[lane] += x[i + lane] + x[i + lane + 4];
      }
    }
    double rest = 0;
    for (; i < n; i++) {
      rest += x[i];
    }
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + rest;
  }
}
