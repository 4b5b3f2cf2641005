package dev.reprise.engine.worth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What was never found by contents is given up for a while, and each time for longer. */
class AskingByContentTest {
  private final AskingByContent asking = new AskingByContent();

  /** So many executions none of which is found; returns how many were asked for. */
  private int inVain(int executions) {
    int asked = 0;
    for (int i = 0; i < executions; i++) {
      if (asking.asks()) {
        asked++;
        asking.inVain();
      }
    }
    return asked;
  }

  @Test
  void restsGrowAndQuestionsDoNot() {
    assertThat(inVain(64)).isEqualTo(64);
    assertThat(inVain(1_024)).isZero();
    assertThat(inVain(64)).isEqualTo(64);
    assertThat(inVain(4_096)).isZero();
    assertThat(inVain(64)).isEqualTo(64);
    assertThat(inVain(1_000_000)).isLessThan(64 * 10);
  }

  @Test
  void whatComesAgainIsAskedForFromThenOn() {
    inVain(63);
    asking.cameAgain();
    assertThat(inVain(63)).isEqualTo(63);
    asking.cameAgain();
    assertThat(inVain(64)).isEqualTo(64);
    assertThat(inVain(2_000)).isEqualTo(64);
    asking.cameAgain();
    inVain(2_000);
    assertThat(asking.asks()).isFalse();
  }

  @Test
  void afterAWaitInVainNobodyWaitsForAWhile() {
    assertThat(asking.waits()).isTrue();
    asking.waitedInVain();
    assertThat(chancesUntilNextWait()).isEqualTo(64);
    asking.waitedInVain();
    assertThat(chancesUntilNextWait()).isEqualTo(256);
    asking.waitedAndFound();
    assertThat(asking.waits()).isTrue();
    asking.waitedInVain();
    assertThat(chancesUntilNextWait()).isEqualTo(64);
  }

  private int chancesUntilNextWait() {
    int chances = 0;
    while (!asking.waits()) {
      chances++;
    }
    return chances;
  }
}
