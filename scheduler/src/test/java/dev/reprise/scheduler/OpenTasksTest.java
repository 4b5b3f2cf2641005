package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class OpenTasksTest {
  private final OpenTasks tasks = new OpenTasks();

  @Test
  void nobodyEntersAfterTheEnd() {
    assertThat(tasks.enter()).isTrue();
    tasks.leave();
    tasks.close();
    assertThat(tasks.enter()).isFalse();
    assertThat(tasks.count()).isZero();
    tasks.close();
  }

  @RepeatedTest(20)
  void closingWaitsForTheLastTaskAndLetsOthersEnterMeanwhile() throws Exception {
    assertThat(tasks.enter()).isTrue();
    CountDownLatch closed = new CountDownLatch(1);
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              tasks.close();
              closed.countDown();
            });
    while (!tasks.isClosing()) {
      Thread.onSpinWait();
    }
    assertThat(tasks.enter()).isTrue();
    tasks.leave();
    assertThat(closed.getCount()).isEqualTo(1);
    assertThat(tasks.count()).isEqualTo(1);
    tasks.leave();
    closing.join();
    assertThat(tasks.enter()).isFalse();
  }

  @Test
  void whoIsInterruptedWhileClosingWaitsAllTheSameAndStaysInterrupted() throws Exception {
    tasks.enter();
    boolean[] interrupted = new boolean[1];
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              tasks.close();
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    closing.interrupt();
    while (!tasks.isClosing()) {
      Thread.onSpinWait();
    }
    tasks.leave();
    closing.join();
    assertThat(interrupted[0]).isTrue();
  }
}
