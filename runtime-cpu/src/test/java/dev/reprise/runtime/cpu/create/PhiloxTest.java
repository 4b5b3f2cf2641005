package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {

  /** Known answers that the authors publish with their library (kat_vectors of Random123). */
  @Test
  void theBitsAreThoseThatTheAuthorsPublish() {
    assertBits(0, 0, 0, 0, 0xe169c58d6627e8d5L, 0x9b00dbd8bc57ac4cL);
    assertBits(-1, -1, -1, -1, 0x41c83b0e408f276dL, 0x6d5451fda20bc7c6L);
    assertBits(
        0x299f31d0a4093822L,
        0x85a308d3243f6a88L,
        0x13198a2e,
        0x03707344,
        0x94fdccebd16cfe09L,
        0x24126ea15001e420L);
  }

  private static void assertBits(
      long seed, long block, int stream, int draw, long expectedEven, long expectedOdd) {
    long[] even = new long[1];
    long[] odd = new long[1];
    new Philox(seed, stream).generate(block, 1, draw, even, odd);
    assertThat(even[0]).isEqualTo(expectedEven);
    assertThat(odd[0]).isEqualTo(expectedOdd);
  }

  @Test
  void aBatchGivesTheBitsOfItsBlocks() {
    long[] even = new long[Philox.BATCH];
    long[] odd = new long[Philox.BATCH];
    long first = (1L << 32) - 100;
    new Philox(5, 1).generate(first, Philox.BATCH, 3, even, odd);
    for (int i = 0; i < Philox.BATCH; i++) {
      long[] one = new long[1];
      long[] two = new long[1];
      new Philox(5, 1).generate(first + i, 1, 3, one, two);
      assertThat(even[i]).isEqualTo(one[0]);
      assertThat(odd[i]).isEqualTo(two[0]);
    }
  }

  @Test
  void theLogarithmAgreesWithTheLibraryWithinARoundingError() {
    for (int i = 1; i < 100_000; i++) {
      double x = i / 100_000.0;
      assertThat(Math.abs(NormalDistribution.log(x) - StrictMath.log(x)))
          .isLessThanOrEqualTo(Math.ulp(StrictMath.log(x)));
    }
    assertThat(NormalDistribution.log(0x1p-53)).isEqualTo(StrictMath.log(0x1p-53));
    assertThat(NormalDistribution.log(1)).isZero();
  }
}
