package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class WorkRingTest {
  private static final int RING = 4;
  private static final long LONG_NAP_NANOS = 600_000_000_000L;

  /** Notes what it takes; naps when it has caught up, until all has come. */
  private static final class Noting implements WorkRing.Taker {
    private final int expected;
    private final List<Integer> taken = new ArrayList<>();
    private final CountDownLatch all = new CountDownLatch(1);
    private final boolean naps;
    private WorkRing ring;
    private volatile boolean onItsThread = true;

    Noting(int expected, boolean naps) {
      this.expected = expected;
      this.naps = naps;
      ring = new WorkRing("ring", RING, this);
      ring.start();
    }

    @Override
    public void take(Object work) {
      onItsThread &= WorkRing.isCurrent();
      taken.add((Integer) work);
      if (taken.size() == expected) {
        all.countDown();
      }
    }

    @Override
    public void caughtUp() {
      while (naps && taken.size() < expected && !ring.hasMore()) {
        // Ends only because something comes.
        ring.nap(LONG_NAP_NANOS);
      }
    }
  }

  private static void assertAllCome(Noting noting) throws Exception {
    int each = noting.expected / 3;
    List<Thread> adding = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int first = t * each;
      adding.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  noting.ring.add(first + i);
                }
              }));
    }
    for (Thread thread : adding) {
      thread.join();
    }
    noting.all.await();
    noting.ring.close();
    assertThat(noting.taken).hasSize(noting.expected).doesNotHaveDuplicates();
    assertThat(noting.onItsThread).isTrue();
    assertThat(WorkRing.isCurrent()).isFalse();
  }

  @RepeatedTest(20)
  void nothingIsOverlookedWhenTheRingIsTooSmall() throws Exception {
    assertAllCome(new Noting(3_000, false));
  }

  @RepeatedTest(20)
  void aNapEndsWhenWorkComes() throws Exception {
    assertAllCome(new Noting(3_000, true));
  }

  @RepeatedTest(20)
  void workOfOneThreadComesInItsOrderWhereTheRingHasRoom() throws Exception {
    Noting noting = new Noting(RING, false);
    for (int i = 0; i < RING; i++) {
      noting.ring.add(i);
    }
    noting.all.await();
    noting.ring.close();
    assertThat(noting.taken).containsExactly(0, 1, 2, 3);
  }
}
