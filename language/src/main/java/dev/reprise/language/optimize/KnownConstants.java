package dev.reprise.language.optimize;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Constant operands by the slot that holds them at a place of the program. What a branch or a
 * loop's body changes can be taken back, at the cost of these changes alone: programs of many
 * branches know many constants.
 */
final class KnownConstants {
  private final Map<Integer, Integer> constants = new HashMap<>();

  // What each changed slot held before, the latest change last.
  private final List<Change> changes = new ArrayList<>();

  /**
   * A change of a slot.
   *
   * @param before the constant that the slot held; null for none
   */
  private record Change(int slot, Integer before) {}

  /** The constant in a slot, or null. */
  Integer get(int slot) {
    return constants.get(slot);
  }

  void put(int slot, Integer constant) {
    changes.add(new Change(slot, constants.put(slot, constant)));
  }

  void forget(int slot) {
    Integer before = constants.remove(slot);
    if (before != null) {
      changes.add(new Change(slot, before));
    }
  }

  void forget(BitSet slots) {
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      forget(slot);
    }
  }

  /** A place to come back to. */
  int mark() {
    return changes.size();
  }

  /** What was known at a mark is known again. */
  void takeBack(int mark) {
    while (changes.size() > mark) {
      Change last = changes.removeLast();
      if (last.before == null) {
        constants.remove(last.slot);
      } else {
        constants.put(last.slot, last.before);
      }
    }
  }
}
