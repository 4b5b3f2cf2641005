package dev.reprise.engine.level;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.region.Region;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;

/**
 * Finds out which outputs a block left alone. A variable that only some paths write, and that the
 * block does not read, has any value before; and the item that it gets may be the very one that it
 * had, as in {@code x = y}. So it carries an item of its own kind while the block runs, which
 * nobody reads: where that is still there, nothing was written. Owned by the control thread of the
 * block.
 */
final class BlockMarks {
  private final Activation activation;
  private final Region region;
  private final LineageItem[] before;

  /** The mark of each marked output; null for the others. */
  private final LineageItem[] marks;

  private final boolean[] untouched;

  /**
   * Marks the outputs and holds what they had before, see {@link Activation#hold}; {@link #remove}
   * must follow whatever happens.
   */
  BlockMarks(Activation activation, Region region) {
    this.activation = activation;
    this.region = region;
    int outputs = region.outputs().length;
    this.before = new LineageItem[outputs];
    this.marks = new LineageItem[outputs];
    this.untouched = new boolean[outputs];
    for (int i = 0; i < outputs; i++) {
      int slot = region.outputs()[i];
      before[i] = activation.items[slot];
      if (before[i] != null && region.unread()[i]) {
        // Counted, or a loop that carries the variable would put another literal in its place.
        marks[i] = LineageItem.counted(Scalar.absent());
        activation.items[slot] = marks[i];
      }
    }
    activation.hold(before);
  }

  /** Takes the marks away and notes where they were still. */
  void remove() {
    activation.letGo();
    for (int i = 0; i < before.length; i++) {
      int slot = region.outputs()[i];
      LineageItem now = activation.items[slot];
      if (marks[i] == null) {
        // An input's item is part of the key: the same one means the same value.
        untouched[i] = before[i] != null && now == before[i];
      } else if (now == marks[i]) {
        untouched[i] = true;
        activation.items[slot] = before[i];
      }
    }
  }

  /** True for an output that had no value before, which is not in the key. */
  boolean wasAbsent(int output) {
    return before[output] == null && region.unread()[output];
  }

  /** True for an output that has what it had before. */
  boolean isUntouched(int output) {
    return untouched[output];
  }
}
