package dev.reprise.memory;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.lang.ref.SoftReference;

/**
 * A matrix of the program with its references, its pins and the copies of its cells.
 *
 * <p><b>Life and residence are separate facts.</b> References say whether the matrix is still
 * wanted; pins say that somebody reads the cells at this moment, on the host or on an accelerator;
 * the copies say where the cells are: in host memory, on disk, on accelerators, or several of these
 * ({@link CopiesOfCells}, {@link MovingCopies}). Cells never change while the matrix is shared, so
 * copies never disagree; who writes in place drops the other copies first.
 *
 * <pre>
 *   references  1 --retain/release--> n ... --> 0        never up again from 0
 *   pins        0 --pinHost/unpin-->  n ... --> 0        starts only while references > 0
 *   copies      freed by the step that makes both counts 0 with nobody moving
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything. The counts lie in one word, changed by
 * compare-and-set only ({@link Holds}). The step that leaves no reference, no pin and no move frees
 * the copies.
 *
 * <p><b>Waiting.</b> Pinning and writing wait for a move, for which one may wait whatever one
 * holds.
 */
public final class ManagedMatrix extends MovingCopies implements MatrixValue {
  // Rows of it that are read where they lie; null as long as there was none. Set once.
  private volatile Views views;

  // What made the cells, for making them again; null where there are no accelerators.
  // The heap may take it back. Volatile, so that what it refers to is seen whole.
  private volatile SoftReference<?> origin;

  private ManagedMatrix(MatrixOperand cells) {
    super(cells);
  }

  private ManagedMatrix(DeviceMatrix cells, DeviceCopy copy) {
    super(cells.shape(), cells.precision(), cells.bytes(), -1, copy);
  }

  private ManagedMatrix(DeviceSparse cells, DeviceCopy copy) {
    super(cells.shape(), cells.precision(), cells.bytes(), cells.nonZeros(), copy);
  }

  /** Makes a value of the matrix, with one reference. Takes the buffer over. */
  public static ManagedMatrix adopt(MatrixOperand matrix) {
    ManagedMatrix managed = new ManagedMatrix(matrix);
    managed.settle();
    return managed;
  }

  /**
   * Makes a value of a matrix that is computed on an accelerator, with one reference. Takes the
   * buffer over.
   *
   * @param completion when its cells are complete; null when they are
   */
  public static ManagedMatrix adopt(
      DeviceMatrix matrix, DeviceMemory where, Completion completion) {
    DeviceCopy copy = new DeviceCopy(where, matrix.buffer(), completion, null);
    return settledOnDevice(new ManagedMatrix(matrix, copy));
  }

  /** Likewise of a compressed matrix. */
  public static ManagedMatrix adopt(
      DeviceSparse matrix, DeviceMemory where, Completion completion) {
    DeviceCopy copy = new DeviceCopy(where, matrix.buffer(), completion, null);
    return settledOnDevice(new ManagedMatrix(matrix, copy));
  }

  private static ManagedMatrix settledOnDevice(ManagedMatrix managed) {
    managed.settleOnDevice();
    return managed;
  }

  @Override
  ManagedMatrix matrix() {
    return this;
  }

