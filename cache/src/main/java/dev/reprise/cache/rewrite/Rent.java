package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has been paid for single columns of products that could be computed as a whole (ski rental).
 * Bounded. Thread-safe: one monitor, held for a look into a map.
 */
final class Rent {
  private static final int PRODUCTS = 256;

  private final Map<Key, Double> paid =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Double> eldest) {
          return size() > PRODUCTS;
        }
      };

  synchronized void pay(Key whole, double nanos) {
    paid.merge(whole, nanos, Double::sum);
  }

  synchronized double paid(Key whole) {
    return paid.getOrDefault(whole, 0.0);
  }

  /** Begins anew: the whole is being computed, or has been and was evicted later. */
  synchronized void bought(Key whole) {
    paid.put(whole, 0.0);
  }
}
