package dev.reprise.runtime;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/**
 * The first cells of an array, of which nobody writes to these any more. A longer list may go on
 * behind them in the same array, once and for who will use this one no more.
 */
abstract class FirstCells<T> extends AbstractList<T> implements RandomAccess {
  private static final int FIRST_ROOM = 8;

  final T[] cells;
  final int size;

  FirstCells(T[] cells, int size) {
    this.cells = cells;
    this.size = size;
  }

  @Override
  public final T get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return cells[index];
  }

  @Override
  public final int size() {
    return size;
  }

  @Override
  public final Object[] toArray() {
    return Arrays.copyOf(cells, size, Object[].class);
  }

  /** The same array if there is room behind these, else a longer copy; with one more there. */
  final T[] cellsWith(T last) {
    T[] room =
        size < cells.length ? cells : Arrays.copyOf(cells, Math.max(FIRST_ROOM, size + size / 2));
    room[size] = last;
    return room;
  }
}
