package dev.reprise.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Entries with the lowest score on top. Each entry knows its place, so that one whose score has
 * fallen, or that is of no use any more, is found without looking at the others.
 *
 * <p>Of equal scores the one that is worth least by itself goes first, then the least recently
 * used. Guarded by the lock of the victim queue; an entry lies in one heap at most.
 */
final class ScoreHeap {
  private Entry[] entries = new Entry[16];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  List<Entry> entries() {
    return new ArrayList<>(Arrays.asList(entries).subList(0, size));
  }

  /** Adds an entry that lies in no heap; O(log n). */
  void add(Entry entry, double score, double ownScore) {
    entry.queuedScore = score;
    entry.queuedOwnScore = ownScore;
    entry.queuedAccess = entry.lastAccess();
    entry.heap = this;
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, 2 * size);
    }
    size++;
    rise(size - 1, entry);
  }

  /** Takes the lowest out; null when there is none. */
  Entry poll() {
    return size == 0 ? null : removeAt(0);
  }

  /** Takes an entry out that lies in this heap; O(log n). */
  void remove(Entry entry) {
    removeAt(entry.heapIndex);
  }

  private Entry removeAt(int index) {
    Entry removed = entries[index];
    size--;
    Entry last = entries[size];
    entries[size] = null;
    if (last != removed) {
      sink(index, last);
      if (entries[index] == last) {
        rise(index, last);
      }
    }
    removed.heap = null;
    return removed;
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      entries[i].heap = null;
      entries[i] = null;
    }
    size = 0;
  }

  private void rise(int from, Entry entry) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (compare(entry, entries[parent]) >= 0) {
        break;
      }
      put(index, entries[parent]);
      index = parent;
    }
    put(index, entry);
  }

  private void sink(int from, Entry entry) {
    int index = from;
    while (2 * index + 1 < size) {
      int child = 2 * index + 1;
      if (child + 1 < size && compare(entries[child + 1], entries[child]) < 0) {
        child++;
      }
      if (compare(entry, entries[child]) <= 0) {
        break;
      }
      put(index, entries[child]);
      index = child;
    }
    put(index, entry);
  }

  private void put(int index, Entry entry) {
    entries[index] = entry;
    entry.heapIndex = index;
  }

  static int compare(Entry a, Entry b) {
    int byScore = Double.compare(a.queuedScore, b.queuedScore);
    if (byScore != 0) {
      return byScore;
    }
    int byOwnScore = Double.compare(a.queuedOwnScore, b.queuedOwnScore);
    return byOwnScore != 0 ? byOwnScore : Long.compare(a.queuedAccess, b.queuedAccess);
  }
}
