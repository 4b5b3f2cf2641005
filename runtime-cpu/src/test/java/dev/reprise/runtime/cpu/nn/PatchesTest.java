package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

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

  private static void addOneByOne(
      WindowShape shape, Patches.Piece piece, double[] patches, int stride, double[] images) {
    int row = 0;
    for (int c = piece.channelFrom(); c < piece.channelTo(); c++) {
      for (int r = 0; r < shape.filterHeight(); r++) {
        for (int s = 0; s < shape.filterWidth(); s++, row++) {
          for (int p = piece.rowFrom(); p < piece.rowTo(); p++) {
            for (int q = 0; q < shape.outWidth(); q++) {
              int y = p - shape.padHeight() + r * shape.dilationHeight();
              int x = q - shape.padWidth() + s * shape.dilationWidth();
              if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
                long cell = piece.image() * shape.inputCols() + c * shape.planeCells();
                int at = (p - piece.rowFrom()) * shape.outWidth() + q;
                images[(int) cell + y * shape.width() + x] += patches[row * stride + at];
              }
            }
          }
        }
      }
    }
  }
}
