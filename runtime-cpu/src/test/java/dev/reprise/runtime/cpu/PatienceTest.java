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
  void aThreadThatLostItsProcessorSleepsUntilTheWaitIsOver() {
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
    assertThat(patience.lasts(now)).isTrue();
    now += Patience.LOST_NANOS;
    assertThat(patience.lasts(now)).isTrue();
    now += Patience.LOST_NANOS + 1;
    assertThat(patience.lasts(now)).isFalse();
    waitFor(SHORT);
    assertThat(isAwakeNow()).isTrue();
  }

  @Test
  void aProcessorThatOthersHaveAgainAndAgainEndsIt() {
    for (int i = 0; i < 1000; i++) {
      waitFor(SHORT);
    }
    for (int i = 0; i < Patience.MOST_CREDIT; i++) {
      assertThat(isAwakeNow()).isTrue();
      now += LONG;
      assertThat(patience.lasts(now)).isFalse();
      patience.end(now);
    }
    assertThat(isAwakeNow()).isFalse();
  }
}
