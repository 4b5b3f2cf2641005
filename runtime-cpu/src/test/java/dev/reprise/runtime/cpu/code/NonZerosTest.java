package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machine code counts and copies the cells that a loop in Java would, whatever they are. */
class NonZerosTest {
  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @Test
  void everyNumberOfColumnsAndRows() {
    for (int cols = 1; cols <= 21; cols++) {
      for (int rows = 1; rows <= 9; rows++) {
        for (double share : new double[] {0, 0.1, 0.5, 1}) {
          check(rows, cols, share);
        }
      }
    }
    check(3, 2003, 0.1);
    check(801, 80, 0.05);
  }

  private double cell(double share) {
    if (random.nextDouble() >= share) {
      return random.nextInt(5) == 0 ? -0.0 : 0;
    }
    return switch (random.nextInt(6)) {
      case 0 -> Double.NaN;
      case 1 -> Double.MIN_VALUE;
      case 2 -> Double.NEGATIVE_INFINITY;
      default -> random.nextGaussian();
    };
  }

  private void check(int rows, int cols, double share) {
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      MemorySegment cells = arena.allocate((long) rows * cols * Double.BYTES, 8);
      List<Long> starts = new ArrayList<>();
      List<Long> values = new ArrayList<>();
      List<Integer> columns = new ArrayList<>();
      long before = random.nextInt(100);
      for (int i = 0; i < rows; i++) {
        starts.add(before + values.size());
        for (int j = 0; j < cols; j++) {
          double cell = cell(share);
          cells.setAtIndex(ValueLayout.JAVA_DOUBLE, (long) i * cols + j, cell);
          if (cell != 0) {
            values.add(Double.doubleToRawLongBits(cell));
            columns.add(j);
          }
        }
      }
      assertThat(NonZeros.count(cells.address(), (long) rows * cols)).isEqualTo(values.size());
      int n = values.size();
      // One of each more than are written.
      MemorySegment intoStarts = arena.allocate(Long.BYTES * (rows + 1L), 8).fill((byte) 7);
      MemorySegment intoValues = arena.allocate(Double.BYTES * (n + 1L), 8).fill((byte) 7);
      MemorySegment intoColumns = arena.allocate(Integer.BYTES * (n + 1L), 4).fill((byte) 7);
      NonZeros.copy(
          cells.address(),
          rows,
          cols,
          intoStarts.address(),
          before,
          intoValues.address(),
          intoColumns.address());
      starts.add(0x0707070707070707L);
      values.add(0x0707070707070707L);
      columns.add(0x07070707);
      assertThat(intoStarts.toArray(ValueLayout.JAVA_LONG)).containsExactly(longs(starts));
      assertThat(intoValues.toArray(ValueLayout.JAVA_LONG)).containsExactly(longs(values));
      assertThat(intoColumns.toArray(ValueLayout.JAVA_INT))
          .containsExactly(columns.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private static long[] longs(List<Long> list) {
    return list.stream().mapToLong(Long::longValue).toArray();
  }
}
