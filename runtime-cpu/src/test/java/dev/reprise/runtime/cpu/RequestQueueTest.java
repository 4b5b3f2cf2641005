package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private static final Runnable REQUEST = () -> {};

  private final AtomicLong clock = new AtomicLong();

  // What happens when an awake taker gives way; set by each test.
  private final AtomicInteger gaveWay = new AtomicInteger();
  private Runnable meanwhile = () -> {};

  private final RequestQueue queue =
      new RequestQueue(
          4,
          clock::get,
          () -> {
            gaveWay.incrementAndGet();
            meanwhile.run();
          });

  /** After this the thread of the test stays awake in its next wait. */
  private void takeAtOnce() throws InterruptedException {
    queue.offer(REQUEST);
    assertThat(queue.take()).isSameAs(REQUEST);
    assertThat(gaveWay).hasValue(0);
  }

  @Test
  void anAwakeTakerSeesWhatComesWhileItLooks() throws Exception {
    takeAtOnce();
    // The clock stands still, so only the request can end the wait.
    meanwhile =
        () -> {
          if (gaveWay.get() == 3) {
            queue.offer(REQUEST);
          }
        };
    assertThat(queue.take()).isSameAs(REQUEST);
    assertThat(gaveWay).hasValue(3);
    assertThat(queue).isEmpty();
  }

  @Test
  void whatComesAfterTheLastLookIsFoundByTheSleepingTaker() throws Exception {
    takeAtOnce();
    Runnable late = () -> {};
    meanwhile =
        () -> {
          queue.offer(late);
          clock.addAndGet(Patience.LOST_NANOS + 1);
        };
    assertThat(queue.take()).isSameAs(late);
    assertThat(gaveWay).hasValue(1);
  }

  @Test
  void aRequestThatAnotherTookSendsTheTakerBackToLooking() throws Exception {
    takeAtOnce();
    Runnable second = () -> {};
    meanwhile =
        () -> {
          if (gaveWay.get() == 1) {
            queue.offer(REQUEST);
            queue.poll();
          } else if (gaveWay.get() == 2) {
            queue.offer(second);
          }
        };
    assertThat(queue.take()).isSameAs(second);
    assertThat(gaveWay).hasValue(2);
  }

  @Test
  void aTakerThatIsInterruptedWhileAwakeEnds() throws Exception {
    takeAtOnce();
    meanwhile =
        () -> {
          Thread.currentThread().interrupt();
          clock.addAndGet(Patience.MOST_NANOS);
        };
    assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aFullQueueTurnsRequestsAway() {
    for (int i = 0; i < 4; i++) {
      assertThat(queue.offer(REQUEST)).isTrue();
    }
    assertThat(queue.offer(REQUEST)).isFalse();
  }

  @Test
  void eachRequestIsTakenOnceByTakersThatAreAwakeAndAsleep() throws Exception {
    int requests = 400;
    for (int round = 0; round < 200; round++) {
      RequestQueue shared = new RequestQueue(requests + 3);
      Set<Runnable> taken = ConcurrentHashMap.newKeySet();
      Runnable end = () -> {};
      try (ExecutorService takers = Executors.newFixedThreadPool(3)) {
        List<Future<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          counts.add(
              takers.submit(() -> {
                int count = 0;
                for (Runnable next = shared.take(); next != end; next = shared.take()) {
                  taken.add(next);
                  count++;
                }
                return count;
              }));
        }
        for (int i = 0; i < requests; i++) {
          int number = i;
          shared.offer(() -> clock.set(number));
          for (int pause = 0; pause < round; pause++) {
            Thread.onSpinWait();
          }
        }
        for (int i = 0; i < 3; i++) {
          shared.offer(end);
        }
        int total = 0;
        for (Future<Integer> count : counts) {
          total += count.get();
        }
        assertThat(total).isEqualTo(requests);
        assertThat(taken).hasSize(requests);
      }
    }
  }
}
