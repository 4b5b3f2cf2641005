package dev.reprise.lineage;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Elements of lists, a few levels deep and a bounded number: an iteration may take one out. */
final class ListElements {
  private static final int LISTS_DEEP = 4;
  private static final int MOST = 4096;

  private final Set<LineageItem> elements = Collections.newSetFromMap(new IdentityHashMap<>());

  /** True for an item that holds the making of a list itself. */
  static boolean isList(LineageItem item) {
    return item != null && item.ownOperation() != null && item.ownOperation().name().equals("list");
  }

  /** Adds the elements if the item, which may be null, is a list. */
  void addOf(LineageItem item) {
    add(item, LISTS_DEEP);
  }

  private void add(LineageItem item, int depth) {
    if (depth == 0 || !isList(item)) {
      return;
    }
    int count = item.inputCount();
    for (int i = 0; i < count && elements.size() < MOST; i++) {
      elements.add(item.input(i));
      add(item.input(i), depth - 1);
    }
  }

  boolean contains(LineageItem item) {
    return elements.contains(item);
  }
}
