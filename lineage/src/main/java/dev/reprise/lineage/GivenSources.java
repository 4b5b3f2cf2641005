package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.HashMap;
import java.util.Map;

/**
 * Content from outside that given items are, or hold as lists, a few levels deep. Whoever knows the
 * same content by another name has it here under his own.
 */
final class GivenSources {
  private static final int LISTS_DEEP = 4;

  /** So many elements are looked at. */
  private static final int MOST = 4096;

  // The operation has the content's fingerprint; its place in a script is no part of equality.
  private final Map<Operation, LineageItem> known = new HashMap<>();
  private int seen;

  /**
   * @param items entries may be null
   */
  GivenSources(LineageItem[] items) {
    for (LineageItem item : items) {
      if (item != null) {
        add(item, LISTS_DEEP);
      }
    }
  }

  private void add(LineageItem item, int deep) {
    if (item.isLiteral()) {
      return;
    }
    if (PatchMatcher.isSource(item)) {
      known.putIfAbsent(item.operation(), item);
    } else if (deep > 0 && item.name().equals("list")) {
      int count = item.inputCount();
      for (int i = 0; i < count && seen < MOST; i++) {
        seen++;
        add(item.input(i), deep - 1);
      }
    }
  }

  /** The item of the same content, or null when no item that was given holds it. */
  LineageItem of(Operation content) {
    return known.get(content);
  }
}
