package dev.reprise.runtime;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

/**
 * The names of a list's elements, in order; empty when the list is positional. Who asks for names
 * again and again is answered from a table of their places, which goes on with the list.
 *
 * <p>Threads: any number may ask; {@link #with} is for the only holder, who gives these up.
 */
final class ListNames extends AbstractList<String> implements RandomAccess {
  static final ListNames NONE = new ListNames(List.of());

  private static final int FIRST_ROOM = 8;

  /** So often names are compared one by one before they are worth a table, which a copy loses. */
  private static final int SEARCHES = 8;

  /** Up to so many names are faster to compare than to look up. */
  private static final int FEW = 16;

  private final String[] cells;
  private final int size;

  // A hint: threads may overwrite each other's count.
  private int searches;

  // Where each name is first. Volatile: publishes a table that is complete.
  private volatile Map<String, Integer> places;

  ListNames(List<String> names) {
    this(names.toArray(String[]::new), names.size());
  }

  private ListNames(String[] cells, int size) {
    this.cells = cells;
    this.size = size;
  }

  @Override
  public String get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return cells[index];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Object[] toArray() {
    return Arrays.copyOf(cells, size, Object[].class);
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

  /** Without one of them; for who will use these no more. */
  ListNames without(int index) {
    String[] others = cells;
    if (index < size - 1) {
      others = Arrays.copyOf(cells, size - 1);
      System.arraycopy(cells, index + 1, others, index, size - index - 1);
    }
    ListNames shorter = new ListNames(others, size - 1);
    shorter.searches = searches;
    Map<String, Integer> known = places;
    if (known != null && index == size - 1) {
      known.remove(cells[index], index);
      shorter.places = known;
    }
    return shorter;
  }

  /** With one more, in the same array if there is room; for who will use these no more. */
  ListNames with(String last) {
    String[] room =
        size < cells.length ? cells : Arrays.copyOf(cells, Math.max(FIRST_ROOM, size + size / 2));
    room[size] = last;
    ListNames longer = new ListNames(room, size + 1);
    longer.searches = searches;
    Map<String, Integer> known = places;
    if (known != null) {
      known.putIfAbsent(last, size);
      longer.places = known;
    }
    return longer;
  }
}
