package dev.reprise.memory;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;

/**
 * A copy of a matrix's cells on an accelerator, and the copies on others; an immutable list.
 *
 * @param memory where the copy is
 * @param buffer the cells: the bytes that they have on the host
 * @param completion when they are complete; null when they are
 * @param next the other copies, or null
 */
record DeviceCopy(
    DeviceMemory memory, DeviceBuffer buffer, Completion completion, DeviceCopy next) {

  /** False when the launch failed that was to make the cells. */
  boolean isValid() {
    return completion == null || !completion.isFailed();
  }

  /**
   * Waits until the cells are complete.
   *
   * @throws dev.reprise.runtime.accelerator.DeviceException when they never will be
   */
  void await() {
    if (completion != null) {
      try {
        completion.await();
      } catch (DeviceException e) {
        if (e.isLost()) {
          memory.lose();
        }
        throw e;
      }
    }
  }

  /** The copy in a memory, or null; one that failed is none. */
  static DeviceCopy in(DeviceMemory memory, DeviceCopy copies) {
    for (DeviceCopy each = copies; each != null; each = each.next) {
      if (each.memory == memory && each.isValid()) {
        return each;
      }
    }
    return null;
  }

  /** A copy in a memory, be it a failed one, or null. */
  static DeviceCopy at(DeviceMemory memory, DeviceCopy copies) {
    for (DeviceCopy each = copies; each != null; each = each.next) {
      if (each.memory == memory) {
        return each;
      }
    }
    return null;
  }

  /** True when there is a copy on an accelerator that is not lost. */
  static boolean isSafe(DeviceCopy copies) {
    for (DeviceCopy each = copies; each != null; each = each.next) {
      if (!each.memory.isLost() && each.isValid()) {
        return true;
      }
    }
    return false;
  }

  /** The copies but for one. */
  static DeviceCopy without(DeviceCopy copy, DeviceCopy copies) {
    if (copies == null) {
      return null;
    }
    return copies.buffer == copy.buffer
        ? copies.next
        : new DeviceCopy(
            copies.memory, copies.buffer, copies.completion, without(copy, copies.next));
  }
}
