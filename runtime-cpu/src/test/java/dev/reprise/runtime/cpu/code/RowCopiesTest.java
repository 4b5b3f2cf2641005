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

  /** Which row each is a copy of: in any order, one of them twice. */
  private static final int[] SOURCES = {3, 0, 4, 3, 1};

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
        assertThatThrownBy(() -> RowCopies.run(precision, new long[1], new long[1], 1, few))
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        check(precision, arena, cells);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void sumsOfRowsHaveTheirTermsInOrder(Precision precision) {
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
        RowSums.run(precision, places, counts, to.address(), counts.length, cells);
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
    // A cell behind each row that is not written.
    MemorySegment from = arena.allocate((long) ROWS * (cells + 1) * bytes, 8);
    MemorySegment to = arena.allocate((long) ROWS * (cells + 1) * bytes, 8);
    for (int i = 0; i < ROWS * (cells + 1); i++) {
      set(precision, from, i, i % 7 == 3 ? -0.0 : i + 0.5);
      set(precision, to, i, 9);
    }
    long[] sources = new long[ROWS];
    long[] targets = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      sources[i] = from.address() + (long) SOURCES[i] * (cells + 1) * bytes;
      targets[i] = to.address() + (long) (ROWS - 1 - i) * (cells + 1) * bytes;
    }
    RowCopies.run(precision, sources, targets, ROWS - 1, (long) cells * bytes);
    for (int i = 0; i < ROWS; i++) {
      long target = (long) (ROWS - 1 - i) * (cells + 1);
      for (int j = 0; j <= cells; j++) {
        double source = get(precision, from, (long) SOURCES[i] * (cells + 1) + j);
        // The last row is left out, as is the cell behind each.
        Double wanted = i < ROWS - 1 && j < cells ? source : 9;
        assertThat(get(precision, to, target + j)).isEqualTo(wanted);
      }
    }
  }
}
