package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies and sums of rows of every length, from places in any order. */
class RowCopiesTest {
  private static final int ROWS = 5;
  private static final int MOST_CELLS = 70;

  /** Which row each is a copy of: in any order, one of them twice, others none. */
  private static final double[] NUMBERS = {
    4, 1, 5.75, 4, 0.999, 6, -1, 0, Double.NaN, 1e30, -1e30, Double.NEGATIVE_INFINITY, 2
  };

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  private static double get(Precision precision, MemorySegment cells, long at) {
    return precision == Precision.FP64
        ? cells.getAtIndex(ValueLayout.JAVA_DOUBLE, at)
        : cells.getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  private static void set(Precision precision, MemorySegment cells, long at, double number) {
    if (precision == Precision.FP64) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, at, number);
    } else {
      cells.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) number);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsAreCopiedWhole(Precision precision) {
    int bytes = precision.bytesPerCell();
    for (int cells = 1; cells <= MOST_CELLS; cells++) {
      if (!RowCopies.fit((long) cells * bytes)) {
        long few = (long) cells * bytes;
        assertThatThrownBy(() -> RowCopies.run(precision, 0, 1, 0, 1, 0, few))
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        check(precision, arena, cells);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(VectorRegisters.class)
  void sumsOfRowsHaveTheirTermsInOrder(VectorRegisters registers) {
    assumeTrue(registers.compareTo(VectorRegisters.largest()) <= 0, "a processor with AVX-512");
    for (Precision precision : Precision.values()) {
      checkSums(registers, precision);
    }
  }

  private static void checkSums(VectorRegisters registers, Precision precision) {
    int bytes = precision.bytesPerCell();
    long[] counts = {2, 0, 1, 4};
    int[] terms = {3, 0, 4, 1, 2, 2, 0};
    for (int cells = 1; cells <= MOST_CELLS; cells++) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment from = arena.allocate((long) ROWS * cells * bytes, 8);
        MemorySegment to = arena.allocate((counts.length * (long) cells + 1) * bytes, 8);
        for (int i = 0; i < ROWS * cells; i++) {
          set(precision, from, i, i % 7 == 3 ? -0.0 : Math.sin(i) * (i % 5 == 0 ? 1e9 : 1));
        }
        set(precision, to, (long) counts.length * cells, 9);
        long[] places = new long[terms.length];
        for (int i = 0; i < terms.length; i++) {
          places[i] = from.address() + (long) terms[i] * cells * bytes;
        }
        RowSums.run(registers, precision, places, counts, to.address(), counts.length, cells);
        int term = 0;
        for (int row = 0; row < counts.length; row++) {
          for (int j = 0; j < cells; j++) {
            double sum = 0;
            for (int i = 0; i < counts[row]; i++) {
              sum += get(precision, from, (long) terms[term + i] * cells + j);
            }
            Double wanted = precision == Precision.FP32 ? (float) sum : sum;
            assertThat(get(precision, to, (long) row * cells + j)).isEqualTo(wanted);
          }
          term += (int) counts[row];
        }
        assertThat(get(precision, to, (long) counts.length * cells)).isEqualTo(9);
      }
    }
  }

  private static void check(Precision precision, Arena arena, int cells) {
    int bytes = precision.bytesPerCell();
    int copies = NUMBERS.length;
    MemorySegment table = arena.allocate((long) ROWS * cells * bytes, 8);
    MemorySegment numbers = arena.allocate((long) copies * bytes, 8);
    // A cell before the copies, one behind them.
    MemorySegment out = arena.allocate(((long) copies * cells + 2) * bytes, 8);
    for (int i = 0; i < ROWS * cells; i++) {
      set(precision, table, i, i % 7 == 3 ? -0.0 : i + 0.5);
    }
    for (int i = 0; i < copies; i++) {
      set(precision, numbers, i, NUMBERS[i]);
    }
    for (int i = 0; i < copies * cells + 2; i++) {
      set(precision, out, i, 9);
    }
    long place = out.address() + bytes;
    long rowBytes = (long) cells * bytes;
    RowCopies.run(precision, numbers.address(), copies, table.address(), ROWS, place, rowBytes);
    for (int i = 0; i < copies; i++) {
      boolean isRow = NUMBERS[i] >= 1 && NUMBERS[i] < ROWS + 1;
      for (int j = 0; j < cells; j++) {
        Double wanted = isRow ? get(precision, table, ((long) NUMBERS[i] - 1) * cells + j) : 0;
        assertThat((Double) get(precision, out, (long) i * cells + j + 1)).isEqualTo(wanted);
      }
    }
    assertThat(get(precision, out, 0)).as("the cell before the first").isEqualTo(9);
    assertThat(get(precision, out, (long) copies * cells + 1)).as("behind the last").isEqualTo(9);
  }
}
