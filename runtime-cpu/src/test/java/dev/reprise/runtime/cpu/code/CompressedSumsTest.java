package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Machine code, in registers of either size, has the bits of a loop over values and columns. */
class CompressedSumsTest {
  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(VectorRegisters.class)
  void everyNumberOfColumns(VectorRegisters registers) {
    assumeTrue(registers.compareTo(VectorRegisters.largest()) <= 0, "registers of that size");
    int most = CompressedSumsCode.MOST_VECTORS * registers.doubles();
    for (int columns = 1; columns <= most; columns++) {
      for (double share : new double[] {0, 0.1, 0.7}) {
        check(registers, 1 + random.nextInt(9), 1 + random.nextInt(30), columns, share);
      }
    }
  }

  private void check(VectorRegisters registers, int rows, int chosen, int columns, double share) {
    double[][] compressed = new double[rows][chosen];
    int count = 0;
    for (double[] row : compressed) {
      for (int j = 0; j < chosen; j++) {
        row[j] = random.nextDouble() < share ? random.nextGaussian() : 0;
        count += row[j] != 0 ? 1 : 0;
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      CompressedSums.Rows of = rows(compressed, count, arena);
      // As long as their cells, so that what is read behind them is likely to be seen.
      double[][] right = cells(chosen, columns);
      double[][] sums = new double[rows][columns];
      MemorySegment target = arena.allocate(8L * rows * columns + 64, 64);
      target.fill((byte) 1);
      double before = target.get(ValueLayout.JAVA_DOUBLE, 8L * rows * columns);
      CompressedSums.ofChosen(
          registers, of, memory(right, columns, arena), columns, at(target, columns));
      addOfChosen(sums, compressed, right);
      compare(target, columns, sums, columns);
      assertThat(target.get(ValueLayout.JAVA_DOUBLE, 8L * rows * columns)).isEqualTo(before);

      CompressedSums.addOfChosen(
          registers, of, memory(right, columns, arena), columns, at(target, columns));
      addOfChosen(sums, compressed, right);
      compare(target, columns, sums, columns);
      assertThat(target.get(ValueLayout.JAVA_DOUBLE, 8L * rows * columns)).isEqualTo(before);

      int lanes = registers.doubles();
      int width = (columns + lanes - 1) / lanes * lanes;
      double[][] added = cells(chosen, width);
      double[][] left = cells(rows, columns);
      MemorySegment to = arena.allocate(8L * chosen * width, 64);
      write(added, width, to);
      CompressedSums.addToChosen(
          registers, of, memory(left, columns, arena), columns, at(to, width));
      for (int i = 0; i < rows; i++) {
        for (int v = 0; v < chosen; v++) {
          for (int j = 0; j < columns && compressed[i][v] != 0; j++) {
            added[v][j] += compressed[i][v] * left[i][j];
          }
        }
      }
      compare(to, width, added, columns);
    }
  }

  private static CompressedSums.Rows rows(double[][] compressed, int count, Arena arena) {
    MemorySegment starts = arena.allocate(8L * (compressed.length + 1), 8);
    MemorySegment values = arena.allocate(8L * Math.max(1, count), 8);
    MemorySegment columns = arena.allocate(4L * Math.max(1, count), 4);
    long at = 0;
    for (int i = 0; i < compressed.length; i++) {
      starts.setAtIndex(ValueLayout.JAVA_LONG, i, at);
      for (int j = 0; j < compressed[i].length; j++) {
        if (compressed[i][j] != 0) {
          values.setAtIndex(ValueLayout.JAVA_DOUBLE, at, compressed[i][j]);
          columns.setAtIndex(ValueLayout.JAVA_INT, at++, j);
        }
      }
    }
    starts.setAtIndex(ValueLayout.JAVA_LONG, compressed.length, at);
    return new CompressedSums.Rows(
        compressed.length, starts.address(), values.address(), columns.address());
  }

  private double[][] cells(int rows, int cols) {
    double[][] cells = new double[rows][cols];
    for (double[] row : cells) {
      for (int j = 0; j < cols; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return cells;
  }

  private static CompressedSums.Cells memory(double[][] cells, int cols, Arena arena) {
    MemorySegment memory = arena.allocate(8L * cells.length * cols, 8);
    write(cells, cols, memory);
    return at(memory, cols);
  }

  private static void write(double[][] cells, int cols, MemorySegment to) {
    for (int i = 0; i < cells.length; i++) {
      MemorySegment.copy(cells[i], 0, to, ValueLayout.JAVA_DOUBLE, 8L * i * cols, cols);
    }
  }

  private static CompressedSums.Cells at(MemorySegment memory, int cols) {
    return new CompressedSums.Cells(memory.address(), 8L * cols);
  }

  private static void compare(MemorySegment found, int step, double[][] wanted, int columns) {
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < columns; j++) {
        assertThat(found.getAtIndex(ValueLayout.JAVA_DOUBLE, (long) i * step + j))
            .isEqualTo(wanted[i][j]);
      }
    }
  }

  /** Adds the products of the compressed rows and what they choose, term by term. */
  private static void addOfChosen(double[][] sums, double[][] compressed, double[][] right) {
    for (int i = 0; i < sums.length; i++) {
      for (int v = 0; v < right.length; v++) {
        for (int j = 0; j < sums[i].length && compressed[i][v] != 0; j++) {
          sums[i][j] += compressed[i][v] * right[v][j];
        }
      }
    }
  }
}
