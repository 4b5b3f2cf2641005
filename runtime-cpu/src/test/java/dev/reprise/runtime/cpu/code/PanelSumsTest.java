package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Generated sums against the same sums in Java, bit by bit. */
class PanelSumsTest {
  private static final int OUTER = 3;
  private static final int MIDDLE = 2;

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

  private static PanelSums sums(Precision precision, VectorRegisters registers) {
    PanelSums sums = PanelSums.find(precision, registers);
    assumeTrue(sums != null, "a processor with FMA and such registers, on Linux");
    return sums;
  }

  @ParameterizedTest
  @CsvSource({"FP64,BYTES_32", "FP32,BYTES_32", "FP64,BYTES_64", "FP32,BYTES_64"})
  void sumsHaveTheBitsOfTheirTermsAddedInOrder(Precision precision, VectorRegisters registers) {
    PanelSums sums = sums(precision, registers);
    for (int rows = 1; rows <= PanelSums.MOST_ROWS; rows++) {
      // All numbers of terms that are written out, and some that are cut into several times those.
      for (int count : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 14, 16}) {
        check(sums, precision, rows, count, 1, count % 2 == 0, 0);
        check(sums, precision, rows, count, 3, count % 2 != 0, 5);
        check(sums, precision, rows, count, 2, count % 2 == 0, 2);
      }
      check(sums, precision, rows, 6, 2, false, 0);
      check(sums, precision, rows, 7, 3, true, 0);
    }
  }

  /**
   * In cells; strides of the left operand overlap, as those of windows do.
   *
   * @param beside 0, or more panels that are read beside the first one, so that rows of panels lie
   *     apart
   */
  private void check(
      PanelSums sums,
      Precision precision,
      int rows,
      int count,
      int between,
      boolean adds,
      int beside) {
    int bytes = precision.bytesPerCell();
    int lanes = PanelSums.PANEL_BYTES / bytes * (1 + beside);
    long[] left = {23, 7, between};
    long[] right = {(MIDDLE * count + 1L) * lanes + 3, (long) count * lanes, lanes};
    long step = 2;
    long width = lanes + 5;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = cells(arena, precision, 200);
      MemorySegment b = cells(arena, precision, OUTER * (MIDDLE + 1) * (count + 1) * lanes);
      MemorySegment c = cells(arena, precision, 10 * lanes * rows);
      MemorySegment before = arena.allocate(c.byteSize(), 64).copyFrom(c);
      PanelSums.Arguments arguments =
          new PanelSums.Arguments(arena.allocate(PanelSums.ARGUMENT_BYTES, 8))
              .direction(0, OUTER, left[0] * bytes, right[0] * bytes)
              .direction(1, MIDDLE, left[1] * bytes, right[1] * bytes)
              .rows(step * bytes, width * bytes)
              .adds(adds);
      if (beside > 0) {
        arguments
            .innermostApart(count, left[2] * bytes, right[2] * bytes)
            .panels(1 + beside, PanelSums.PANEL_BYTES);
      } else {
        arguments.innermost(count, left[2] * bytes, bytes);
      }
      arguments.at(a, 3L * bytes, b, bytes, c, 2L * bytes);
      sums.run(rows, arguments);
      for (int cell = 0; cell < 10 * lanes * rows; cell++) {
        long row = Math.floorDiv(cell - 2, width);
        long lane = Math.floorMod(cell - 2, width);
        double wanted = get(before, precision, cell);
        if (row >= 0 && row < rows && lane < lanes) {
          double sum = 0;
          for (int p = 0; p < OUTER; p++) {
            for (int q = 0; q < MIDDLE; q++) {
              for (int s = 0; s < count; s++) {
                long at = 3 + row * step + p * left[0] + q * left[1] + s * left[2];
                long panel = 1 + p * right[0] + q * right[1] + s * right[2] + lane;
                sum = fma(precision, get(b, precision, panel), get(a, precision, at), sum);
              }
            }
          }
          wanted = adds ? plus(precision, sum, wanted) : sum;
        }
        assertThat(get(c, precision, cell))
            .as(
                "%s rows, %s terms %s apart, %s panels more, cell %s, adds %s",
                rows, count, between, beside, cell, adds)
            .isEqualTo(wanted);
      }
    }
  }

  /** Groups and panels anywhere, with arguments that another call has used otherwise. */
  @ParameterizedTest
  @CsvSource({"FP64,BYTES_32", "FP32,BYTES_32", "FP64,BYTES_64", "FP32,BYTES_64"})
  void groupsAndPanelsMayLieApart(Precision precision, VectorRegisters registers) {
    PanelSums sums = sums(precision, registers);
    int bytes = precision.bytesPerCell();
    int lanes = PanelSums.PANEL_BYTES / bytes;
    int terms = 5;
    int groups = 3;
    for (int rows = 1; rows <= PanelSums.MOST_ROWS; rows++) {
      for (int panels = 1; panels <= 4; panels++) {
        int panelStep = rows * lanes + 2;
        int groupStep = panels * panelStep + 5;
        int rightStep = (terms + 2) * lanes;
        int leftGroup = rows * terms + 7;
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment a = cells(arena, precision, groups * leftGroup);
          MemorySegment b = cells(arena, precision, panels * rightStep);
          MemorySegment c = cells(arena, precision, groups * groupStep);
          MemorySegment before = arena.allocate(c.byteSize(), 64).copyFrom(c);
          MemorySegment other = cells(arena, precision, 40 * lanes * 20);
          PanelSums.Arguments arguments =
              new PanelSums.Arguments(arena.allocate(PanelSums.ARGUMENT_BYTES, 8));
          arguments
              .direction(0, 2, bytes, PanelSums.PANEL_BYTES)
              .direction(1, 3, bytes, PanelSums.PANEL_BYTES)
              .innermostApart(8, 3L * bytes, PanelSums.PANEL_BYTES)
              .rows(bytes, 3L * PanelSums.PANEL_BYTES)
              .strips(2L * bytes)
              .panels(3, 2L * PanelSums.PANEL_BYTES)
              .stored(PanelSums.PANEL_BYTES - bytes)
              .adds(true)
              .at(other, 0, other, 0, other, 0);
          sums.runGroups(RowGroups.of(13), arguments);
          arguments
              .direction(0, 1, 0, 0)
              .direction(1, 1, 0, 0)
              .innermost(terms, bytes, bytes)
              .rows((long) terms * bytes, PanelSums.PANEL_BYTES)
              .panels(panels, (long) rightStep * bytes, (long) panelStep * bytes)
              .stored(PanelSums.PANEL_BYTES)
              .adds(false)
              .at(a, 0, b, 0, c, 0);
          sums.runApart(
              rows, groups, (long) leftGroup * bytes, (long) groupStep * bytes, arguments);
          for (int cell = 0; cell < groups * groupStep; cell++) {
            int group = cell / groupStep;
            int panel = cell % groupStep / panelStep;
            int place = cell % groupStep % panelStep;
            double wanted = get(before, precision, cell);
            if (panel < panels && place < rows * lanes) {
              wanted = 0;
              for (int s = 0; s < terms; s++) {
                long left = (long) group * leftGroup + place / lanes * terms + s;
                long right = (long) panel * rightStep + (long) s * lanes + place % lanes;
                double one = get(b, precision, right);
                wanted = fma(precision, one, get(a, precision, left), wanted);
              }
            }
            assertThat(get(c, precision, cell))
                .as("%s rows, %s panels, cell %s", rows, panels, cell)
                .isEqualTo(wanted);
          }
        }
      }
    }
  }

  /**
   * Every number of lanes of the last panel, of panels at once, and of rows that are more than a
   * group.
   */
  @ParameterizedTest
  @CsvSource({"FP64,BYTES_32", "FP32,BYTES_32", "FP64,BYTES_64", "FP32,BYTES_64"})
  void onlyTheLanesThatThereAreAreStored(Precision precision, VectorRegisters registers) {
    PanelSums sums = sums(precision, registers);
    int lanes = PanelSums.PANEL_BYTES / precision.bytesPerCell();
    for (int stored = 1; stored <= lanes; stored++) {
      for (int rows : new int[] {1, 2, 3, 4, 5, 6, 13}) {
        checkStored(sums, precision, rows, 1, stored, 5, false);
        checkStored(sums, precision, rows, 1, stored, 8, true);
        for (int panels = 2; panels <= 8; panels++) {
          checkStored(sums, precision, rows, panels, stored, 5, panels % 2 == 0);
        }
      }
    }
  }

  private void checkStored(
      PanelSums sums,
      Precision precision,
      int rows,
      int panels,
      int stored,
      int terms,
      boolean adds) {
    int bytes = precision.bytesPerCell();
    int lanes = PanelSums.PANEL_BYTES / bytes;
    long panelCells = (terms + 1L) * lanes;
    int width = panels * lanes + 1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = cells(arena, precision, rows * terms);
      MemorySegment b = cells(arena, precision, (int) panelCells * panels);
      int count = (rows - 1) * width + (panels - 1) * lanes + stored;
      int behind = count + lanes;
      MemorySegment c = cells(arena, precision, behind);
      MemorySegment before = arena.allocate(c.byteSize(), 64).copyFrom(c);
      PanelSums.Arguments arguments =
          new PanelSums.Arguments(arena.allocate(PanelSums.ARGUMENT_BYTES, 8))
              .direction(0, 1, 0, 0)
              .direction(1, 1, 0, 0)
              .innermost(terms, bytes, bytes)
              .rows((long) terms * bytes, (long) width * bytes)
              .panels(panels, panelCells * bytes)
              .stored((long) stored * bytes)
              .adds(adds)
              .at(a, 0, b, 0, c, 0);
      sums.runGroups(RowGroups.of(rows), arguments);
      for (int cell = 0; cell < behind; cell++) {
        int row = cell / width;
        int column = cell % width;
        double wanted = get(before, precision, cell);
        if (cell < count && column < (panels - 1) * lanes + stored) {
          double sum = 0;
          for (int s = 0; s < terms; s++) {
            long right = column / lanes * panelCells + (long) s * lanes + column % lanes;
            double left = get(a, precision, (long) row * terms + s);
            sum = fma(precision, get(b, precision, right), left, sum);
          }
          wanted = adds ? plus(precision, sum, wanted) : sum;
        }
        assertThat(get(c, precision, cell))
            .as("%s rows, %s panels, %s lanes, cell %s, adds %s", rows, panels, stored, cell, adds)
            .isEqualTo(wanted);
      }
    }
  }
}
