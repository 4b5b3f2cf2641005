package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Quotients and roots in machine code are those of Java. */
class QuotientsTest {
  private static final double UNTOUCHED = 1234.5;

  private static final double[] SPECIAL = {
    0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, -2, 1e-300, 5e-324
  };

  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @Test
  void everyNumberOfCells() {
    for (int count = 0; count <= 70; count++) {
      double[] cells = new double[count + 1];
      for (int i = 0; i < count; i++) {
        cells[i] =
            random.nextInt(4) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : random.nextDouble() * 1e6;
      }
      cells[count] = UNTOUCHED;
      double divisor = 1 + random.nextInt(9);
      double[] plain = cells.clone();
      double[] roots = cells.clone();
      Quotients.PLAIN.run(MemorySegment.ofArray(plain), divisor, count);
      Quotients.ROOTS.run(MemorySegment.ofArray(roots), divisor, count);
      for (int i = 0; i < count; i++) {
        assertSame(plain[i], cells[i] / divisor);
        assertSame(roots[i], Math.sqrt(cells[i] / divisor));
      }
      assertSame(plain[count], UNTOUCHED);
      assertSame(roots[count], UNTOUCHED);
    }
  }

  /** Of what is no number, any. */
  private static void assertSame(double made, double wanted) {
    assertThat(Double.doubleToLongBits(made)).isEqualTo(Double.doubleToLongBits(wanted));
  }

  @Test
  void moreThanThereAreIsRefused() {
    MemorySegment one = MemorySegment.ofArray(new double[1]);
    assertThatThrownBy(() -> Quotients.PLAIN.run(one, 2, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
