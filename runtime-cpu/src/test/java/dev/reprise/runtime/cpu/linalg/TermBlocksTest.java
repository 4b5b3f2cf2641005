package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TermBlocksTest {
  @Test
  void blocksFollowEachOtherAndNoneIsLargeOrSmall() {
    for (long terms = 8; terms <= 5000; terms++) {
      TermBlocks blocks = TermBlocks.of(terms);
      long next = 0;
      for (long block = 0; block < blocks.count(); block++) {
        assertThat(blocks.first(block)).isEqualTo(next);
        assertThat(next % 8).isZero();
        assertThat(blocks.size(block)).isGreaterThanOrEqualTo(8);
        assertThat((long) blocks.size(block)).isLessThanOrEqualTo(blocks.largest());
        next += blocks.size(block);
      }
      assertThat(next).as("%s terms", terms).isEqualTo(terms);
      assertThat(blocks.first(blocks.count())).isEqualTo(terms);
    }
  }

  @Test
  void manyTermsAreCutInto64BitsBounds() {
    long terms = (1L << 40) + 5;
    TermBlocks blocks = TermBlocks.of(terms);
    long last = blocks.count() - 1;
    assertThat(blocks.first(last) + blocks.size(last)).isEqualTo(terms);
    assertThat((long) blocks.size(last)).isBetween(8L, blocks.largest());
  }
}
