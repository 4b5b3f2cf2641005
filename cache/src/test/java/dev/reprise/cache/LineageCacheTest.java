package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import org.junit.jupiter.api.Test;

class LineageCacheTest {
  private static final Key KEY = new Key(1, 2);

  private final LineageCache cache =
      new LineageCache(new CacheConfig(Policy.COSTNSIZE, 10_000), CacheEvents.NONE);

  @Test
  void theSecondProbeHitsWhatTheFirstCompleted() {
    CountedValue value = new CountedValue(100);
    Claim claim = (Claim) cache.probe(KEY, () -> null);
    claim.complete(value, 5, true);
    assertThat(value.references()).isEqualTo(2);
    Hit hit = (Hit) cache.probe(KEY, () -> null);
    assertThat(hit.value()).isSameAs(value);
    assertThat(value.references()).isEqualTo(3);
  }

  @Test
  void aProbeOfAClaimedKeySubscribes() {
    Claim claim = (Claim) cache.probe(KEY, () -> null);
    TestWaiter waiter = new TestWaiter();
    InFlight inFlight = (InFlight) cache.probe(KEY, () -> waiter);
    assertThat(inFlight.handle()).isSameAs(waiter.handle());
    CountedValue value = new CountedValue(100);
    claim.complete(value, 5, true);
    assertThat(waiter.handle().valueOrNull()).isSameAs(value);
    assertThat(value.references()).isEqualTo(3);
  }

  @Test
  void aClaimEndsOnce() {
    Claim claim = (Claim) cache.probe(KEY, () -> null);
    CountedValue value = new CountedValue(100);
    claim.complete(value, 5, true);
    assertThatThrownBy(() -> claim.complete(value, 5, true))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> claim.fail(new RuntimeException()))
        .isInstanceOf(IllegalStateException.class);
    claim.close();
    assertThat(value.references()).isEqualTo(2);
    assertThat(cache.statistics().entries()).isOne();
  }

  @Test
  void anAbandonedClaimPassesToTheFirstLiveWaiter() {
    Claim claim = (Claim) cache.probe(KEY, () -> null);
    TestWaiter cancelled = new TestWaiter();
    TestWaiter heir = new TestWaiter();
    TestWaiter other = new TestWaiter();
    cache.probe(KEY, () -> cancelled);
    cache.probe(KEY, () -> heir);
    cache.probe(KEY, () -> other);
    cancelled.handle().cancel();
    claim.close();
    assertThat(heir.claim()).isNotNull();
    assertThat(other.claim()).isNull();
    CountedValue value = new CountedValue(100);
    heir.claim().complete(value, 1, true);
    assertThat(other.handle().valueOrNull()).isSameAs(value);
    assertThat(heir.handle().valueOrNull()).isSameAs(value);
  }
}