  @Override
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("retained a dead matrix " + this);
    }
  }

  @Override
  public boolean tryRetain() {
    return addReference();
  }

  @Override
  public void release() {
    if (dropReference()) {
      free();
    } else if (views != null) {
      views.referenceLeft();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShortageException when there is no room to bring the cells back
   * @throws DamagedCopyException when the copy on disk is damaged; the cells are lost then
   */
  @Override
  public MatrixOperand pinHost() {
    Pinning pinning = addPin();
    while (pinning == Pinning.OFF_HOST) {
      restore();
      pinning = addPin();
    }
    return pinned(pinning);
  }

  /** As {@link #pinHost}, if the cells are in host memory; null otherwise. */
  public MatrixOperand tryPinHost() {
    Pinning pinning = addPin();
    return pinning == Pinning.OFF_HOST ? null : pinned(pinning);
  }

  private MatrixOperand pinned(Pinning pinning) {
    noteUse();
    if (pinning == Pinning.FIRST) {
      firstPinBegan();
    }
    return hostCopy();
  }

  /** As {@link #pinHost}, by a caller that has nothing else pinned: waits for others' pins. */
  public MatrixOperand pinWhenThereIsRoom() {
    HostMemory memory = home();
    return memory == null ? pinHost() : memory.run(this::pinHost);
  }

  @Override
  public void unpin() {
    // Read before: afterwards somebody else may own the matrix.
    HostMemory memory = home();
    Unpinning unpinning = dropPin();
    if (unpinning == Unpinning.LAST_OF_ALL) {
      free();
    }
    if (memory != null && unpinning != Unpinning.FURTHER) {
      memory.inHand(-1);
    }
  }

  /**
   * True when the caller's reference is the only one and nobody has pinned the matrix: nobody else
   * can see the cells, now or later, unless the caller shares the matrix.
   */
  @Override
  public boolean isExclusive() {
    return isHeldOnce();
  }

  /**
   * As {@link #isExclusive}, by who is about to write in place: views of a few rows that alone are
   * in the way are copied first.
   */
  public boolean becomesExclusive() {
    if (isExclusive()) {
      return true;
    }
    if (views == null) {
      return false;
    }
    views.separateIfHeldBy(1);
    return isExclusive();
  }

  /**
   * The cells for writing in place, pinned, by the caller who holds the only reference; {@link
   * #unpin} ends it. The caller keeps owning the matrix; its identity as a value changes with the
   * first cell written, so it must not be known to the cache. A compressed matrix becomes a dense
   * one first, once.
   *
   * @param allocator memory for the dense form
   * @throws IllegalStateException when somebody else holds a reference
   */
  public DenseMatrix pinWritable(Allocator allocator) {
    if (references() != 1) {
      throw new IllegalStateException("writing to a shared matrix " + this);
    }
    MatrixOperand cells = pinHost();
    try {
      keepHostCopyOnly();
      origin = null;
      return cells instanceof DenseMatrix dense ? dense : decompress(allocator);
    } catch (Throwable e) {
      unpin();
      throw e;
    }
  }

  // ---- origin

  /**
   * Notes what made the cells, by whoever has just got the value, so that they can be made again
   * when they are lost with an accelerator. Does nothing where there is none. What is noted may be
   * forgotten when the heap is full.
   */
  public void noteOrigin(Object made) {
    if (isMobile() && home().mayLoseValues()) {
      origin = new SoftReference<>(made);
    }
  }

  /** Notes the origin of the view that the cells were copied from. */
  void noteOriginOf(SoftReference<?> noted) {
    origin = noted;
  }

  /** What was noted of the cells' origin, or null. */
  public Object origin() {
    SoftReference<?> noted = origin;
    return noted == null ? null : noted.get();
  }

  /**
   * Takes the cells of an equal matrix, if its own cannot be had any more. The caller holds
   * references to both and has nothing pinned.
   */
  public void takeCellsOf(MatrixValue same) {
    home()
        .run(() -> {
          MatrixOperand cells = same.pinHost();
          try {
            restoreFrom(cells);
          } finally {
            same.unpin();
          }
          return null;
        });
  }

  // ---- views

  /** The views of its rows; only of a matrix that is large enough to be moved. */
  Views views() {
    Views known = views;
    if (known == null) {
      synchronized (this) {
        known = views;
        if (known == null) {
          known = new Views(this);
          views = known;
        }
      }
    }
    return known;
  }

  /** True when there is or was a view of its rows. */
  boolean hasViews() {
    return views != null;
  }

  // ---- pins on accelerators

  /**
   * Pins the copy on an accelerator; null when there is none, and nothing is pinned then. {@link
   * #unpin} ends it. By the accelerator's worker.
   */
  DeviceCopy tryPinOnDevice(DeviceMemory memory) {
    pinAnywhere(memory.host());
    DeviceCopy copy = copyIn(memory);
    if (copy == null) {
      unpin();
      return null;
    }
    return copy;
  }

  /**
   * Pins the copies on accelerators if one of them is nearer to an accelerator than the cells'
   * other places; null when none is, and nothing is pinned then.
   */
  DeviceCopy tryPinNearer(DeviceMemory memory) {
    if (!isOnDevice()) {
      return null;
    }
    pinAnywhere(memory.host());
    DeviceCopy nearest = memory.copyTimes().nearestPeer(copiesOnDevices(), bytes(), isOnHost());
    if (nearest == null) {
      unpin();
    }
    return nearest;
  }

  private void pinAnywhere(HostMemory memory) {
    Pinning pinning = addDevicePin();
    while (pinning == null) {
      memory.awaitMove(() -> !isLeavingDevice());
      pinning = addDevicePin();
    }
    if (pinning == Pinning.FIRST) {
      firstPinBegan();
    }
  }

  /** Notes a copy on an accelerator, by a holder of a pin; the matrix owns the buffer then. */
  void addDeviceCopy(DeviceMemory memory, DeviceBuffer buffer) {
    addCopy(memory, buffer);
    memory.enter(this);
  }

  @Override
  public String toString() {
    return shape() + " matrix (" + references() + " references, " + pins() + " pins)";
  }
}
