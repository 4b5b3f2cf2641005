package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PatchesTest {
  /** Integers, so that sums are exact in any order. */
  @Test
  void pieceByPieceEveryPatchCellIsAddedToTheCellThatItStandsFor() {
    Random random = new Random(11);
    for (int round = 0; round < 300; round++) {
      int filter = 1 + 2 * random.nextInt(3);
      int dilation = 1 + random.nextInt(2);
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(9);
      // Windows that keep the width go by arrays; one column of padding more or less does not.
      int pad = Math.max(0, (filter - 1) * dilation / 2 + random.nextInt(3) - 1);
      if (width + 2 * pad <= (filter - 1) * dilation) {
        continue;
      }
      WindowShape shape =
          new WindowShape(
              2, 3, height, width, 1, filter, filter, 1, 1, dilation, pad, dilation, dilation, 1);
      if (height + 2 * dilation <= (filter - 1) * dilation) {
        continue;
      }
      int step = 1 + random.nextInt(shape.outHeight());
      double[] images = new double[(int) (2 * shape.inputCols())];
      double[] wanted = images.clone();
      for (int from = 0; from < shape.outHeight(); from += step) {
        int to = Math.min(shape.outHeight(), from + step);
        Patches.Piece piece = new Patches.Piece(1, 1, 3, from, to);
        int stride = (to - from) * shape.outWidth() + 2;
        double[] patches = new double[2 * filter * filter * stride];
        Arrays.setAll(patches, _ -> random.nextInt(100) - 50);
        addOneByOne(shape, piece, patches, stride, wanted);
        MemorySegment target = MemorySegment.ofArray(images);
        new Patches(shape, Precision.FP64)
            .scatterAdd(MemorySegment.ofArray(patches), 0, stride, piece, target);
        assertThat(target.toArray(JAVA_DOUBLE)).as("%s, %s", shape, piece).isEqualTo(wanted);
      }
    }
  }

  /** Strides, uneven padding and dilation; in native memory there may be machine code. */
  @ParameterizedTest
  @CsvSource({"FP64, false", "FP64, true", "FP32, false", "FP32, true"})
  void cellsOfPatchesAreThoseUnderTheWindowOrZeros(Precision precision, boolean isNative) {
    Random random = new Random(12);
    for (int round = 0; round < 500; round++) {
      WindowShape shape = randomShape(random);
      if (shape == null) {
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        int from = random.nextInt(shape.outHeight());
        int to = from + 1 + random.nextInt(shape.outHeight() - from);
        Patches.Piece piece = new Patches.Piece(1, 1, 3, from, to);
        int stride = (to - from) * shape.outWidth() + 2;
        int rows = 2 * shape.filterHeight() * shape.filterWidth();
        double[] cells = new double[(int) (2 * shape.inputCols())];
        Arrays.setAll(cells, _ -> random.nextInt(1000) - 500);
        double[] wanted = new double[3 + rows * stride];
        Arrays.fill(wanted, 7);
        gatherOneByOne(shape, piece, cells, stride, wanted);
        MemorySegment images = segment(cells, precision, isNative ? arena : null);
        double[] before = new double[wanted.length];
        Arrays.fill(before, 7);
        MemorySegment patches = segment(before, precision, isNative ? arena : null);
        new Patches(shape, precision).gather(images, piece, patches, 3, stride);
        assertThat(cells(patches, precision)).as("%s, %s", shape, piece).isEqualTo(wanted);
      }
    }
  }

  /** Integers, so that sums are exact in any order. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void patchCellsOfAnyWindowsAreAddedToTheCellsThatTheyStandFor(Precision precision) {
    Random random = new Random(13);
    for (int round = 0; round < 300; round++) {
      WindowShape shape = randomShape(random);
      if (shape == null) {
        continue;
      }
      int from = random.nextInt(shape.outHeight());
      int to = from + 1 + random.nextInt(shape.outHeight() - from);
      Patches.Piece piece = new Patches.Piece(1, 1, 3, from, to);
      int stride = (to - from) * shape.outWidth() + 2;
      double[] patches = new double[2 * shape.filterHeight() * shape.filterWidth() * stride];
      Arrays.setAll(patches, _ -> random.nextInt(1000) - 500);
      double[] wanted = new double[(int) (2 * shape.inputCols())];
      Arrays.setAll(wanted, _ -> random.nextInt(1000) - 500);
      MemorySegment images = segment(wanted, precision, null);
      addOneByOne(shape, piece, patches, stride, wanted);
      new Patches(shape, precision)
          .scatterAdd(segment(patches, precision, null), 0, stride, piece, images);
      assertThat(cells(images, precision)).as("%s, %s", shape, piece).isEqualTo(wanted);
    }
  }

  /** More than are added to in an array at once. */
  @Test
  void patchCellsOfLargeChannelsAreAddedRowByRow() {
    WindowShape shape = new WindowShape(1, 1, 1100, 1000, 1, 2, 3, 3, 2, 1, 1, 1, 1, 1);
    Patches.Piece piece = new Patches.Piece(0, 0, 1, 0, shape.outHeight());
    int stride = (int) shape.outCells();
    double[] patches = new double[6 * stride];
    Arrays.setAll(patches, i -> i % 1001);
    double[] wanted = new double[(int) shape.inputCols()];
    MemorySegment images = segment(wanted, Precision.FP64, null);
    addOneByOne(shape, piece, patches, stride, wanted);
    new Patches(shape, Precision.FP64)
        .scatterAdd(MemorySegment.ofArray(patches), 0, stride, piece, images);
    assertThat(cells(images, Precision.FP64)).isEqualTo(wanted);
  }

  /** Null where there would be no window. */
  private static WindowShape randomShape(Random random) {
    int height = 1 + random.nextInt(9);
    int width = 1 + random.nextInt(new int[] {9, 9, 70, 70, 1100}[random.nextInt(5)]);
    int filterHeight = 1 + random.nextInt(4);
    int filterWidth = 1 + random.nextInt(5);
    int dilation = 1 + random.nextInt(2);
    int padHeight = random.nextInt(4);
    int padWidth = random.nextInt(4);
    if (height + 2 * padHeight <= (filterHeight - 1) * dilation
        || width + 2 * padWidth <= (filterWidth - 1) * dilation) {
      return null;
    }
    return new WindowShape(
        2,
        3,
        height,
        width,
        1,
        filterHeight,
        filterWidth,
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        padHeight,
        padWidth,
        dilation,
        dilation,
        1);
  }

  private static MemorySegment segment(double[] cells, Precision precision, Arena arena) {
    if (precision == Precision.FP64) {
      return arena == null
          ? MemorySegment.ofArray(cells.clone())
          : arena.allocateFrom(JAVA_DOUBLE, cells);
    }
    float[] floats = new float[cells.length];
    for (int i = 0; i < cells.length; i++) {
      floats[i] = (float) cells[i];
    }
    return arena == null ? MemorySegment.ofArray(floats) : arena.allocateFrom(JAVA_FLOAT, floats);
  }

  private static double[] cells(MemorySegment segment, Precision precision) {
    double[] cells = new double[(int) (segment.byteSize() / precision.bytesPerCell())];
    new CellBlocks(precision, cells.length).load(segment, 0, cells, 0, cells.length);
    return cells;
  }

  /** What is done with a place of a patch matrix and the cell of the images that it stands for. */
  private interface Place {
    void of(int patch, int cell);
  }

  private static void gatherOneByOne(
      WindowShape shape, Patches.Piece piece, double[] images, int stride, double[] patches) {
    forPlaces(
        shape, piece, stride, (patch, cell) -> patches[3 + patch] = cell < 0 ? 0 : images[cell]);
  }

  private static void addOneByOne(
      WindowShape shape, Patches.Piece piece, double[] patches, int stride, double[] images) {
    forPlaces(
        shape,
        piece,
        stride,
        (patch, cell) -> {
          if (cell >= 0) {
            images[cell] += patches[patch];
          }
        });
  }

  /** The cell is -1 where a place is padding. */
  private static void forPlaces(WindowShape shape, Patches.Piece piece, int stride, Place place) {
    int row = 0;
    for (int c = piece.channelFrom(); c < piece.channelTo(); c++) {
      for (int r = 0; r < shape.filterHeight(); r++) {
        for (int s = 0; s < shape.filterWidth(); s++, row++) {
          for (int p = piece.rowFrom(); p < piece.rowTo(); p++) {
            for (int q = 0; q < shape.outWidth(); q++) {
              int y = p * shape.strideHeight() - shape.padHeight() + r * shape.dilationHeight();
              int x = q * shape.strideWidth() - shape.padWidth() + s * shape.dilationWidth();
              boolean isInside = y >= 0 && y < shape.height() && x >= 0 && x < shape.width();
              long plane = piece.image() * shape.inputCols() + c * shape.planeCells();
              int at = (p - piece.rowFrom()) * shape.outWidth() + q;
              place.of(row * stride + at, isInside ? (int) plane + y * shape.width() + x : -1);
            }
          }
        }
      }
    }
  }
}
