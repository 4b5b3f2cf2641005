package dev.reprise.lineage;

import java.util.Arrays;

/**
 * Items in the order in which they were added, found by key. Filled by one thread, then only read.
 */
final class ItemTable {
  private LineageItem[] items = new LineageItem[16];
  private int size;
  // Open addressing: position in items plus one, 0 is free; at most half full.
  private int[] slots = new int[64];

  int size() {
    return size;
  }

  LineageItem get(int position) {
    if (position >= size) {
      throw new IndexOutOfBoundsException("item " + position + " of " + size);
    }
    return items[position];
  }

  /** Position of the item with this item's key, or -1. */
  int indexOf(LineageItem item) {
    return slots[slotOf(item)] - 1;
  }

  /** Adds the item unless one with its key is there. */
  void add(LineageItem item) {
    int slot = slotOf(item);
    if (slots[slot] != 0) {
      return;
    }
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
    }
    items[size++] = item;
    slots[slot] = size;
    if (2 * size > slots.length) {
      rehash();
    }
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int i = 0; i < size; i++) {
      slots[slotOf(items[i])] = i + 1;
    }
  }

  /** The slot that holds the item's position, or the free one where it belongs. */
  private int slotOf(LineageItem item) {
    int mask = slots.length - 1;
    int slot = (int) item.keyLow() & mask;
    while (slots[slot] != 0 && !items[slots[slot] - 1].sameAs(item)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
