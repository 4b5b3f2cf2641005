package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long SHORT = Patience.MOST_NANOS - 1;
  private static final long LONG = Patience.MOST_NANOS;

  private final Patience patience = new Patience();
  private long now = -5_000_000;

  /** A wait during which the thread sleeps. */
  private void waitFor(long nanos) {
    patience.begin(now);
    now += nanos;
    patience.end(now);
  }

  private boolean isAwakeNow() {
    patience.begin(now);
    return patience.isAwake();
  }

  @Test
  void aThreadSleepsUntilAWaitWasShort() {
    assertThat(isAwakeNow()).isFalse();
    waitFor(LONG);
    assertThat(isAwakeNow()).isFalse();
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
  }

  @Test
  void longWaitsEndIt() {
    for (int i = 0; i < 1000; i++) {
      waitFor(SHORT);
    }
    for (int i = 0; i < Patience.MOST_CREDIT; i++) {
      assertThat(isAwakeNow()).isTrue();
      waitFor(LONG);
    }
    assertThat(isAwakeNow()).isFalse();
  }

  @Test
  void aWaitIsAwakeForALimitedTime() {
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
    long begun = now;
    while (patience.lasts(now)) {
      now += Patience.LOST_NANOS / 2;
    }
    assertThat(now - begun).isEqualTo(Patience.MOST_NANOS);
  }

  @Test
  void aThreadThatLostItsProcessorSleepsForSomeTimesAsLong() {
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
    assertThat(patience.lasts(now)).isTrue();
    long lost = 3_000_000;
    now += lost;
    assertThat(patience.lasts(now)).isFalse();
    waitFor(SHORT);
    assertThat(isAwakeNow()).isFalse();
    now += Patience.RESTS * lost - SHORT - 1;
    assertThat(isAwakeNow()).isFalse();
    now += 1;
    assertThat(isAwakeNow()).isTrue();
  }

  @Test
  void noRestIsLong() {
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
    now += 3_600_000_000_000L;
    assertThat(patience.lasts(now)).isFalse();
    now += Patience.LONGEST_REST_NANOS - 1;
    assertThat(isAwakeNow()).isFalse();
    now += 1;
    assertThat(isAwakeNow()).isTrue();
  }
}
