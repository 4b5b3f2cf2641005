package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rectangles of a larger, mostly virtual matrix have been computed: {@code X %*% E[, 1:10]}
 * and {@code X %*% E[, 1:20]} are found through {@code X %*% E}. Bounded; holds keys, no values, so
 * what it names may have been evicted. Thread-safe: one monitor, held for a look into a map.
 */
final class RegionMemory {
  private static final int BASES = 1024;
  private static final int RECTANGLES = 32;

  /**
   * A rectangle that was computed.
   *
   * @param row first row from 1, 0 for all rows
   * @param rows number of rows
   * @param col first column from 1, 0 for all columns
   * @param cols number of columns
   */
  record Seen(long row, long rows, long col, long cols, Key key) {}

  private final Map<Key, List<Seen>> byBase =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, List<Seen>> eldest) {
          return size() > BASES;
        }
      };

  synchronized void note(Key base, long row, long col, Shape shape, Key key) {
    List<Seen> known = byBase.computeIfAbsent(base, _ -> new ArrayList<>(4));
    for (Seen each : known) {
      if (each.key.equals(key)) {
        return;
      }
    }
    if (known.size() == RECTANGLES) {
      known.removeFirst();
    }
    known.add(new Seen(row, shape.rows(), col, shape.cols(), key));
  }

  /** The newest first. */
  synchronized List<Seen> of(Key base) {
    List<Seen> known = byBase.get(base);
    return known == null ? List.of() : List.copyOf(known).reversed();
  }
}
