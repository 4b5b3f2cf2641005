package dev.reprise.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A map along the paths of a program. It remembers its changes, so that a branch or a loop's body
 * is taken back, and met with another one, at the cost of what it changed: programs of many
 * branches have many variables.
 *
 * <pre>
 *   mark ---- then ---- takeBack(mark) = what then has changed
 *        ---- otherwise ---- changedSince(mark) = the same as it was
 * </pre>
 *
 * <p>Null is the value of what is not there. Not thread-safe.
 */
public final class ReversibleMap<K, V> {
  private final Map<K, V> values = new HashMap<>();

  // The last change at the end.
  private final List<Change<K, V>> changes = new ArrayList<>();

  /** What a key had before it was changed. */
  private record Change<K, V>(K key, V before) {}

  public V get(K key) {
    return values.get(key);
  }

  /** What is there now; not to be kept. */
  public Set<K> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /**
   * Gives a key a value, or takes it away with null.
   *
   * @return the value before
   */
  public V put(K key, V value) {
    V before = value == null ? values.remove(key) : values.put(key, value);
    if (before != value) {
      changes.add(new Change<>(key, before));
    }
    return before;
  }

  public V remove(K key) {
    return put(key, null);
  }

  /** A place to come back to. */
  public int mark() {
    return changes.size();
  }

  /**
   * All is again as it was at a mark.
   *
   * @return each key that was changed since, with the value that it had now, or null
   */
  public Map<K, V> takeBack(int mark) {
    Map<K, V> changed = new LinkedHashMap<>();
    while (changes.size() > mark) {
      Change<K, V> last = changes.removeLast();
      V now = last.before == null ? values.remove(last.key) : values.put(last.key, last.before);
      if (!changed.containsKey(last.key)) {
        changed.put(last.key, now);
      }
    }
    return changed;
  }

  /** Each key that was changed since a mark, with the value that it had then, or null. */
  public Map<K, V> changedSince(int mark) {
    Map<K, V> before = new LinkedHashMap<>();
    for (Change<K, V> change : changes.subList(mark, changes.size())) {
      if (!before.containsKey(change.key)) {
        before.put(change.key, change.before);
      }
    }
    return before;
  }
}
