package dev.reprise.language.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A set of names along the paths of a program. It remembers which names came and went, so that a
 * branch is taken back, and met with another one, at the cost of what it changed: programs of many
 * branches have many names.
 *
 * <pre>
 *   mark ---- then ---- takeBack(mark) = then's changes
 *        ---- otherwise ---- unite(mark, then's changes)
 * </pre>
 */
final class NameTrail {
  private final Set<String> names;

  // The last change at the end.
  private final List<Change> trail = new ArrayList<>();

  /** A name that came, or went. */
  private record Change(String name, boolean came) {}

  NameTrail(Set<String> names) {
    this.names = new HashSet<>(names);
  }

  boolean contains(String name) {
    return names.contains(name);
  }

  /** The names at this place; not to be kept. */
  Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /** Adds a name; false when it was there. */
  boolean add(String name) {
    boolean comes = names.add(name);
    if (comes) {
      trail.add(new Change(name, true));
    }
    return comes;
  }

  void remove(String name) {
    if (names.remove(name)) {
      trail.add(new Change(name, false));
    }
  }

  /** A place to come back to. */
  int mark() {
    return trail.size();
  }

  /**
   * The set is again what it was at a mark.
   *
   * @return each name that has come or gone since, and whether it was in the set now
   */
  Map<String, Boolean> takeBack(int mark) {
    Map<String, Boolean> changed = new LinkedHashMap<>();
    while (trail.size() > mark) {
      Change last = trail.removeLast();
      changed.putIfAbsent(last.name, last.came);
      if (last.came) {
        names.remove(last.name);
      } else {
        names.add(last.name);
      }
    }
    return changed;
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
    Map<String, Boolean> before = new LinkedHashMap<>();
    for (Change change : trail.subList(mark, trail.size())) {
      before.putIfAbsent(change.name, !change.came);
    }
    return before;
  }
}
