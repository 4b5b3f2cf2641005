package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.ScoredModel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Looks at models, the best first, for one that suits, as long as that may take. What has turned
 * out not to come from some data is not looked at again for the same data. Thread-safe.
 */
final class ModelSearch {
  /** Time for one question; a model takes about a millisecond, a long history more. */
  static final long MOST_NANOS = 2_000_000_000L;

  /** Some 10 MB; beyond them models are looked at again. */
  private static final int MOST_FOREIGN = 100_000;

  private final LongSupplier clock;
  private final Set<Foreign> foreign = ConcurrentHashMap.newKeySet();

  /** A model, whatever run left it, that does not come from the data. */
  private record Foreign(Key model, Key data) {}

  /**
   * What a look at a model said.
   *
   * @param found null when it does not suit
   * @param isForeign whether it cannot suit another question about the same data either
   */
  record Look<T>(T found, boolean isForeign) {
    static <T> Look<T> at(T found) {
      return new Look<>(found, false);
    }

    static <T> Look<T> unsuited() {
      return new Look<>(null, false);
    }

    static <T> Look<T> foreign() {
      return new Look<>(null, true);
    }
  }

  /**
   * @param clock in nanoseconds
   */
  ModelSearch(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * The first that suits, or null.
   *
   * @param late told how many were looked at when time was over before the models
   */
  <T> T first(
      List<ScoredModel> models, Key data, Function<ScoredModel, Look<T>> look, IntConsumer late) {
    long start = clock.getAsLong();
    int looked = 0;
    for (ScoredModel model : models) {
      Foreign known = new Foreign(model.key(), data);
      if (foreign.contains(known)) {
        continue;
      }
      if (looked > 0 && clock.getAsLong() - start > MOST_NANOS) {
        late.accept(looked);
        return null;
      }
      Look<T> result = look.apply(model);
      looked++;
      if (result.found() != null) {
        return result.found();
      }
      if (result.isForeign() && foreign.size() < MOST_FOREIGN) {
        foreign.add(known);
      }
    }
    return null;
  }
}
