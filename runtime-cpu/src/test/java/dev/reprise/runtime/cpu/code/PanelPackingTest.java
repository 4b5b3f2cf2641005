package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packed cells against their places; nothing else is written. */
class PanelPackingTest {
  /** What stands around what is written. */
  private static final double UNTOUCHED = -1;

  /** Cells behind what is written that are looked at, too. */
  private static final int BEHIND = 16;

  private static PanelPacking find(Precision precision) {
    PanelPacking packing = PanelPacking.find(precision);
    assumeTrue(packing != null, "a processor with AVX2 and FMA, on Linux");
    return packing;
  }

  /** A matrix of cells 1, 2, 3, ... */
  private static MemorySegment matrix(Arena arena, Precision precision, int rows, int cols) {
    int bytes = precision.bytesPerCell();
    MemorySegment cells = arena.allocate((long) bytes * rows * cols, bytes);
    for (int i = 0; i < rows * cols; i++) {
      set(precision, cells, i, i + 1);
    }
    return cells;
  }

  private static MemorySegment target(Arena arena, Precision precision, int cells) {
    MemorySegment target = arena.allocate((long) precision.bytesPerCell() * (cells + BEHIND), 64);
    for (int i = 0; i < cells + BEHIND; i++) {
      set(precision, target, i, UNTOUCHED);
    }
    return target;
  }

  private static void set(Precision precision, MemorySegment cells, long at, double value) {
    if (precision == Precision.FP64) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
    } else {
      cells.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
    }
  }

  private static double get(Precision precision, MemorySegment cells, long at) {
    return precision == Precision.FP64
        ? cells.getAtIndex(ValueLayout.JAVA_DOUBLE, at)
        : cells.getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsOfAPanelArePiecesOfRows(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int width = PanelPacking.lanes(precision);
    int cols = 21;
    for (int lanes = 1; lanes <= width; lanes++) {
      for (int count : new int[] {1, 2, 9}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, precision, count, cols);
          int first = cols - lanes;
          MemorySegment into = target(arena, precision, (count + 1) * width);
          packing.rows(from.address() + bytes * first, bytes * cols, lanes, count, into.address());
          for (int i = 0; i < (count + 1) * width; i++) {
            int lane = i % width;
            double there = lane < lanes ? i / width * cols + first + lane + 1 : 0;
            assertThat(get(precision, into, i)).isEqualTo(i < count * width ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsOfPanelsArePiecesOfRowsSideBySide(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int width = PanelPacking.lanes(precision);
    for (int panels = 1; panels <= 4; panels++) {
      for (int count : new int[] {1, 2, 9}) {
        try (Arena arena = Arena.ofConfined()) {
          int cols = panels * width + 3;
          MemorySegment from = matrix(arena, precision, count, cols);
          int panelCells = (count + 1) * width;
          MemorySegment into = target(arena, precision, panels * panelCells);
          packing.rowsOfPanels(
              from.address() + 3 * bytes,
              bytes * cols,
              panels,
              count,
              into.address(),
              bytes * panelCells);
          for (int i = 0; i < panels * panelCells + BEHIND; i++) {
            int row = i % panelCells / width;
            double there = row * cols + 3 + i / panelCells * width + i % width + 1;
            assertThat(get(precision, into, i))
                .isEqualTo(i < panels * panelCells && row < count ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsOfAPanelAreColumnsOfRows(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int width = PanelPacking.lanes(precision);
    for (int lanes = 1; lanes <= width; lanes++) {
      for (int count = PanelPacking.leastColumns(precision); count <= 33; count++) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, precision, lanes, count);
          MemorySegment into = target(arena, precision, (count + 1) * width);
          packing.columns(from.address(), bytes * count, lanes, count, into.address());
          for (int i = 0; i < (count + 1) * width; i++) {
            int row = Math.min(i % width, lanes - 1);
            double there = row * count + i / width + 1;
            assertThat(get(precision, into, i)).isEqualTo(i < count * width ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void columnsOfAPanelBecomeRows(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int width = PanelPacking.lanes(precision);
    for (int lanes = 1; lanes <= width; lanes++) {
      for (int count = PanelPacking.leastColumns(precision); count <= 33; count++) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, precision, count, width);
          int step = count + 3;
          int cells = (lanes - 1) * step + count;
          MemorySegment into = target(arena, precision, cells);
          packing.planes(from.address(), lanes, count, into.address(), bytes * step);
          for (int i = 0; i < cells + BEHIND; i++) {
            double there = i % step * width + i / step + 1;
            assertThat(get(precision, into, i))
                .isEqualTo(i < cells && i % step < count ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsAreCopied(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int cols = 45;
    for (int cells = (int) (PanelPacking.LEAST_COPIED / bytes); cells <= cols; cells++) {
      for (int count : new int[] {1, 4}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, precision, count, cols);
          int step = cells + 2;
          MemorySegment into = target(arena, precision, (count - 1) * step + cells);
          int first = cols - cells;
          packing.copies(
              from.address() + bytes * first,
              bytes * cols,
              count,
              bytes * cells,
              into.address(),
              bytes * step);
          int end = (count - 1) * step + cells;
          for (int i = 0; i < end + BEHIND; i++) {
            double there = i / step * cols + first + i % step + 1;
            assertThat(get(precision, into, i))
                .isEqualTo(i < end && i % step < cells ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void stripsAreGroupsOfColumns(Precision precision) {
    PanelPacking packing = find(precision);
    long bytes = precision.bytesPerCell();
    int most = PanelSums.MOST_ROWS;
    for (int cols = 1; cols <= 40; cols++) {
      RowGroups groups = RowGroups.of(cols);
      for (int count : new int[] {1, 7}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, precision, count, cols);
          int strip = count * most;
          MemorySegment into = target(arena, precision, (int) (groups.count() * strip));
          packing.strips(from.address(), bytes * cols, groups, count, into.address());
          for (int i = 0; i < groups.count() * strip + BEHIND; i++) {
            if (i >= groups.count() * strip) {
              assertThat(get(precision, into, i)).isEqualTo(UNTOUCHED);
              continue;
            }
            int group = i / strip;
            int row = i % strip / most;
            int cell = i % most;
            double there = row * cols + groups.first(group) + cell + 1;
            assertThat(get(precision, into, i))
                .isEqualTo(cell < groups.size(group) ? there : UNTOUCHED);
          }
        }
      }
    }
  }
}
