package dev.reprise.memory;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The copies of a matrix on accelerators: a list that is pushed to by whoever holds a pin, and
 * taken out of by whoever moves or frees the matrix. A base class, so that a matrix stays one
 * object.
 *
 * <p>Threads: any; the list changes by compare-and-set only, since somebody who has pinned the
 * cells on the host may add a copy while another one is removed.
 */
abstract class CopiesOnDevices extends Holds {
  private static final VarHandle COPIES;

  static {
    try {
      COPIES =
          MethodHandles.lookup().findVarHandle(CopiesOnDevices.class, "copies", DeviceCopy.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile DeviceCopy copies;

  /** Of cells that are on the host. */
  CopiesOnDevices() {
    super(true);
  }

  /**
   * Of cells that are not on the host.
   *
   * @param computed where they are computed
   */
  CopiesOnDevices(DeviceCopy computed) {
    super(false);
    copies = computed;
  }

  /** The copies that there are at this moment; null for none. */
  final DeviceCopy copiesOnDevices() {
    return copies;
  }

  /** The copy in a memory, or null; one that failed is none. */
  final DeviceCopy copyIn(DeviceMemory memory) {
    return DeviceCopy.in(memory, copies);
  }

  /** Likewise, be it a failed one. */
  final DeviceCopy copyAt(DeviceMemory memory) {
    return DeviceCopy.at(memory, copies);
  }

  /** True when there is a copy on an accelerator that is not lost. */
  final boolean isSafeOnDevices() {
    return DeviceCopy.isSafe(copies);
  }

  /** Likewise, another one than this. */
  final boolean isSafeOnDevicesBesides(DeviceCopy copy) {
    return DeviceCopy.isSafe(DeviceCopy.without(copy, copies));
  }

  /** Adds a copy, whose cells are complete. */
  final void addCopy(DeviceMemory memory, DeviceBuffer buffer) {
    DeviceCopy before;
    do {
      before = copies;
    } while (!COPIES.compareAndSet(this, before, new DeviceCopy(memory, buffer, null, before)));
  }

  final void removeCopy(DeviceCopy copy) {
    DeviceCopy before;
    do {
      before = copies;
    } while (!COPIES.compareAndSet(this, before, DeviceCopy.without(copy, before)));
  }

  /** Takes all copies out; by who frees the matrix, or has its only reference. */
  final DeviceCopy takeCopies() {
    DeviceCopy all = copies;
    if (all != null) {
      copies = null;
    }
    return all;
  }
}
