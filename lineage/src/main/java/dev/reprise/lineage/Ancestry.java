package dev.reprise.lineage;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whether a value was made of another one. Loops are asked as they are stored first: what a loop
 * works on is an input of it, so that most questions are answered without making its items.
 */
public final class Ancestry {
  /**
   * Items that are looked at one by one, for values that were made and used in one loop or call.
   */
  static final int MOST_ITEMS = 100_000;

  private Ancestry() {}

  /**
   * True when an item is, or came from, one with the key of another.
   *
   * @return false as well when that is too far away to be found
   */
  public static boolean has(LineageItem item, LineageItem ancestor) {
    return isSame(item, ancestor)
        || TraceProgram.of(Map.of(Trace.UNNAMED, item)).hasItem(each -> isSame(each, ancestor))
        || isWithinReach(item, ancestor);
  }

  /** Heights first: a key may have to be computed. */
  private static boolean isSame(LineageItem item, LineageItem ancestor) {
    return item.height() == ancestor.height() && item.key().equals(ancestor.key());
  }

  private static boolean isWithinReach(LineageItem item, LineageItem ancestor) {
    Set<Key> seen = new HashSet<>();
    ArrayDeque<LineageItem> open = new ArrayDeque<>();
    open.add(item);
    while (!open.isEmpty() && seen.size() < MOST_ITEMS) {
      LineageItem next = open.remove();
      for (int i = 0; i < next.inputCount(); i++) {
        LineageItem input = next.input(i);
        if (isSame(input, ancestor)) {
          return true;
        }
        if (input.height() > ancestor.height() && seen.add(input.key())) {
          open.add(input);
        }
      }
    }
    return false;
  }
}
