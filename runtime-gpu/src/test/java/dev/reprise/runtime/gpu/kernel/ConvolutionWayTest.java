package dev.reprise.runtime.gpu.kernel;

import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.CELLS;
import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.Of.DATA_GRADIENT;
import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.Of.FILTER_GRADIENT;
import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.Of.OUTPUTS;
import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.PATCHES;
import static dev.reprise.runtime.gpu.kernel.ConvolutionWay.TILES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.kernel.Contraction.Tile;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay.Of;
import dev.reprise.runtime.operation.WindowShape;
import org.junit.jupiter.api.Test;

/** What GPUs compute by tiles follows from shapes. */
class ConvolutionWayTest {
  /** Images of N, C, H, W; K filters of R, S; stride and padding in both directions. */
  private static WindowShape shape(int... s) {
    return WindowShape.of(
        "conv2d",
        new double[] {s[0], s[1], s[2], s[3], s[4], s[1], s[5], s[6], s[7], s[7], s[8], s[8]});
  }

  private static ConvolutionWay way(Of what, WindowShape shape, Precision precision) {
    return ConvolutionWay.quickest(what, shape, precision, true);
  }

  @Test
  void layersWithFewFiltersAreComputedByTiles() {
    WindowShape first = shape(512, 1, 28, 28, 32, 5, 5, 1, 2);
    WindowShape second = shape(512, 32, 14, 14, 64, 5, 5, 1, 2);
    for (Precision precision : Precision.values()) {
      assertThat(way(OUTPUTS, first, precision)).isEqualTo(TILES);
      assertThat(way(FILTER_GRADIENT, first, precision)).isEqualTo(TILES);
      assertThat(way(OUTPUTS, second, precision)).isEqualTo(TILES);
      assertThat(way(FILTER_GRADIENT, second, precision)).isEqualTo(TILES);
      assertThat(way(DATA_GRADIENT, second, precision)).isEqualTo(TILES);
    }
  }

  @Test
  void theGradientOfOneChannelTakesNoTiles() {
    WindowShape grey = shape(512, 1, 28, 28, 32, 5, 5, 1, 2);
    assertThat(way(DATA_GRADIENT, grey, Precision.FP32)).isNotEqualTo(TILES);
  }

  @Test
  void oneFilterIsSummedUpCellByCell() {
    WindowShape one = shape(64, 16, 32, 32, 1, 3, 3, 1, 1);
    assertThat(way(OUTPUTS, one, Precision.FP32)).isEqualTo(CELLS);
  }

  @Test
  void manyFiltersPayForPatchesWhereThereIsALibrary() {
    WindowShape wide = shape(64, 512, 14, 14, 512, 3, 3, 1, 1);
    for (Of what : Of.values()) {
      assertThat(way(what, wide, Precision.FP32)).as("%s", what).isEqualTo(PATCHES);
      assertThat(ConvolutionWay.quickest(what, wide, Precision.FP32, false)).isEqualTo(TILES);
    }
  }

  @Test
  void longSumsOfFewTilesAreCutAndManyTilesAreNot() {
    Precision floats = Precision.FP32;
    // The gradient of 64 filters of 800 cells, from 512 images of 196 cells: 7 tiles.
    int chunks = Contraction.chunks(Tile.SUMS_64, 1, 64, 800, 512 * 196, floats);
    assertThat(chunks * Tile.SUMS_64.tiles(64, 800, floats)).isBetween(900L, 1024L);
    assertThat(Contraction.chunks(Tile.COLUMNS_64, 1, 64, 512 * 196, 800, floats)).isEqualTo(1);
    assertThat(Contraction.chunks(Tile.COLUMNS_64, 1, 64, 196, 100, floats)).isEqualTo(1);
    assertThat(Contraction.chunks(Tile.SUMS_32, 4, 1, 1, 1, floats)).isEqualTo(1);
  }

  @Test
  void smallGradientsTakeSmallTiles() {
    assertThat(Tile.best(Tile.OF_SUMS, 32, 25, Precision.FP32)).isEqualTo(Tile.SUMS_32);
    assertThat(Tile.best(Tile.OF_SUMS, 64, 800, Precision.FP32)).isEqualTo(Tile.SUMS_64);
    assertThat(Tile.best(Tile.OF_COLUMNS, 32, 100_000, Precision.FP64)).isEqualTo(Tile.COLUMNS_32);
    assertThat(Tile.best(Tile.OF_COLUMNS, 6, 100_000, Precision.FP64)).isEqualTo(Tile.COLUMNS_16);
  }
}
