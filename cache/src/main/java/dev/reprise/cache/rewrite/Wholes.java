package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrices that columns or rows were taken from, as long as somebody else keeps them: not every one
 * is in the cache. Bounded; weak, and a value whose last reference was given back cannot be had any
 * more. Thread-safe: one monitor, held for a look into a map.
 */
final class Wholes {
  private static final int MATRICES = 64;

  private final Map<Key, WeakReference<Value>> byKey =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, WeakReference<Value>> eldest) {
          return size() > MATRICES;
        }
      };

  synchronized void note(Key key, Value value) {
    WeakReference<Value> known = byKey.get(key);
    if (known == null || known.get() != value) {
      byKey.put(key, new WeakReference<>(value));
    }
  }

  /** The value with a reference for the caller, or null. */
  synchronized Value retained(Key key) {
    WeakReference<Value> known = byKey.get(key);
    Value value = known == null ? null : known.get();
    return value != null && value.tryRetain() ? value : null;
  }
}
