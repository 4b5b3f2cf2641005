package dev.reprise.runtime.cpu.cell;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DirectOperatorsTest {
  private static final double[] SPECIAL = {
    0, -0.0, 1e300, -1e300, 5e-324, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  @Test
  void blocksComeFirstThenTheRampThenDirectAccess() {
    BinaryLoop blocks = Loops.binary().get("+");
    BinaryLoop direct = Loops.direct().get("+");
    long large = DirectOperators.LARGE;
    DirectOperators loops = new DirectOperators(blocks, direct, large, 2 * large);
    assertThat(loops.over(large)).isSameAs(blocks);
    assertThat(loops.over(large)).isNotSameAs(blocks).isNotSameAs(direct);
    assertThat(loops.over(large)).isSameAs(direct);
    assertThat(loops.over(large)).isSameAs(direct);
  }

  @Test
  void matricesThatLieInTheCachesAreAlwaysComputedByBlocksAndDoNotCount() {
    BinaryLoop blocks = Loops.binary().get("+");
    DirectOperators loops =
        new DirectOperators(blocks, Loops.direct().get("+"), DirectOperators.LARGE, Long.MAX_VALUE);
    for (int i = 0; i < 10; i++) {
      assertThat(loops.over(DirectOperators.LARGE - 1)).isSameAs(blocks);
    }
    assertThat(loops.over(DirectOperators.LARGE)).isSameAs(blocks);
    assertThat(loops.over(DirectOperators.LARGE)).isNotSameAs(blocks);
  }

  @Test
  void operatorsWithoutDirectAccessStayWithBlocks() {
    BinaryLoop blocks = Loops.binary().get("^");
    DirectOperators loops = new DirectOperators(blocks, Loops.direct().get("^"), 0, 0);
    assertThat(loops.over(DirectOperators.LARGE)).isSameAs(blocks);
  }

  @Test
  void allWaysGiveTheSameBits() {
    Random random = new Random(3);
    for (String opcode : Loops.direct().keySet()) {
      BinaryLoop blocks = Loops.binary().get(opcode);
      BinaryLoop direct = Loops.direct().get(opcode);
      BinaryLoop ramp =
          new DirectOperators(blocks, direct, 0, Long.MAX_VALUE).over(DirectOperators.LARGE);
      for (int n : new int[] {0, 1, 63, 64, 65, 255, 256, 257, 1000, 3000, 17000}) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment a = cells(arena, random, n);
          MemorySegment b = cells(arena, random, n);
          long[][] wanted = results(arena, blocks, a, b, n);
          assertThat(results(arena, direct, a, b, n)).as(opcode + " " + n).isDeepEqualTo(wanted);
          assertThat(results(arena, ramp, a, b, n)).as(opcode + " " + n).isDeepEqualTo(wanted);
        }
      }
    }
  }

  /** Three cells of room in front, so that offsets matter. */
  private static MemorySegment cells(Arena arena, Random random, int n) {
    MemorySegment cells = arena.allocate(JAVA_DOUBLE, n + 3);
    for (int i = 0; i < n + 3; i++) {
      boolean special = random.nextInt(4) == 0;
      cells.setAtIndex(
          JAVA_DOUBLE,
          i,
          special ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextGaussian());
    }
    return cells;
  }

  private static long[][] results(
      Arena arena, BinaryLoop loop, MemorySegment a, MemorySegment b, int n) {
    MemorySegment both = arena.allocate(JAVA_DOUBLE, n + 3);
    MemorySegment right = arena.allocate(JAVA_DOUBLE, n + 3);
    MemorySegment left = arena.allocate(JAVA_DOUBLE, n + 3);
    loop.segments(a, 8, b, 16, both, 24, n);
    loop.segmentScalar(a, 8, 0.1, right, 24, n);
    loop.scalarSegment(0.1, b, 16, left, 24, n);
    return new long[][] {bits(both), bits(right), bits(left)};
  }

  private static long[] bits(MemorySegment cells) {
    long[] bits = new long[(int) (cells.byteSize() / 8)];
    for (int i = 0; i < bits.length; i++) {
      double cell = cells.getAtIndex(JAVA_DOUBLE, i);
      bits[i] = Double.doubleToLongBits(cell);
    }
    return bits;
  }
}
