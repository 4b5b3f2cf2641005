package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class CompletionTest {

  /** Counts; waits for a gate, then fails if it is to. */
  private static final class Counting implements Mark {
    private final CountDownLatch gate;
    private final boolean isFailing;
    private int waits;
    private int releases;

    Counting(CountDownLatch gate, boolean isFailing) {
      this.gate = gate;
      this.isFailing = isFailing;
    }

    Counting() {
      this(new CountDownLatch(0), false);
    }

    @Override
    public boolean isReached() {
      return gate.getCount() == 0;
    }

    @Override
    public void await() {
      synchronized (this) {
        waits++;
      }
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (isFailing) {
        throw new DeviceException("ordered to fail", false);
      }
    }

    @Override
    public long nanos() {
      return 1;
    }

    @Override
    public synchronized void release() {
      releases++;
    }
  }

  @Test
  void aChainWhoseLinksReadTwoOthersIsWalkedOnce() {
    Counting mark = new Counting();
    Completion before = new Completion(mark, List.of());
    Completion last = new Completion(mark, List.of(before, before));
    for (int i = 2; i < 60; i++) {
      Completion next = new Completion(mark, List.of(last, before));
      before = last;
      last = next;
    }
    last.await();
    assertThat(mark.waits).isEqualTo(60);
  }

  @Test
  void aFailureOfAnInputIsOneOfWhatIsMadeOfIt() {
    Completion failing = new Completion(new Counting(new CountDownLatch(0), true), List.of());
    Counting mark = new Counting();
    Completion made = new Completion(mark, List.of(failing));
    assertThatThrownBy(made::await).isInstanceOf(DeviceException.class);
    assertThat(failing.isFailed()).isTrue();
    assertThat(made.isFailed()).isTrue();
    // The worker, which comes later, may not take it back.
    assertThatThrownBy(made::ended).isInstanceOf(DeviceException.class);
    made.failed(made.failureOfInput());
    assertThat(mark.releases).isEqualTo(1);
  }

  @RepeatedTest(100)
  void theMarkIsReleasedOnceByWhoLeavesLast() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Counting mark = new Counting(gate, false);
    Completion completion = new Completion(mark, List.of());
    List<CompletableFuture<Void>> readers =
        List.of(
            CompletableFuture.runAsync(completion::await),
            CompletableFuture.runAsync(completion::await));
    gate.countDown();
    completion.ended();
    for (CompletableFuture<Void> reader : readers) {
      reader.get();
    }
    completion.await();
    assertThat(completion.hasEnded()).isTrue();
    assertThat(mark.releases).isEqualTo(1);
  }
}
