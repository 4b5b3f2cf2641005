package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of rows of every length, between matrices of any width. */
class RectangleCopiesTest {
  private static final int ROWS = 5;
  private static final int MOST_CELLS = 75;
  private static final int UNTOUCHED = -1;

  @BeforeAll
  static void haveCode() {
    assumeTrue(RectangleCopies.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  /** Cells of four bytes before and behind the rectangle, in both matrices. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void cellsOfTheRectangleAndNoOthersAreCopied(int around) {
    for (int cells = 1; cells <= MOST_CELLS; cells++) {
      check(cells, around, 3);
      check(cells, 3, around);
    }
  }

  @Test
  void manyRowsAreCopiedInPieces() {
    check(1, 2, 1, RectangleCopies.MOST_ROWS * 2 + 3);
    check(1000, 0, 1, 300);
  }

  private static void check(int cells, int aroundFrom, int aroundTo) {
    check(cells, aroundFrom, aroundTo, ROWS);
  }

  private static void check(int cells, int aroundFrom, int aroundTo, int rows) {
    int widthFrom = cells + 2 * aroundFrom;
    int widthTo = cells + 2 * aroundTo;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(4L * rows * widthFrom, 8);
      // And a cell behind it.
      MemorySegment to = arena.allocate(4L * rows * widthTo + 4, 8);
      for (int i = 0; i < rows * widthFrom; i++) {
        from.setAtIndex(ValueLayout.JAVA_INT, i, i);
      }
      for (int i = 0; i <= rows * widthTo; i++) {
        to.setAtIndex(ValueLayout.JAVA_INT, i, UNTOUCHED);
      }
      RectangleCopies.run(
          from.address() + 4L * aroundFrom,
          4L * widthFrom,
          to.address() + 4L * aroundTo,
          4L * widthTo,
          rows,
          4L * cells);
      for (int i = 0; i <= rows * widthTo; i++) {
        int col = i % widthTo - aroundTo;
        int wanted =
            col < 0 || col >= cells || i == rows * widthTo
                ? UNTOUCHED
                : i / widthTo * widthFrom + aroundFrom + col;
        assertThat(to.getAtIndex(ValueLayout.JAVA_INT, i))
            .as("%d cells, cell %d", cells, i)
            .isEqualTo(wanted);
      }
    }
  }

  @Test
  void noRowsAreNoWorkAndPartsOfCellsAreRefused() {
    RectangleCopies.run(0, 8, 0, 8, 0, 8);
    assertThatThrownBy(() -> RectangleCopies.run(0, 8, 0, 8, 1, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 bytes");
    assertThatThrownBy(() -> RectangleCopies.run(0, 8, 0, 8, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
