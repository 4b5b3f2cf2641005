package dev.reprise.engine.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is waited for waits for nobody. */
@Timeout(600)
class OwnedExecutionTest {
  private static final Runnable GO_ON = () -> {};

  /** A thread of its own waits for an execution, now. */
  private static CompletableFuture<Boolean> waiting(OwnedExecution execution, OwnedExecution own) {
    CompletableFuture<Void> looked = new CompletableFuture<>();
    CompletableFuture<Boolean> answer =
        CompletableFuture.supplyAsync(
            () -> execution.await(own, () -> looked.complete(null)),
            task -> new Thread(task).start());
    looked.join();
    return answer;
  }

  @Test
  void theEndLetsWaitersGoOn() {
    OwnedExecution execution = new OwnedExecution(null);
    CompletableFuture<Boolean> one = waiting(execution, null);
    CompletableFuture<Boolean> other = waiting(execution, null);
    execution.end();
    assertThat(one.join()).isTrue();
    assertThat(other.join()).isTrue();
  }

  @Test
  void whoIsWaitedForDoesNotWait() {
    OwnedExecution mine = new OwnedExecution(null);
    CompletableFuture<Boolean> waiting = waiting(mine, null);
    OwnedExecution inside = new OwnedExecution(mine);
    assertThat(new OwnedExecution(null).await(inside, GO_ON)).isFalse();
    mine.end();
    assertThat(waiting.join()).isTrue();
  }

  @Test
  void whoWaitsIsNotWaitedFor() {
    OwnedExecution theirs = new OwnedExecution(null);
    OwnedExecution around = new OwnedExecution(null);
    OwnedExecution mine = new OwnedExecution(around);
    CompletableFuture<Boolean> waiting = waiting(theirs, mine);
    assertThat(mine.await(null, GO_ON)).isFalse();
    assertThat(around.await(null, GO_ON)).isFalse();
    theirs.end();
    assertThat(waiting.join()).isTrue();
  }

  @Test
  void whatHasEndedIsNotWaitedForAndMayItselfWait() {
    OwnedExecution theirs = new OwnedExecution(null);
    theirs.end();
    theirs.end();
    assertThat(theirs.await(new OwnedExecution(null), GO_ON)).isTrue();
    OwnedExecution other = new OwnedExecution(null);
    CompletableFuture<Boolean> waiting = waiting(other, theirs);
    other.end();
    assertThat(waiting.join()).isTrue();
  }

  @Test
  void nobodyWaitsForHimself() {
    OwnedExecution mine = new OwnedExecution(null);
    assertThat(mine.await(mine, GO_ON)).isFalse();
    assertThat(mine.await(new OwnedExecution(mine), GO_ON)).isFalse();
  }

  @Test
  void whoIsToStopStopsWaiting() {
    OwnedExecution theirs = new OwnedExecution(null);
    assertThatThrownBy(() ->
            theirs.await(
                null,
                () -> {
                  throw new CancellationException("stop");
                }))
        .isInstanceOf(CancellationException.class);
    // The others do not.
    assertThat(theirs.await(new OwnedExecution(theirs), GO_ON)).isFalse();
  }

  /** Each owns one and asks for the next one's: at least one of them goes on. */
  @RepeatedTest(300)
  void inACircleSomebodyGoesOn() throws Exception {
    int threads = 3;
    OwnedExecution[] owned = new OwnedExecution[threads];
    for (int i = 0; i < threads; i++) {
      owned[i] = new OwnedExecution(null);
    }
    CyclicBarrier start = new CyclicBarrier(threads);
    AtomicInteger waited = new AtomicInteger();
    Thread[] all = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      OwnedExecution mine = owned[i];
      OwnedExecution next = owned[(i + 1) % threads];
      all[i] =
          new Thread(() -> {
            try {
              start.await();
              if (next.await(mine, GO_ON)) {
                waited.incrementAndGet();
              }
            } catch (Exception e) {
              throw new AssertionError(e);
            } finally {
              mine.end();
            }
          });
      all[i].start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(waited.get()).isLessThan(threads);
  }
}
