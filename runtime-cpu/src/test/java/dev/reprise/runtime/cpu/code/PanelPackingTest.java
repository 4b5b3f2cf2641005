package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packed cells against their places; nothing else is written. */
class PanelPackingTest {
  private static final int LANES = PanelPacking.LANES;

  /** What stands around what is written. */
  private static final float UNTOUCHED = -1;

  private PanelPacking packing;

  @BeforeEach
  void find() {
    packing = PanelPacking.find();
    assumeTrue(packing != null, "a processor with AVX2 and FMA, on Linux");
  }

  /** A matrix of cells 1, 2, 3, ... that ends where its memory ends. */
  private static MemorySegment matrix(Arena arena, int rows, int cols) {
    MemorySegment cells = arena.allocate(4L * rows * cols, 4);
    for (int i = 0; i < rows * cols; i++) {
      cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
    }
    return cells;
  }

  private static MemorySegment target(Arena arena, int cells) {
    MemorySegment target = arena.allocate(4L * cells, 64);
    for (int i = 0; i < cells; i++) {
      target.setAtIndex(ValueLayout.JAVA_FLOAT, i, UNTOUCHED);
    }
    return target;
  }

  private static float get(MemorySegment cells, long at) {
    return cells.getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  @Test
  void rowsOfAPanelArePiecesOfRows() {
    int cols = 21;
    for (int lanes = 1; lanes <= LANES; lanes++) {
      for (int count : new int[] {1, 2, 9}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, count, cols);
          int first = cols - lanes;
          MemorySegment into = target(arena, (count + 1) * LANES);
          packing.rows(from.address() + 4L * first, 4 * cols, lanes, count, into.address());
          for (int i = 0; i < (count + 1) * LANES; i++) {
            int lane = i % LANES;
            float there = lane < lanes ? i / LANES * cols + first + lane + 1 : 0;
            assertThat(get(into, i)).isEqualTo(i < count * LANES ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @Test
  void rowsOfAPanelAreColumnsOfRows() {
    for (int lanes = 1; lanes <= LANES; lanes++) {
      for (int count = PanelPacking.LEAST_COLUMNS; count <= 33; count++) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, lanes, count);
          MemorySegment into = target(arena, (count + 1) * LANES);
          packing.columns(from.address(), 4L * count, lanes, count, into.address());
          for (int i = 0; i < (count + 1) * LANES; i++) {
            int row = Math.min(i % LANES, lanes - 1);
            float there = row * count + i / LANES + 1;
            assertThat(get(into, i)).isEqualTo(i < count * LANES ? there : UNTOUCHED);
          }
        }
      }
    }
  }

  @Test
  void stripsAreGroupsOfColumns() {
    int most = PanelSums.MOST_ROWS;
    for (int cols = 1; cols <= 40; cols++) {
      RowGroups groups = RowGroups.of(cols);
      for (int count : new int[] {1, 7}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment from = matrix(arena, count, cols);
          int strip = count * most;
          MemorySegment into = target(arena, (int) (groups.count() * strip));
          packing.strips(from.address(), 4L * cols, groups, count, into.address());
          for (int i = 0; i < groups.count() * strip; i++) {
            int group = i / strip;
            int row = i % strip / most;
            int cell = i % most;
            float there = row * cols + groups.first(group) + cell + 1;
            assertThat(get(into, i)).isEqualTo(cell < groups.size(group) ? there : UNTOUCHED);
          }
        }
      }
    }
  }
}
