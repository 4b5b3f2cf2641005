package dev.reprise.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of a list's elements, in order; empty when the list is positional. Who asks for names
 * again and again is answered from a table of their places, which goes on with the list until other
 * places than the last one change.
 *
 * <p>Threads: any number may ask; {@link #with} and {@link #without} are for the only holder, who
 * gives these up.
 */
final class ListNames extends FirstCells<String> {
  static final ListNames NONE = new ListNames(List.of());

  /** So often names are compared one by one before they are worth a table, which a copy loses. */
  private static final int SEARCHES = 8;

  /** Up to so many names are faster to compare than to look up. */
  private static final int FEW = 16;

  // A hint: threads may overwrite each other's count.
  private int searches;

  // Where each name is first. Volatile: publishes a table that is complete.
  private volatile Map<String, Integer> places;

  ListNames(List<String> names) {
    this(names.toArray(String[]::new), names.size());
  }

  private ListNames(String[] cells, int size) {
    super(cells, size);
  }

  @Override
  public int indexOf(Object name) {
    Map<String, Integer> known = places;
    if (known == null && size > FEW && ++searches > SEARCHES) {
      known = table();
    }
    if (known != null) {
      int at = known.getOrDefault(name, -1);
      // The table may have gone on with a longer list.
      return at < size ? at : -1;
    }
    for (int i = 0; i < size; i++) {
      if (cells[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private Map<String, Integer> table() {
    Map<String, Integer> table = HashMap.newHashMap(2 * size);
    for (int i = 0; i < size; i++) {
      table.putIfAbsent(cells[i], i);
    }
    places = table;
    return table;
  }

  /**
   * Without one of them; for who will use these no more. Without the last one in the same array;
   * else in a copy, whose table, if it gets one, is worth as many searches as the first.
   */
  ListNames without(int index) {
    return index == size - 1 ? withoutLast() : withoutInner(index);
  }

  private ListNames withoutLast() {
    ListNames shorter = new ListNames(cells, size - 1);
    shorter.searches = searches;
    Map<String, Integer> known = places;
    if (known != null) {
      known.remove(cells[size - 1], size - 1);
      shorter.places = known;
    }
    return shorter;
  }

  private ListNames withoutInner(int index) {
    String[] others = Arrays.copyOf(cells, size - 1);
    System.arraycopy(cells, index + 1, others, index, size - index - 1);
    return new ListNames(others, size - 1);
  }

  /** With one more, in the same array if there is room; for who will use these no more. */
  ListNames with(String last) {
    ListNames longer = new ListNames(cellsWith(last), size + 1);
    longer.searches = searches;
    Map<String, Integer> known = places;
    if (known != null) {
      known.putIfAbsent(last, size);
      longer.places = known;
    }
    return longer;
  }
}
