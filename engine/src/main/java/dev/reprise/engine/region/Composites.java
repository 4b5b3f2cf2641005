package dev.reprise.engine.region;

import dev.reprise.cache.LineageCache;
import dev.reprise.cache.ValueGroup;
import dev.reprise.lineage.Key;
import java.lang.ref.SoftReference;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finished executions of regions by key. Bounded by number, least recently used first
 * (approximately: what was used since it last came to its turn gets another turn), and by the Java
 * heap: a composite holds the lineage of its outputs, so it is held softly and goes before the heap
 * is full.
 *
 * <p>The values that an execution left in the cache are a {@link ValueGroup} there for as long as
 * the execution is remembered.
 *
 * <p>Thread-safe: a key is in the queue once for each time that it was added to the map; {@code
 * used} is a hint that any thread may set or clear.
 */
public final class Composites {
  private final int limit;
  private final LineageCache cache;
  private final ConcurrentHashMap<Key, Entry> entries = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Entry> turns = new ConcurrentLinkedQueue<>();

  // Spares a program that has nothing to find yet the making of keys; set once.
  private volatile boolean filled;

  private static final class Entry {
    final Key key;
    volatile SoftReference<Composite> composite;
    volatile boolean used;

    // The values in the cache with which the region can be left out; null for none.
    final AtomicReference<ValueGroup> group = new AtomicReference<>();

    Entry(Key key, Composite composite) {
      this.key = key;
      this.composite = new SoftReference<>(composite);
    }
  }

  /**
   * @param limit most executions that are remembered
   * @param cache has the values that they left
   */
  public Composites(int limit, LineageCache cache) {
    this.limit = limit;
    this.cache = cache;
  }

  /** True until the first execution has been remembered. */
  public boolean isEmpty() {
    return !filled;
  }

  int size() {
    return entries.size();
  }

  /** The execution of that key, or null. */
  public Composite get(Key key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    // An entry whose composite the heap has taken back stays in its turn, and may be filled again.
    Composite composite = entry.composite.get();
    if (composite != null) {
      entry.used = true;
    }
    return composite;
  }

  /** Counts that the execution of a key was left out. */
  public void found(Key key) {
    Entry entry = entries.get(key);
    ValueGroup group = entry == null ? null : entry.group.get();
    if (group != null) {
      cache.found(group);
    }
  }

  /**
   * Remembers an execution; the highest cost that was measured for its key stays.
   *
   * @param kept keys of the values in the cache with which it can be left out
   */
  public void put(Key key, Composite composite, Collection<Key> kept) {
    Entry fresh = new Entry(key, composite);
    Entry known = entries.putIfAbsent(key, fresh);
    if (known != null) {
      Composite before = known.composite.get();
      known.composite =
          new SoftReference<>(before == null ? composite : composite.atLeast(before.costNanos()));
      group(known, kept, composite.costNanos());
      return;
    }
    filled = true;
    group(fresh, kept, composite.costNanos());
    turns.add(fresh);
    while (entries.size() > limit && retireOne()) {
      // One more has to go.
    }
  }

  private void group(Entry entry, Collection<Key> kept, long costNanos) {
    while (true) {
      ValueGroup earlier = entry.group.get();
      ValueGroup group = cache.group(entry.key, kept, costNanos, earlier);
      if (entry.group.compareAndSet(earlier, group)) {
        dissolve(earlier);
        break;
      }
      dissolve(group);
    }
    if (entries.get(entry.key) != entry) {
      // Retired meanwhile, perhaps before it had this group.
      dissolve(entry.group.getAndSet(null));
    }
  }

  private void dissolve(ValueGroup group) {
    if (group != null) {
      cache.dissolve(group);
    }
  }

  /** False when another thread is about to add the entry that would be next. */
  private boolean retireOne() {
    Entry oldest = turns.poll();
    if (oldest == null) {
      return false;
    }
    if (oldest.used && entries.get(oldest.key) == oldest) {
      oldest.used = false;
      turns.add(oldest);
    } else {
      entries.remove(oldest.key, oldest);
      dissolve(oldest.group.getAndSet(null));
    }
    return true;
  }
}
