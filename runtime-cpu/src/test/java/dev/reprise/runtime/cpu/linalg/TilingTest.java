package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TilingTest {

  @Test
  void tilesAndChunksCoverTheProductWithinTheLimitsOfBlas() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      long m = extent(random);
      long n = extent(random);
      long k = extent(random);
      Tiling tiling = Tiling.of(m, n, k);
      assertCovers(m, tiling.rowTile(), tiling.rowTiles());
      assertCovers(n, tiling.colTile(), tiling.colTiles());
      assertCovers(k, tiling.innerChunk(), tiling.innerChunks());
      assertThat(tiling.rowTile()).isLessThan(1 << 16);
      assertThat(tiling.colTile()).isLessThan(1 << 17);
      assertThat(tiling.innerChunk()).isLessThanOrEqualTo((1 << 30) + 8);
      if (tiling.innerChunks() > 1 && k <= 1 << 30) {
        assertThat(tiling.rowTiles() * tiling.colTiles() * tiling.innerChunks())
            .isLessThanOrEqualTo(33);
      }
    }
  }

  private static long extent(SplittableRandom random) {
    return random.nextLong(1L << random.nextInt(1, 34)) + 1;
  }

  private static void assertCovers(long extent, long size, long pieces) {
    assertThat(size).isPositive();
    assertThat(pieces * size).isGreaterThanOrEqualTo(extent);
    assertThat((pieces - 1) * size).isLessThan(extent);
  }

  @Test
  void aSquareProductOfOrderOneThousandGivesEightTiles() {
    Tiling tiling = Tiling.of(1000, 1000, 1000);
    assertThat(tiling.rowTiles() * tiling.colTiles()).isEqualTo(8);
    assertThat(tiling.innerChunks()).isEqualTo(1);
  }

  @Test
  void aSmallOutputOverALongInnerDimensionIsCutInside() {
    assertThat(Tiling.of(10, 10, 1_000_000).innerChunks()).isBetween(16L, 32L);
    assertThat(Tiling.of(10, 10, 1000).isWhole()).isTrue();
  }

  @Test
  void aBatchOfFewRowsGivesWorkToSeveralCores() {
    assertThat(tiles(Tiling.of(32, 256, 784))).isEqualTo(2);
    assertThat(tiles(Tiling.of(128, 256, 784))).isEqualTo(4);
    assertThat(tiles(Tiling.of(784, 256, 32))).isEqualTo(2);
    assertThat(tiles(Tiling.of(128, 200, 100))).isEqualTo(2);
    assertThat(tiles(Tiling.of(32, 200, 100))).isEqualTo(2);
    assertThat(tiles(Tiling.of(8, 256, 784))).isEqualTo(2);
  }

  @Test
  void oddExtentsAreCutInTwoAsEvenOnesAre() {
    assertThat(tiles(Tiling.of(128, 255, 784))).isEqualTo(4);
    assertThat(tiles(Tiling.of(784, 255, 32))).isEqualTo(2);
    assertThat(tiles(Tiling.of(127, 200, 100))).isEqualTo(2);
    assertThat(tiles(Tiling.of(128, 201, 100))).isEqualTo(2);
    assertThat(tiles(Tiling.of(33, 255, 783))).isEqualTo(2);
  }

  @Test
  void noTileIsSmallerThanItPaysToPackItsOperands() {
    for (long m = 1; m < 700; m += 3) {
      for (long n = 1; n < 700; n++) {
        Tiling tiling = Tiling.of(m, n, 4000);
        assertThat(tiling.rowTile()).isGreaterThanOrEqualTo(Math.min(m, 32));
        assertThat(tiling.colTile()).isGreaterThanOrEqualTo(Math.min(n, 32));
      }
    }
  }

  @Test
  void productsOfSomeMicrosecondsStayWhole() {
    assertThat(Tiling.of(8, 200, 100).isWhole()).isTrue();
    assertThat(Tiling.of(128, 128, 10).isWhole()).isTrue();
    assertThat(Tiling.of(60, 60, 2000).isWhole()).isTrue();
  }

  private static long tiles(Tiling tiling) {
    assertThat(tiling.innerChunks()).isEqualTo(1);
    return tiling.rowTiles() * tiling.colTiles();
  }
}
