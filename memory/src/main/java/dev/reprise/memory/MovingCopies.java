package dev.reprise.memory;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.accelerator.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * The moves of a matrix between host memory, disk and accelerators. A base class, so that a matrix
 * stays one object.
 *
 * <pre>
 *   HOST --spill--> HOST, moving --written, no pin--> ON DISK --restore--> ON DISK, moving
 *    ^                  |                                                      |
 *    |                  +-- not written, or pinned meanwhile --> HOST          |
 *    +-------------------------------------------------------------------------+
 *   pins begin in HOST, whether moving or not; in ON DISK, moving they wait
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may begin a move; who sets {@code MOVING} in the word of {@link
 * Holds} owns the copies until he clears it: nobody else changes {@code host} and {@code disk}. If
 * nothing holds the matrix any more by then, he frees it.
 *
 * <p><b>Waiting.</b> A move waits for the disk or a device alone: its memory was taken before it
 * began. So one may wait for a move, whatever one holds.
 *
 * <p>Only matrices in large buffers move to disk; for others residence costs nothing.
 */
abstract class MovingCopies extends CopiesOfCells {
  /** Of cells in host memory. */
  MovingCopies(MatrixOperand cells) {
    super(cells);
  }

  /** Of cells that are computed on an accelerator. */
  MovingCopies(Shape shape, Precision precision, long bytes, long nonZeros, DeviceCopy computed) {
    super(shape, precision, bytes, nonZeros, computed);
  }

  // ---- moves between host and disk

  /** Frees the host copy of a matrix that lies elsewhere as well; 0 when it could not. */
  long dropHostCopy() {
    if (!beginMove()) {
      return 0;
    }
    if (!isElsewhere()) {
      endMove();
      return 0;
    }
    return endSpill();
  }

  /** Forgets the disk copy of a matrix that is in memory as well; returns the bytes of the copy. */
  long dropDiskCopy() {
    if (disk == null || !beginMove()) {
      return 0;
    }
    long freed = disk == null ? 0 : bytes();
    forgetDiskCopy();
    endMove();
    return freed;
  }

  /**
   * Writes the cells to disk and frees the host copy; on the writer's thread, or on any thread when
   * there is a copy on disk.
   *
   * @return bytes freed; 0 when the matrix is in use or the disk took nothing
   */
  long spill() {
    if (!beginMove()) {
      return 0;
    }
    boolean written = false;
    try {
      if (!isElsewhere()) {
        disk = home().disk().write(cells());
      }
      written = isElsewhere();
    } finally {
      if (!written) {
        endMove();
      }
    }
    return written ? endSpill() : 0;
  }

  /**
   * Writes the cells to disk, if there is room, and keeps them in memory as well; on the writer's
   * thread.
   *
   * @return bytes written
   */
  long writeAhead() {
    if (disk != null || !beginMove()) {
      return 0;
    }
    try {
      disk = home().disk().writeAhead(cells());
      return disk == null ? 0 : bytes();
    } finally {
      endMove();
    }
  }

  private MemorySegment cells() {
    return host.buffer().segment().asSlice(0, bytes());
  }

  /** Drops the host copy unless it has been pinned meanwhile, and ends the move. */
  private long endSpill() {
    long freed = 0;
    if (leaveHost()) {
      freed = isPaged() ? 0 : bytes();
      MatrixOperand last = host;
      host = null;
      last.buffer().release();
    }
    endMove();
    return freed;
  }

  // ---- leaving an accelerator

  /**
   * Frees the copy on an accelerator.
   *
   * @param demoting whether cells that are nowhere else are copied to the host first
   * @return bytes freed; 0 when the matrix is in use, or when the cells are nowhere else and could
   *     not be copied
   */
  long dropDeviceCopy(DeviceMemory memory, boolean demoting) {
    if (!beginLeavingDevice()) {
      return 0;
    }
    long freed = 0;
    try {
      DeviceCopy copy = copyAt(memory);
      if (copy != null
          && (!copy.isValid() || hasOther(copy) || demoting && demote(copy))
          && leaveDevice()) {
        removeCopy(copy);
        if (copyAt(memory) == null) {
          memory.leave(matrix());
        }
        copy.buffer().release();
        freed = bytes();
      }
    } finally {
      endMove(memory.host());
    }
    return freed;
  }

