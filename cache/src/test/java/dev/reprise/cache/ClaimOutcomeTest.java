package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.memory.HandleFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waiters see of a claim that ends in each possible way, with threads where it matters. */
class ClaimOutcomeTest {
  private static final Key KEY = new Key(0, 1);
  private static final int RUNS = 200;
  private static final int WORKERS = 8;

  private final RecordedEvents events = new RecordedEvents();
  private final LineageCache cache =
      new LineageCache(new CacheConfig(Policy.COSTNSIZE, 10_000), events);

  @Test
  void eightWorkersThatNeedOneValueComputeItOnce() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      Key key = new Key(run, run);
      AtomicInteger executions = new AtomicInteger();
      CountedValue value = new CountedValue(1000);
      List<CountedValue> results =
          Workers.run(
              WORKERS,
              worker ->
                  obtain(
                      key,
                      () -> {
                        executions.incrementAndGet();
                        return value;
                      }));
      assertThat(executions).hasValue(1);
      assertThat(results).containsOnly(value).hasSize(WORKERS);
      cache.clear();
      assertThat(value.references()).isZero();
    }
    CacheStatistics statistics = cache.statistics();
    assertThat(statistics.misses()).isEqualTo(RUNS);
    assertThat(statistics.hits() + statistics.waits()).isEqualTo(RUNS * (WORKERS - 1L));
  }

  @Test
  void aValueReachesEverySubscriberWithAReferenceOfItsOwn() {
    Claim claim = claim();
    List<TestWaiter> waiters = subscribe(WORKERS);
    CountedValue value = new CountedValue(100);
    claim.complete(value, 1, false);
    value.release();
    assertThat(value.references()).isEqualTo(WORKERS);
    for (TestWaiter waiter : waiters) {
      assertThat(waiter.handle().valueOrNull()).isSameAs(value);
      waiter.handle().release();
    }
    assertThat(value.references()).isZero();
    assertThat(cache.statistics().entries()).isZero();
  }

  @Test
  void anErrorReachesEverySubscriberAndIsForgotten() {
    Claim claim = claim();
    List<TestWaiter> waiters = subscribe(WORKERS);
    ArithmeticException error = new ArithmeticException("singular");
    claim.fail(error);
    for (TestWaiter waiter : waiters) {
      assertThatThrownBy(waiter.handle()::await)
          .isInstanceOfSatisfying(HandleFailure.class, e -> assertThat(e.origin()).isSameAs(waiter))
          .hasCause(error);
      assertThat(waiter.claim()).isNull();
    }
    claim().abandon();
    assertThat(cache.statistics().failed()).isOne();
  }

  @Test
  void anAbandonedClaimWandersThroughAllSubscribersUntilOneCompletes() {
    Claim claim = claim();
    List<TestWaiter> waiters = subscribe(WORKERS);
    for (int i = 0; i < WORKERS - 1; i++) {
      claim.abandon();
      if (i > 0) {
        waiters.get(i - 1).handle().cancel();
      }
      claim = waiters.get(i).claim();
      assertThat(claim).as("claim of waiter %d", i).isNotNull();
      assertThat(waiters.get(i + 1).claim()).isNull();
    }
    CountedValue value = new CountedValue(100);
    claim.complete(value, 1, true);
    for (int i = 0; i < WORKERS - 2; i++) {
      assertThat(waiters.get(i).handle().errorOrNull()).isInstanceOf(CancellationException.class);
    }
    for (int i = WORKERS - 2; i < WORKERS; i++) {
      assertThat(waiters.get(i).handle().valueOrNull()).isSameAs(value);
    }
    assertThat(value.references()).isEqualTo(1 + 1 + 2);
    assertThat(cache.statistics().takeovers()).isEqualTo(WORKERS - 1);
  }

  @Test
  void abandonSkipsSubscribersThatNoLongerWantTheValue() {
    Claim claim = claim();
    List<TestWaiter> waiters = subscribe(3);
    waiters.get(0).handle().cancel();
    waiters.get(1).handle().release();
    claim.abandon();
    assertThat(waiters.get(0).claim()).isNull();
    assertThat(waiters.get(1).claim()).isNull();
    assertThat(waiters.get(1).handle().isDone()).isTrue();
    assertThat(waiters.get(2).claim()).isNotNull();
  }

  @Test
  void abandonWithNobodyLeftForgetsTheKey() {
    Claim claim = claim();
    TestWaiter gone = subscribe(1).getFirst();
    gone.handle().cancel();
    claim.close();
    assertThat(cache.probe(KEY, TestWaiter::new)).isInstanceOf(Claim.class);
    assertThat(events.log()).containsExactly("claimed 1", "waiting 1", "abandoned 1", "claimed 1");
  }

  @Test
  void aTakeOverThatThrowsFailsItsHandleAndPassesOn() {
    Claim claim = claim();
    TestWaiter broken =
        new TestWaiter(c -> {
          throw new OutOfMemoryError("no room for a task");
        });
    cache.probe(KEY, () -> broken);
    TestWaiter next = subscribe(1).getFirst();
    claim.close();
    assertThat(broken.handle().errorOrNull()).isInstanceOf(OutOfMemoryError.class);
    assertThat(next.claim()).isNotNull();
    next.claim().abandon();
  }

  @Test
  void anOwnerThatDiesInTheMiddlePassesItsClaimOn() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      CountDownLatch subscribed = new CountDownLatch(WORKERS - 1);
      Claim claim = claim();
      CountedValue value = new CountedValue(64);
      AtomicInteger executions = new AtomicInteger();
      List<Object> results =
          Workers.run(
              WORKERS,
              worker -> {
                if (worker == 0) {
                  return dieHolding(claim, subscribed);
                }
                TestWaiter waiter =
                    new TestWaiter(c -> {
                      executions.incrementAndGet();
                      c.complete(value, 1, true);
                      value.release();
                    });
                cache.probe(KEY, () -> waiter);
                subscribed.countDown();
                Object result = waiter.handle().await();
                waiter.handle().release();
                return result;
              });
      assertThat(executions).hasValue(1);
      assertThat(results.subList(1, WORKERS)).containsOnly(value);
      cache.clear();
      assertThat(value.references()).isZero();
    }
  }

  private static String dieHolding(Claim claim, CountDownLatch subscribed)
      throws InterruptedException {
    subscribed.await();
    try (claim) {
      throw new StackOverflowError("in the middle");
    } catch (StackOverflowError e) {
      return "died";
    }
  }

  @Test
  void completionRacingWithSubscriptionsLosesNobody() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      Claim claim = claim();
      CountedValue value = new CountedValue(64);
      List<CountedValue> results =
          Workers.run(
              4,
              worker -> {
                if (worker == 0) {
                  claim.complete(value, 1, true);
                  return value;
                }
                return obtain(KEY, () -> new CountedValue(1));
              });
      assertThat(results).containsOnly(value);
      value.release();
      cache.clear();
      assertThat(value.references()).isZero();
    }
  }

  @Test
  void aWaiterThatWasNotNeededIsDiscarded() {
    Claim claim = claim();
    CountedValue value = new CountedValue(100);
    TestWaiter late = new TestWaiter();
    Probe probe =
        cache.probe(
            KEY,
            () -> {
              claim.complete(value, 1, true);
              return late;
            });
    assertThat(probe).isInstanceOf(Hit.class);
    assertThat(late.isDiscarded()).isTrue();
  }

  @Test
  void completingWithADeadValueLeavesTheClaimOpen() {
    Claim claim = claim();
    TestWaiter waiter = subscribe(1).getFirst();
    CountedValue dead = new CountedValue(100);
    dead.release();
    assertThatThrownBy(() -> claim.complete(dead, 1, true))
        .isInstanceOf(IllegalStateException.class);
    assertThat(claim.isOpen()).isTrue();
    claim.close();
    assertThat(waiter.claim()).isNotNull();
  }

  @Test
  void withReuseSwitchedOffEveryProbeIsAClaimOfItsOwn() {
    LineageCache off = new LineageCache(new CacheConfig(Policy.LRU, 1000, false), events);
    Claim first = (Claim) off.probe(KEY, TestWaiter::new);
    Claim second = (Claim) off.probe(KEY, TestWaiter::new);
    CountedValue value = new CountedValue(100);
    first.complete(value, 1, true);
    second.abandon();
    assertThat(value.references()).isOne();
    assertThat(off.lookup(KEY)).isNull();
    assertThat(off.putIfAbsent(KEY, value, 1, 1)).isFalse();
  }

  private Claim claim() {
    return (Claim) cache.probe(KEY, TestWaiter::new);
  }

  private List<TestWaiter> subscribe(int count) {
    List<TestWaiter> waiters = new ArrayList<>();
    IntStream.range(0, count).forEach(i -> waiters.add(new TestWaiter()));
    for (TestWaiter waiter : waiters) {
      assertThat(cache.probe(KEY, () -> waiter)).isInstanceOf(InFlight.class);
    }
    return waiters;
  }

  /** Probes, computes if it must, waits if it may, and gives all references back. */
  private CountedValue obtain(Key key, java.util.function.Supplier<CountedValue> compute)
      throws InterruptedException {
    TestWaiter waiter = new TestWaiter();
    CountedValue value;
    switch (cache.probe(key, () -> waiter)) {
      case Hit hit -> {
        value = (CountedValue) hit.value();
        value.release();
      }
      case InFlight inFlight -> value = (CountedValue) inFlight.handle().await();
      case Claim claim -> {
        value = compute.get();
        claim.complete(value, 1, true);
        value.release();
      }
    }
    waiter.handle().release();
    return value;
  }
}
