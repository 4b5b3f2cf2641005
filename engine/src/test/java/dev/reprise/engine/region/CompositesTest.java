package dev.reprise.engine.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.lineage.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositesTest {
  private final LineageCache cache =
      new LineageCache(new CacheConfig(Policy.LRU, 10_000), CacheEvents.NONE);

  private static Key key(int number) {
    return new Key(number, number);
  }

  private static Composite composite(long costNanos) {
    return new Composite(new Composite.Part[0], List.of(), 1, 0, costNanos);
  }

  @Test
  void theNumberIsBoundedAndWhatIsUsedStays() {
    Composites composites = new Composites(10, cache);
    for (int i = 0; i < 100; i++) {
      composites.put(key(i), composite(i), List.of());
      assertThat(composites.get(key(0))).isNotNull();
      assertThat(composites.size()).isLessThanOrEqualTo(10);
    }
    assertThat(composites.get(key(1))).isNull();
    assertThat(composites.get(key(99)).costNanos()).isEqualTo(99);
  }

  @Test
  void theHighestMeasuredCostOfAKeyStays() {
    Composites composites = new Composites(10, cache);
    composites.put(key(1), composite(500), List.of());
    composites.put(key(1), composite(3), List.of());
    assertThat(composites.get(key(1)).costNanos()).isEqualTo(500);
    assertThat(composites.size()).isEqualTo(1);
  }

  @Test
  void nothingIsAskedForBeforeSomethingIsThere() {
    Composites composites = new Composites(10, cache);
    assertThat(composites.isEmpty()).isTrue();
    composites.put(key(1), composite(1), List.of());
    assertThat(composites.isEmpty()).isFalse();
  }
}
