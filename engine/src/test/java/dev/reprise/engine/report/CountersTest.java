package dev.reprise.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountersTest {
  private static final double LITTLE = 30;
  private static final double MUCH = 5_000;

  private final Counters counters = new Counters(2);

  @Test
  void littleWorkIsTimedUntilItHasComeOften() {
    for (int i = 0; i < 256; i++) {
      assertThat(counters.stand(0, LITTLE)).isEqualTo(1);
      counters.executedUntimed(0);
    }
    int untimed = 0;
    for (int i = 0; i < 64; i++) {
      untimed += counters.stand(0, LITTLE) == 0 ? 1 : 0;
      counters.executedUntimed(0);
    }
    assertThat(untimed).isBetween(48, 62);
    assertThat(counters.executed[0]).isEqualTo(320);
  }

  @Test
  void muchWorkIsTimedAlways() {
    for (int i = 0; i < 5_000; i++) {
      assertThat(counters.stand(0, MUCH)).isEqualTo(1);
      counters.executedUntimed(0);
    }
  }

  /** Of a loop's operations of one opcode none is left out, and none is taken for the others. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 16, 64, 144, 233})
  void whatIsTimedStandsForAllOperationsOfALoop(int operations) {
    int iterations = 2_000;
    long[] stoodFor = new long[operations];
    for (int i = 0; i < 256; i++) {
      counters.executedUntimed(0);
    }
    for (int i = 0; i < iterations; i++) {
      for (int operation = 0; operation < operations; operation++) {
        stoodFor[operation] += counters.stand(0, LITTLE);
        counters.executedUntimed(0);
      }
    }
    for (long stood : stoodFor) {
      assertThat((double) stood).isCloseTo(iterations, within(0.25 * iterations));
    }
  }
}
