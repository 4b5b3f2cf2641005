package dev.reprise.memory;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * A copy of a matrix's cells on an accelerator, and the copies on others; an immutable list.
 *
 * @param memory where the copy is
 * @param buffer the cells: the bytes that they have on the host
 * @param next the other copies, or null
 */
record DeviceCopy(DeviceMemory memory, DeviceBuffer buffer, DeviceCopy next) {

  /** The copy in a memory, or null. */
  static DeviceCopy in(DeviceMemory memory, DeviceCopy copies) {
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
      if (!each.memory.isLost()) {
        return true;
      }
    }
    return false;
  }

  /** The copies but for the one in a memory. */
  static DeviceCopy without(DeviceMemory memory, DeviceCopy copies) {
    if (copies == null) {
      return null;
    }
    return copies.memory == memory
        ? copies.next
        : new DeviceCopy(copies.memory, copies.buffer, without(memory, copies.next));
  }
}
