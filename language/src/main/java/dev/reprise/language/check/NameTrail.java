package dev.reprise.language.check;

import dev.reprise.language.ReversibleMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A set of names along the paths of a program, which meet where branches end.
 *
 * <pre>
 *   mark ---- then ---- takeBack(mark) = then's changes
 *        ---- otherwise ---- unite(mark, then's changes)
 * </pre>
 */
final class NameTrail {
  private final ReversibleMap<String, Boolean> names = new ReversibleMap<>();

  NameTrail(Set<String> names) {
    names.forEach(this::add);
  }

  boolean contains(String name) {
    return names.get(name) != null;
  }

  /** The names at this place; not to be kept. */
  Set<String> names() {
    return names.keys();
  }

  /** Adds a name; false when it was there. */
  boolean add(String name) {
    return names.put(name, true) == null;
  }

  void remove(String name) {
    names.remove(name);
  }

  /** A place to come back to. */
  int mark() {
    return names.mark();
  }

  /**
   * The set is again what it was at a mark.
   *
   * @return each name that has come or gone since, and whether it was in the set now
   */
  Map<String, Boolean> takeBack(int mark) {
    return areThere(names.takeBack(mark));
  }

  /**
   * Adds what another path from a mark ends with.
   *
   * @param other what {@link #takeBack} said of the other path; empty for one that changes nothing
   * @return whether this path has added any name to those of the mark
   */
  boolean unite(int mark, Map<String, Boolean> other) {
    boolean more = false;
    for (Map.Entry<String, Boolean> before : atMark(mark).entrySet()) {
      String name = before.getKey();
      more |= !before.getValue() && contains(name);
      if (other.getOrDefault(name, before.getValue())) {
        add(name);
      }
    }
    other.forEach((name, isIn) -> {
      if (isIn) {
        add(name);
      }
    });
    return more;
  }

  /**
   * Keeps what another path from a mark ends with as well.
   *
   * @param other as for {@link #unite}
   */
  void intersect(int mark, Map<String, Boolean> other) {
    atMark(mark)
        .forEach((name, before) -> {
          if (!other.getOrDefault(name, before)) {
            remove(name);
          }
        });
    other.forEach((name, isIn) -> {
      if (!isIn) {
        remove(name);
      }
    });
  }

  /** Each name that has come or gone since a mark, and whether it was in the set then. */
  private Map<String, Boolean> atMark(int mark) {
    return areThere(names.changedSince(mark));
  }

  private static Map<String, Boolean> areThere(Map<String, Boolean> changed) {
    Map<String, Boolean> there = new LinkedHashMap<>();
    changed.forEach((name, isIn) -> there.put(name, isIn != null));
    return there;
  }
}
