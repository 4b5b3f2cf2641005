package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the reader of a gathering queue is given what. */
@Timeout(600)
class GatheringQueueTest {
  private final GatheringQueue<Integer> queue = new GatheringQueue<>(Long.MAX_VALUE, 4);
  private final List<Integer> taken = new ArrayList<>();

  @Test
  void aReaderIsGivenAllThatCameUntilSomebodyHurries() throws InterruptedException {
    Thread reader = new Thread(this::take);
    reader.start();
    assertThat(queue.add(1)).isTrue();
    // It has seen the first thing and waits for others, for ever.
    while (reader.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    queue.add(2);
    queue.add(3);
    queue.hurry();
    reader.join();
    assertThat(taken).containsExactly(1, 2, 3);
  }

  private boolean take() {
    try {
      return queue.take(taken);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asManyAsAreTakenAtOnceDoNotWait() {
    for (int i = 1; i <= 9; i++) {
      queue.add(i);
    }
    assertThat(take()).isTrue();
    assertThat(taken).containsExactly(1, 2, 3, 4);
    taken.clear();
    assertThat(take()).isTrue();
    assertThat(taken).containsExactly(5, 6, 7, 8);
    taken.clear();
    queue.hurry();
    assertThat(take()).isTrue();
    assertThat(taken).containsExactly(9);
  }

  @Test
  void aHurryHoldsUntilAllThatWasThereIsTaken() {
    for (int i = 1; i <= 5; i++) {
      queue.add(i);
    }
    queue.hurry();
    take();
    taken.clear();
    assertThat(take()).isTrue();
    assertThat(taken).containsExactly(5);
  }

  @Test
  void whatComesNowAndThenIsTakenWhenItsTimeIsUp() throws InterruptedException {
    GatheringQueue<Integer> brief = new GatheringQueue<>(1, 4);
    brief.add(1);
    assertThat(brief.take(taken)).isTrue();
    assertThat(taken).containsExactly(1);
  }

  @Test
  void aClosedQueueGivesWhatIsThereAndTakesNothing() {
    for (int i = 1; i <= 5; i++) {
      queue.add(i);
    }
    queue.close();
    assertThat(queue.add(6)).isFalse();
    assertThat(take()).as("there is more").isTrue();
    assertThat(taken).containsExactly(1, 2, 3, 4);
    taken.clear();
    assertThat(take()).as("there is more").isFalse();
    assertThat(taken).containsExactly(5);
  }
}
