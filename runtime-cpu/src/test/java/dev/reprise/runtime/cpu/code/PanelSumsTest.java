package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated sums against the same sums in Java, bit by bit. */
class PanelSumsTest {
  private static final int[] COUNTS = {3, 2, 5};

  private final Random random = new Random(20261128);

  private static double get(MemorySegment memory, Precision precision, long at) {
    return precision == Precision.FP64
        ? memory.getAtIndex(ValueLayout.JAVA_DOUBLE, at)
        : memory.getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  private MemorySegment cells(Arena arena, Precision precision, int count) {
    MemorySegment memory = arena.allocate((long) count * precision.bytesPerCell(), 64);
    for (int i = 0; i < count; i++) {
      if (precision == Precision.FP64) {
        memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, random.nextGaussian());
      } else {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
      }
    }
    return memory;
  }

  private static double fma(Precision precision, double a, double b, double sum) {
    return precision == Precision.FP64
        ? Math.fma(a, b, sum)
        : Math.fma((float) a, (float) b, (float) sum);
  }

  private static double plus(Precision precision, double a, double b) {
    return precision == Precision.FP64 ? a + b : (float) a + (float) b;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void sumsHaveTheBitsOfTheirTermsAddedInOrder(Precision precision) {
    PanelSums sums = PanelSums.find(precision);
    assumeTrue(sums != null, "a processor with AVX2 and FMA, on Linux");
    int bytes = precision.bytesPerCell();
    int lanes = PanelSums.PANEL_BYTES / bytes;
    // In cells: strides of the left operand overlap, as those of windows do.
    long[] left = {23, 7, 1};
    long[] right = {10L * lanes + 3, 5L * lanes, lanes};
    long step = 2;
    long width = lanes + 5;
    try (Arena arena = Arena.ofConfined()) {
      for (int rows = 1; rows <= PanelSums.MOST_ROWS; rows++) {
        for (boolean adds : new boolean[] {false, true}) {
          MemorySegment a = cells(arena, precision, 200);
          MemorySegment b = cells(arena, precision, 100 * lanes);
          MemorySegment c = cells(arena, precision, 10 * lanes * rows);
          MemorySegment before = arena.allocate(c.byteSize(), 64).copyFrom(c);
          PanelSums.Arguments arguments =
              new PanelSums.Arguments(arena.allocate(PanelSums.ARGUMENT_BYTES, 8));
          for (int d = 0; d < 3; d++) {
            arguments.direction(d, COUNTS[d], left[d] * bytes, right[d] * bytes);
          }
          arguments.rows(step * bytes, width * bytes).adds(adds);
          sums.run(rows, arguments.at(a, 3L * bytes, b, bytes, c, 2L * bytes));
          for (int cell = 0; cell < 10 * lanes * rows; cell++) {
            long row = Math.floorDiv(cell - 2, width);
            long lane = Math.floorMod(cell - 2, width);
            double wanted = get(before, precision, cell);
            if (row >= 0 && row < rows && lane < lanes) {
              double sum = 0;
              for (int p = 0; p < COUNTS[0]; p++) {
                for (int q = 0; q < COUNTS[1]; q++) {
                  for (int s = 0; s < COUNTS[2]; s++) {
                    long at = 3 + row * step + p * left[0] + q * left[1] + s * left[2];
                    long panel = 1 + p * right[0] + q * right[1] + s * right[2] + lane;
                    sum = fma(precision, get(b, precision, panel), get(a, precision, at), sum);
                  }
                }
              }
              wanted = adds ? plus(precision, sum, wanted) : sum;
            }
            assertThat(get(c, precision, cell))
                .as("%s rows, cell %s, adds %s", rows, cell, adds)
                .isEqualTo(wanted);
          }
        }
      }
    }
  }
}
