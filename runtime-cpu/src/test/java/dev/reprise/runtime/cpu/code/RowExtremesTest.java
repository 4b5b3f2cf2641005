package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Extremes of rows in machine code are those of one comparison after the other. */
class RowExtremesTest {
  private static final double UNTOUCHED = 1234.5;

  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @Test
  void everyNumberOfColumns() {
    for (int cols = 1; cols <= 41; cols++) {
      check(cells(7 * cols, 0), cols);
      check(cells(cols, 0), cols);
    }
    check(cells(3 * 1027, 0), 1027);
  }

  @Test
  void equalCellsZerosOfEitherSignAndInfinities() {
    for (int i = 0; i < 300; i++) {
      int cols = 1 + random.nextInt(20);
      check(cells(5 * cols, 1), cols);
    }
  }

  @Test
  void cellsThatAreNoNumbersAreRefusedOrNeverWin() {
    for (int i = 0; i < 300; i++) {
      int cols = 1 + random.nextInt(20);
      check(cells(5 * cols, 2), cols);
    }
    check(new double[] {Double.NaN, Double.NaN, Double.NaN, 1, Double.NaN, -1}, 3);
    check(new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.NaN}, 3);
  }

  private double[] cells(int count, int oddity) {
    double[] cells = new double[count];
    for (int i = 0; i < count; i++) {
      cells[i] =
          switch (oddity == 0 ? 9 : random.nextInt(oddity == 1 ? 8 : 12)) {
            case 0, 1 -> 0.0;
            case 2, 3, 4 -> -0.0;
            case 5 -> random.nextInt(-2, 3);
            case 6 -> Double.NEGATIVE_INFINITY;
            case 7 -> random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : -1;
            case 8 -> Double.NaN;
            default -> random.nextGaussian();
          };
    }
    return cells;
  }

  private static void check(double[] cells, int cols) {
    int rows = cells.length / cols;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, cells);
      for (RowExtremes extremes : RowExtremes.values()) {
        MemorySegment target = arena.allocate(8L * (rows + 1), 8);
        target.setAtIndex(ValueLayout.JAVA_DOUBLE, rows, UNTOUCHED);
        boolean isDone = extremes.run(memory.address(), rows, cols, target.address());
        boolean isPlace = extremes.name().startsWith("PLACE");
        boolean hasNoNumber = false;
        for (int i = 0; i < rows * cols; i++) {
          hasNoNumber |= Double.isNaN(cells[i]);
        }
        assertThat(isDone).isEqualTo(isPlace || !hasNoNumber);
        for (int i = 0; isDone && i < rows; i++) {
          // Boxed, so that zeros differ by their sign.
          Double wanted = wanted(extremes, cells, i * cols, cols);
          assertThat(target.getAtIndex(ValueLayout.JAVA_DOUBLE, i))
              .as("%s of %d columns", extremes, cols)
              .isEqualTo(wanted);
        }
        assertThat(target.getAtIndex(ValueLayout.JAVA_DOUBLE, rows)).isEqualTo(UNTOUCHED);
      }
    }
  }

  private static double wanted(RowExtremes extremes, double[] cells, int from, int cols) {
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    int placeOfMost = 1;
    int placeOfLeast = 1;
    double best = Double.NEGATIVE_INFINITY;
    double worst = Double.POSITIVE_INFINITY;
    for (int k = 0; k < cols; k++) {
      double cell = cells[from + k];
      most = Math.max(most, cell);
      least = Math.min(least, cell);
      if (cell >= best) {
        best = cell;
        placeOfMost = k + 1;
      }
      if (cell <= worst) {
        worst = cell;
        placeOfLeast = k + 1;
      }
    }
    return switch (extremes) {
      case LARGEST -> most;
      case LEAST -> least;
      case PLACE_OF_LARGEST -> placeOfMost;
      case PLACE_OF_LEAST -> placeOfLeast;
    };
  }
}
