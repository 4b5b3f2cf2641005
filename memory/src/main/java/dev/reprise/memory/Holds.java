package dev.reprise.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What holds a matrix, in one word: references (low 32 bits), pins (24 bits), and the facts {@code
 * MOVING}, {@code OFF_HOST} and {@code LEAVING_DEVICE}. A base class, so that a matrix stays one
 * object.
 *
 * <pre>
 *   references  1 --> n ... --> 0     never up again from 0
 *   pins        0 --> n ... --> 0     starts only while references > 0 and the cells are on the host
 *   MOVING      set by who owns the copies until he clears it; to leave the host only without pins
 *   OFF_HOST    set and cleared by who is moving
 *   LEAVING_DEVICE  set by who is moving, without pins: no pin on an accelerator begins
 * </pre>
 *
 * <p>Threads: any; the word changes by compare-and-set only, and its writes publish the copies.
 */
abstract class Holds {
  private static final long REFERENCE = 1L;
  private static final long PIN = 1L << 32;
  private static final long MOVING = 1L << 56;
  private static final long OFF_HOST = 1L << 57;
  private static final long LEAVING_DEVICE = 1L << 58;
  private static final long COUNTS = MOVING - 1;
  private static final VarHandle HOLDS;

  static {
    try {
      HOLDS = MethodHandles.lookup().findVarHandle(Holds.class, "holds", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long holds;

  /**
   * @param onHost false for cells that were computed on an accelerator
   */
  Holds(boolean onHost) {
    // Nobody else has the matrix yet, so no read need wait for this write.
    HOLDS.setRelease(this, onHost ? REFERENCE : REFERENCE | OFF_HOST);
  }

  // ---- references

  final boolean addReference() {
    while (true) {
      long held = holds;
      if (referencesIn(held) == 0) {
        return false;
      }
      if (HOLDS.compareAndSet(this, held, held + REFERENCE)) {
        return true;
      }
    }
  }

  /** True when nothing holds the matrix any more; the caller frees it. */
  final boolean dropReference() {
    while (true) {
      long held = holds;
      if (referencesIn(held) == 0) {
        throw new IllegalStateException("released more often than retained: " + this);
      }
      if (HOLDS.compareAndSet(this, held, held - REFERENCE)) {
        return isUnheld(held - REFERENCE);
      }
    }
  }

  // ---- pins

  /** What the attempt to pin led to. */
  enum Pinning {
    FIRST,
    FURTHER,
    OFF_HOST
  }

  final Pinning addPin() {
    while (true) {
      long held = holds;
      if (referencesIn(held) == 0) {
        throw new IllegalStateException("pinned a dead matrix " + this);
      }
      if ((held & OFF_HOST) != 0) {
        return Pinning.OFF_HOST;
      }
      if (HOLDS.compareAndSet(this, held, held + PIN)) {
        return pinsIn(held) == 0 ? Pinning.FIRST : Pinning.FURTHER;
      }
    }
  }

  /** Pins wherever the cells are; null while a copy on an accelerator is leaving. */
  final Pinning addDevicePin() {
    while (true) {
      long held = holds;
      if (referencesIn(held) == 0) {
        throw new IllegalStateException("pinned a dead matrix " + this);
      }
      if ((held & LEAVING_DEVICE) != 0) {
        return null;
      }
      if (HOLDS.compareAndSet(this, held, held + PIN)) {
        return pinsIn(held) == 0 ? Pinning.FIRST : Pinning.FURTHER;
      }
    }
  }

  /** What the matrix was held by when a pin was given back. */
  enum Unpinning {
    FURTHER,
    LAST,
    /** The last one, and there is nothing else: the caller frees the matrix. */
    LAST_OF_ALL
  }

  final Unpinning dropPin() {
    while (true) {
      long held = holds;
      if (pinsIn(held) == 0) {
        throw new IllegalStateException("unpinned more often than pinned: " + this);
      }
      if (HOLDS.compareAndSet(this, held, held - PIN)) {
        if (isUnheld(held - PIN)) {
          return Unpinning.LAST_OF_ALL;
        }
        return pinsIn(held) == 1 ? Unpinning.LAST : Unpinning.FURTHER;
      }
    }
  }

  // ---- moves

  /** Begins a move while the cells are on the host and nobody has pinned them. */
  final boolean beginMove() {
    long held = holds;
    return isMovable(held) && HOLDS.compareAndSet(this, held, held | MOVING);
  }

  /** Begins to bring the cells back; false when they are there or somebody is moving them. */
  final boolean beginReturn() {
    while (true) {
      long held = holds;
      if ((held & MOVING) != 0 || (held & OFF_HOST) == 0) {
        return false;
      }
      if (HOLDS.compareAndSet(this, held, held | MOVING)) {
        return true;
      }
    }
  }

  /** Begins to drop a copy on an accelerator: nobody has pinned the cells, wherever they are. */
  final boolean beginLeavingDevice() {
    long held = holds;
    return referencesIn(held) > 0
        && pinsIn(held) == 0
        && (held & MOVING) == 0
        && HOLDS.compareAndSet(this, held, held | MOVING);
  }

  /** By who moves: no pin on an accelerator begins until the end; false when there is a pin. */
  final boolean leaveDevice() {
    while (true) {
      long held = holds;
      if (pinsIn(held) != 0) {
        return false;
      }
      if (HOLDS.compareAndSet(this, held, held | LEAVING_DEVICE)) {
        return true;
      }
    }
  }

  final boolean isLeavingDevice() {
    return (holds & LEAVING_DEVICE) != 0;
  }

  /** By who moves: says that the cells are gone; false when they have been pinned meanwhile. */
  final boolean leaveHost() {
    while (true) {
      long held = holds;
      if (pinsIn(held) != 0) {
        return false;
      }
      if (HOLDS.compareAndSet(this, held, held | OFF_HOST)) {
        return true;
      }
    }
  }

  /** By who moves: publishes the cells that are back. */
  final void arriveOnHost() {
    HOLDS.getAndAdd(this, -OFF_HOST);
  }

  /** By who moves; true when nothing holds the matrix any more: the caller frees it. */
  final boolean clearMoving() {
    while (true) {
      long held = holds;
      long after = held & ~(MOVING | LEAVING_DEVICE);
      if (HOLDS.compareAndSet(this, held, after)) {
        return isUnheld(after);
      }
    }
  }

  // ---- what holds it now

  final boolean isMoving() {
    return (holds & MOVING) != 0;
  }

  /** True when the cells are in host memory now. */
  public final boolean isOnHost() {
    return (holds & OFF_HOST) == 0;
  }

  /** True when a move off the host could begin now. */
  final boolean isMovable() {
    return isMovable(holds);
  }

  /** True when there is one reference and no pin. */
  final boolean isHeldOnce() {
    return (holds & COUNTS) == REFERENCE;
  }

  /** Number of references at this moment; for tests and reports. */
  public final int references() {
    return referencesIn(holds);
  }

  /** Number of pins at this moment; for tests and reports. */
  public final int pins() {
    return pinsIn(holds);
  }

  private static boolean isMovable(long held) {
    return referencesIn(held) > 0 && pinsIn(held) == 0 && (held & (MOVING | OFF_HOST)) == 0;
  }

  private static boolean isUnheld(long held) {
    return (held & (COUNTS | MOVING)) == 0;
  }

  private static int referencesIn(long held) {
    return (int) held;
  }

  private static int pinsIn(long held) {
    return (int) (held >>> 32) & 0xFFFFFF;
  }
}