  private boolean hasOther(DeviceCopy copy) {
    return isOnHost() || disk != null || isSafeOnDevicesBesides(copy);
  }

  /**
   * Copies the cells of the only copy to the host; false when there is no room, or when the launch
   * that was to make them has failed, which is no failure of whoever needs the room.
   */
  private boolean demote(DeviceCopy copy) {
    Buffer buffer;
    try {
      copy.await();
    } catch (DeviceException e) {
      if (e.isLost()) {
        throw e;
      }
      return false;
    }
    try {
      buffer = home().allocate(bytes());
    } catch (ShortageException e) {
      return false;
    }
    try {
      copy.memory().download(copy.buffer(), buffer.segment(), bytes());
    } catch (Throwable e) {
      buffer.release();
      throw e;
    }
    host = inForm(buffer);
    arriveOnHost();
    ((HostBuffer) buffer).adopt();
    return true;
  }

  // ---- coming back to the host

  /**
   * Brings the cells back, or waits for somebody who does. The caller holds a reference.
   *
   * <p>Memory is taken before the move begins, so that nobody waits for a move that waits for
   * memory; when two try, one gives its memory back.
   */
  void restore() {
    restore(this::copyTo);
  }

  /** Likewise, from the cells of an equal matrix that the caller has pinned. */
  final void restoreFrom(MatrixOperand same) {
    restore(to -> copyInForm(same, to));
  }

  private void restore(Consumer<MemorySegment> source) {
    awaitMove();
    if (isOnHost()) {
      return;
    }
    Buffer buffer = home().allocate(bytes());
    if (!beginReturn()) {
      buffer.release();
      return;
    }
    MatrixOperand cells;
    try {
      source.accept(buffer.segment());
      cells = inForm(buffer);
    } catch (Throwable e) {
      buffer.release();
      endMove();
      throw e;
    }
    host = cells;
    arriveOnHost();
    noteUse();
    ((HostBuffer) buffer).adopt();
    endMove();
  }

  /**
   * Copies the cells from wherever they are; an accelerator may fail at it where another does not.
   */
  private void copyTo(MemorySegment segment) {
    DeviceException failure = null;
    for (DeviceCopy copy = copiesOnDevices(); copy != null; copy = copy.next()) {
      try {
        copy.await();
        copy.memory().download(copy.buffer(), segment, bytes());
        return;
      } catch (DeviceException e) {
        failure = e;
      }
    }
    if (disk == null && failure != null) {
      // What is only refused now is no loss: computing it again would meet the same.
      throw isLost() ? new LostValueException(matrix(), failure) : failure;
    }
    home().disk().read(disk, segment);
  }

  /** Brings the cells back without pinning them; by a caller who has nothing pinned. */
  void bringBack() {
    if (!isOnHost()) {
      HostMemory memory = home();
      memory.runAsItIs(() -> {
        restore();
        return null;
      });
    }
  }

  // ---- the end of a move

  private void endMove() {
    endMove(home());
  }

  private void endMove(HostMemory memory) {
    if (clearMoving()) {
      free();
    }
    memory.moveEnded();
  }

  /**
   * Forgets the copies that are elsewhere, by the only holder, who has the cells pinned in host
   * memory and is about to write them.
   */
  final void keepHostCopyOnly() {
    // Pinned, no new move begins; one that began before may still be writing the old cells.
    awaitMove();
    forgetDiskCopy();
    forgetDeviceCopies();
  }

  /**
   * Waits until nobody moves the matrix. A small one, which has no home, moves only when a copy on
   * an accelerator is dropped; once that is out of the list nothing is left to wait for.
   */
  private void awaitMove() {
    if (isMoving()) {
      HostMemory memory = home();
      DeviceCopy copies = copiesOnDevices();
      if (memory == null && copies != null) {
        memory = copies.memory().host();
      }
      if (memory != null) {
        memory.awaitMove(() -> !isMoving());
      }
    }
  }
}
