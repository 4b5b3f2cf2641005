package dev.reprise.bench.eviction;

import dev.reprise.bench.eviction.ProbeTrace.Recorded;
import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.Probe;
import dev.reprise.cache.Waiter;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.function.Supplier;

/** Asks a cache what a recorded program asked, and computes what is missing in no time. */
final class Replay {
  // One thread: no key is ever in flight.
  private static final Supplier<Waiter> NEVER_ASKED =
      () -> {
        throw new IllegalStateException("nobody else claims a key");
      };

  private Replay() {}

  /** Stands for a value of that size, which nobody but the cache holds. */
  private record StandIn(long bytes) implements Value {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /** What a cache of {@code budgetBytes} under {@code policy} saves of the trace's costs. */
  static long savedNanos(ProbeTrace trace, Policy policy, long budgetBytes) {
    long saved = 0;
    CacheConfig config = new CacheConfig(policy, budgetBytes);
    try (LineageCache cache = new LineageCache(config, CacheEvents.NONE)) {
      for (int position : trace.probes()) {
        Recorded value = trace.values().get(position);
        Probe probe = cache.probe(value.key(), NEVER_ASKED);
        if (probe instanceof Hit) {
          saved += value.costNanos();
        } else {
          ((Claim) probe)
              .complete(new StandIn(value.bytes()), value.costNanos(), value.height(), true);
        }
      }
    }
    return saved;
  }
}
