package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rectangles of every size about the squares of code, between matrices that are larger. */
class TransposesTest {
  private static final int MOST = 37;
  private static final int UNTOUCHED = -1;

  @BeforeAll
  static void haveCode() {
    assumeTrue(Transposes.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsOfTheRectangleAndNoOthersAreWritten(Precision precision) {
    for (int rows = 1; rows <= MOST; rows++) {
      for (int cols = 1; cols <= MOST; cols++) {
        check(precision, rows, cols, 0, 0);
        check(precision, rows, cols, 3, 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void longRowsAndColumnsAreTransposed(Precision precision) {
    for (int few : new int[] {1, 2, 3, 4, 5, 8, 9, 16, 17}) {
      check(precision, few, 5003, 2, 5);
      check(precision, 5003, few, 2, 5);
    }
  }

  /** Matrices that end where memory does: guards would not see what is read behind them. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void nothingBehindTheLastCellIsNeeded(Precision precision) {
    for (int rows = 1; rows <= 20; rows++) {
      for (int cols = 1; cols <= 20; cols++) {
        int bytes = precision.bytesPerCell();
        try (LastPage from = LastPage.of(rows * cols * bytes);
            LastPage to = LastPage.of(rows * cols * bytes)) {
          MemorySegment first = MemorySegment.ofAddress(from.start()).reinterpret(bytes);
          set(precision == Precision.FP64, first, 0, 1);
          Transposes.run(
              precision, from.start(), cols * bytes, to.start(), rows * bytes, rows, cols);
          MemorySegment turned = MemorySegment.ofAddress(to.start()).reinterpret(bytes);
          assertThat(get(precision == Precision.FP64, turned, 0)).isOne();
        }
      }
    }
  }

  /** Bytes that end with the last page of some memory, behind which the process has none. */
  private record LastPage(long taken, int bytes) implements AutoCloseable {
    private static final int PAGE = 4096;

    static LastPage of(int bytes) {
      long taken = AnonymousPages.take(2 * PAGE);
      AnonymousPages.giveBack(taken + PAGE, PAGE);
      return new LastPage(taken, bytes);
    }

    long start() {
      return taken + PAGE - bytes;
    }

    @Override
    public void close() {
      AnonymousPages.giveBack(taken, PAGE);
    }
  }

  private static void check(Precision precision, int rows, int cols, int around, int aroundTo) {
    boolean isDouble = precision == Precision.FP64;
    int bytes = precision.bytesPerCell();
    long stride = cols + 2L * around;
    long strideTo = rows + 2L * aroundTo;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(bytes * rows * stride, 8);
      MemorySegment to = arena.allocate(bytes * cols * strideTo, 8);
      for (long i = 0; i < rows * stride; i++) {
        set(isDouble, from, i, i);
      }
      for (long i = 0; i < cols * strideTo; i++) {
        set(isDouble, to, i, UNTOUCHED);
      }
      Transposes.run(
          precision,
          from.address() + (long) bytes * around,
          bytes * stride,
          to.address() + (long) bytes * aroundTo,
          bytes * strideTo,
          rows,
          cols);
      for (int i = 0; i < cols; i++) {
        for (int j = 0; j < strideTo; j++) {
          int row = j - aroundTo;
          boolean isInside = row >= 0 && row < rows;
          long expected = isInside ? row * stride + around + i : UNTOUCHED;
          long found = get(isDouble, to, i * strideTo + j);
          if (found != expected) {
            assertThat(found)
                .as("cell %s, %s of %s x %s %s", row, i, rows, cols, precision)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static void set(boolean isDouble, MemorySegment cells, long at, long value) {
    if (isDouble) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
    } else {
      cells.setAtIndex(ValueLayout.JAVA_FLOAT, at, value);
    }
  }

  private static long get(boolean isDouble, MemorySegment cells, long at) {
    return isDouble
        ? (long) cells.getAtIndex(ValueLayout.JAVA_DOUBLE, at)
        : (long) cells.getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }
}
