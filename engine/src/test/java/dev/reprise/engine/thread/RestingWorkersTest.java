package dev.reprise.engine.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestingWorkersTest {
  private final RestingWorkers workers = new RestingWorkers();

  /** Iterations until a worker may begin again, of at most so many. */
  private int iterations(int most) {
    for (int i = 1; i <= most; i++) {
      if (workers.mayReturn()) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void nobodyReturnsWhoHasNotGivenUp() {
    assertThat(iterations(1000)).isEqualTo(-1);
  }

  @Test
  void eachWorkerReturnsAfterAsManyIterations() {
    workers.gaveUp();
    workers.gaveUp();
    assertThat(iterations(100)).isEqualTo(8);
    assertThat(iterations(100)).isEqualTo(8);
    assertThat(iterations(100)).isEqualTo(-1);
  }

  @Test
  void whoGivesUpAgainWaitsTwiceAsLong() {
    int waited = 2;
    for (int i = 0; i < 10; i++) {
      workers.gaveUp();
      assertThat(iterations(100_000)).isEqualTo(2 * waited);
      waited = 2 * waited;
    }
  }

  @Test
  void whatEndedBeforeAShortageDoesNotCount() {
    workers.gaveUp();
    assertThat(iterations(3)).isEqualTo(-1);
    workers.gaveUp();
    assertThat(iterations(100)).isEqualTo(8);
  }
}
