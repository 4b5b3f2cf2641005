package dev.reprise.memory;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;
import java.util.function.Consumer;

/**
 * A matrix of the program with its references, its pins and the copies of its cells.
 *
 * <p><b>Life and residence are separate facts.</b> References say whether the matrix is still
 * wanted; pins say that somebody reads the cells at this moment, on the host or on an accelerator;
 * the copies say where the cells are: in host memory, on disk, on accelerators, or several of
 * these. Cells never change while the matrix is shared, so copies never disagree; who writes in
 * place drops the other copies first.
 *
 * <pre>
 *   references  1 --retain/release--> n ... --> 0        never up again from 0
 *   pins        0 --pinHost/unpin-->  n ... --> 0        starts only while references > 0
 *   copies      freed by the step that makes both counts 0 with nobody moving
 *
 *   HOST --spill--> HOST, moving --written, no pin--> ON DISK --pinHost--> ON DISK, moving
 *    ^                  |                                                      |
 *    |                  +-- not written, or pinned meanwhile --> HOST          |
 *    +-------------------------------------------------------------------------+
 *   pins begin in HOST, whether moving or not; in ON DISK, moving they wait
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything. References (low 32 bits), pins (24 bits) and the
 * two facts {@code MOVING} and {@code OFF_HOST} lie in one word, changed by compare-and-set only.
 * Who sets {@code MOVING} owns the copies until he clears it: nobody else changes {@code host} and
 * {@code disk}. The step that leaves no reference, no pin and no move frees the copies.
 *
 * <p><b>Waiting.</b> Pinning and writing wait for a move, and a move waits for the disk alone: its
 * memory was taken before it began. So one may wait for it, whatever one holds.
 *
 * <p>Only matrices in large buffers move; for others residence costs nothing.
 */
public final class ManagedMatrix extends CopiesOnDevices implements MatrixValue {
  private static final VarHandle LAST_USE;

  static {
    try {
      LAST_USE = MethodHandles.lookup().findVarHandle(ManagedMatrix.class, "lastUse", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Shape shape;
  private final Precision precision;

  // The copy in host memory; null while off host. Written by the constructor, by the only holder
  // that is about to write in place, by whoever moves, and by the thread that frees it.
  private MatrixOperand host;

  // The copy on disk or null; written like the other, volatile for those who only want to know.
  private volatile DiskCopy disk;

  // The memory whose residents the matrix is one of; null for small ones. Changed together with
  // the host copy by the only holder.
  private HostMemory home;

  // Kept beside the copies, so that they can be asked at any time.
  private volatile long bytes;
  private long nonZeros;

  private long lastUse;

  // Rows of it that are read where they lie; null as long as there was none. Set once.
  private volatile Views views;

  // What made the cells, for making them again; null where there are no accelerators.
  // The heap may take it back. Volatile, so that what it refers to is seen whole.
  private volatile SoftReference<?> origin;

  /** Guarded by {@link Residents}, as is the next. */
  int stripe;

  int place;

  private ManagedMatrix(DeviceMatrix cells, DeviceMemory where, Completion completion) {
    super(new DeviceCopy(where, cells.buffer(), completion, null));
    shape = cells.shape();
    precision = cells.precision();
    bytes = cells.bytes();
    nonZeros = -1;
    home = where.host();
  }

  private ManagedMatrix(DeviceSparse cells, DeviceMemory where, Completion completion) {
    super(new DeviceCopy(where, cells.buffer(), completion, null));
    shape = cells.shape();
    precision = cells.precision();
    bytes = cells.bytes();
    nonZeros = cells.nonZeros();
    home = where.host();
  }

  private ManagedMatrix(MatrixOperand host) {
    this.shape = host.shape();
    this.precision = host.precision();
    hold(host);
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
    return entered(new ManagedMatrix(matrix, where, completion), where);
  }

  /** Likewise of a compressed matrix. */
  public static ManagedMatrix adopt(
      DeviceSparse matrix, DeviceMemory where, Completion completion) {
    return entered(new ManagedMatrix(matrix, where, completion), where);
  }

  private static ManagedMatrix entered(ManagedMatrix managed, DeviceMemory where) {
    LAST_USE.setOpaque(managed, managed.home.residents().tick());
    managed.home.residents().add(managed);
    where.enter(managed);
    return managed;
  }

  private void hold(MatrixOperand cells) {
    host = cells;
    bytes = cells.bytes();
    nonZeros = cells instanceof SparseMatrix sparse ? sparse.nonZeros() : -1;
  }

  /** Enters the residents of the memory that the cells lie in; called once for the large ones. */
  private void settle() {
    if (host.buffer() instanceof HostBuffer buffer && buffer.isLarge()) {
      home = buffer.memory();
      LAST_USE.setOpaque(this, home.residents().tick());
      home.residents().add(this);
      buffer.adopt();
    }
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public long bytes() {
    return bytes;
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
  MatrixOperand tryPinHost() {
    Pinning pinning = addPin();
    return pinning == Pinning.OFF_HOST ? null : pinned(pinning);
  }

  private MatrixOperand pinned(Pinning pinning) {
    if (home != null) {
      LAST_USE.setOpaque(this, home.residents().tick());
      if (pinning == Pinning.FIRST) {
        home.inHand(1);
      }
    }
    return host;
  }

  /** As {@link #pinHost}, by a caller that has nothing else pinned: waits for others' pins. */
  public MatrixOperand pinWhenThereIsRoom() {
    HostMemory memory = home;
    return memory == null ? pinHost() : memory.run(this::pinHost);
  }

  @Override
  public void unpin() {
    // Read before: afterwards somebody else may own the matrix.
    HostMemory memory = home;
    Unpinning unpinning = dropPin();
    if (unpinning == Unpinning.LAST_OF_ALL) {
      free();
    }
    if (memory != null && unpinning != Unpinning.FURTHER) {
      memory.inHand(-1);
    }
  }

  /** By the step that left nothing that holds the matrix. */
  private void free() {
    MatrixOperand last = host;
    host = null;
    DiskCopy copy = disk;
    disk = null;
    if (home != null) {
      home.residents().remove(this);
    }
    forgetDeviceCopies();
    if (last != null) {
      last.buffer().release();
    }
    if (copy != null) {
      home.disk().free(copy);
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
      // Pinned, no new move begins; one that began before may still be writing the old cells.
      awaitMove();
      origin = null;
      forgetDiskCopy();
      forgetDeviceCopies();
      return cells instanceof DenseMatrix dense ? dense : decompress(allocator);
    } catch (Throwable e) {
      unpin();
      throw e;
    }
  }

  private DenseMatrix decompress(Allocator allocator) {
    DenseMatrix dense = host.copyDense(allocator);
    Buffer compressed = host.buffer();
    hold(dense);
    if (home == null) {
      settle();
      if (home != null) {
        home.inHand(1);
      }
    } else if (dense.buffer() instanceof HostBuffer buffer) {
      buffer.adopt();
    }
    compressed.release();
    return dense;
  }

  private void forgetDiskCopy() {
    DiskCopy stale = disk;
    if (stale != null) {
      disk = null;
      home.disk().free(stale);
    }
  }

  private void forgetDeviceCopies() {
    for (DeviceCopy each = takeCopies(); each != null; each = each.next()) {
      each.memory().leave(this);
      each.buffer().release();
    }
  }

  /** True when {@link #pinWritable} would have to turn a compressed matrix into a dense one. */
  public boolean isCompressed() {
    return nonZeros >= 0;
  }

  /** Number of stored values of a compressed matrix, -1 for a dense one. */
  public long nonZeros() {
    return nonZeros;
  }

  // ---- origin

  /**
   * Notes what made the cells, by whoever has just got the value, so that they can be made again
   * when they are lost with an accelerator. Does nothing where there is none. What is noted may be
   * forgotten when the heap is full.
   */
  public void noteOrigin(Object made) {
    if (home != null && home.mayLoseValues()) {
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
    home.run(() -> {
      MatrixOperand cells = same.pinHost();
      try {
        restore(to -> copyInForm(cells, to));
      } finally {
        same.unpin();
      }
      return null;
    });
  }

  private void copyInForm(MatrixOperand cells, MemorySegment to) {
    if (isCompressed()) {
      if (!(cells instanceof SparseMatrix sparse) || sparse.nonZeros() != nonZeros) {
        throw new ResourceException("what was computed again has another form than what was lost");
      }
      MemorySegment.copy(sparse.buffer().segment(), 0, to, 0, bytes);
    } else if (cells instanceof DenseMatrix dense) {
      MemorySegment.copy(dense.segment(), 0, to, 0, bytes);
    } else {
      DenseMatrix dense = cells.copyDense(home);
      try {
        MemorySegment.copy(dense.segment(), 0, to, 0, bytes);
      } finally {
        dense.buffer().release();
      }
    }
  }

  // ---- residence

  /** True when the cells are on the disk, too or only. */
  boolean isOnDisk() {
    return disk != null;
  }

  /** True when leaving host memory needs no writing, since the cells are elsewhere too. */
  boolean isElsewhere() {
    return disk != null || isSafeOnDevices();
  }

  /** True when an accelerator has a copy of the cells. */
  public boolean isOnDevice() {
    return copiesOnDevices() != null;
  }

  /** True when the cells lie on accelerators alone that are lost. */
  public boolean isLost() {
    return !isOnHost() && disk == null && !isSafeOnDevices();
  }

  /** True when this accelerator has a copy of the cells. */
  public boolean isOnDevice(DeviceMemory memory) {
    return copyIn(memory) != null;
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

  /** The memory that it moves out of and back; null for a small one. */
  HostMemory home() {
    return home;
  }

  // ---- moves

  /** True when the matrix is large enough to be moved at all. */
  boolean isMobile() {
    return home != null;
  }

  long lastUse() {
    return (long) LAST_USE.getOpaque(this);
  }

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
    long freed = disk == null ? 0 : bytes;
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
        disk = home.disk().write(cells());
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
      disk = home.disk().writeAhead(cells());
      return disk == null ? 0 : bytes;
    } finally {
      endMove();
    }
  }

  private MemorySegment cells() {
    return host.buffer().segment().asSlice(0, bytes);
  }

  /** Drops the host copy unless it has been pinned meanwhile, and ends the move. */
  private long endSpill() {
    long freed = 0;
    if (leaveHost()) {
      MatrixOperand last = host;
      host = null;
      last.buffer().release();
      freed = bytes;
    }
    endMove();
    return freed;
  }

  private void endMove() {
    endMove(home);
  }

  // ---- copies on accelerators

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
    DeviceCopy nearest = memory.nearestPeer(copiesOnDevices(), bytes, isOnHost());
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
    if (home != null && pinning == Pinning.FIRST) {
      home.inHand(1);
    }
  }

  /** Notes a copy on an accelerator, by a holder of a pin; the matrix owns the buffer then. */
  void addDeviceCopy(DeviceMemory memory, DeviceBuffer buffer) {
    addCopy(memory, buffer);
    memory.enter(this);
  }

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
          memory.leave(this);
        }
        copy.buffer().release();
        freed = bytes;
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
      buffer = home.allocate(bytes);
    } catch (ShortageException e) {
      return false;
    }
    try {
      copy.memory().download(copy.buffer(), buffer.segment(), bytes);
    } catch (Throwable e) {
      buffer.release();
      throw e;
    }
    host = inForm(buffer);
    arriveOnHost();
    ((HostBuffer) buffer).adopt();
    return true;
  }

  private void endMove(HostMemory memory) {
    if (clearMoving()) {
      free();
    }
    memory.moveEnded();
  }

  /**
   * Waits until nobody moves the matrix. A small one, which has no home, moves only when a copy on
   * an accelerator is dropped; once that is out of the list nothing is left to wait for.
   */
  private void awaitMove() {
    if (isMoving()) {
      HostMemory memory = home;
      DeviceCopy copies = copiesOnDevices();
      if (memory == null && copies != null) {
        memory = copies.memory().host();
      }
      if (memory != null) {
        memory.awaitMove(() -> !isMoving());
      }
    }
  }

  /**
   * Brings the cells back, or waits for somebody who does. The caller holds a reference.
   *
   * <p>Memory is taken before the move begins, so that nobody waits for a move that waits for
   * memory; when two try, one gives its memory back.
   */
  void restore() {
    restore(this::copyTo);
  }

  private void restore(Consumer<MemorySegment> source) {
    awaitMove();
    if (isOnHost()) {
      return;
    }
    Buffer buffer = home.allocate(bytes);
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
    LAST_USE.setOpaque(this, home.residents().tick());
    ((HostBuffer) buffer).adopt();
    endMove();
  }

  /** What the bytes of a copy are: all copies have the same. */
  private MatrixOperand inForm(Buffer buffer) {
    return nonZeros < 0
        ? new DenseMatrix(shape.rows(), shape.cols(), precision, buffer)
        : new SparseMatrix(shape.rows(), shape.cols(), precision, nonZeros, buffer);
  }

  /**
   * Copies the cells from wherever they are; an accelerator may fail at it where another does not.
   */
  private void copyTo(MemorySegment segment) {
    DeviceException failure = null;
    for (DeviceCopy copy = copiesOnDevices(); copy != null; copy = copy.next()) {
      try {
        copy.await();
        copy.memory().download(copy.buffer(), segment, bytes);
        return;
      } catch (DeviceException e) {
        failure = e;
      }
    }
    if (disk == null && failure != null) {
      // What is only refused now is no loss: computing it again would meet the same.
      throw isLost() ? new LostValueException(this, failure) : failure;
    }
    home.disk().read(disk, segment);
  }

  /** Brings the cells back without pinning them; by a caller who has nothing pinned. */
  void bringBack() {
    if (!isOnHost()) {
      home.runAsItIs(() -> {
        restore();
        return null;
      });
    }
  }

  @Override
  public String toString() {
    return shape + " matrix (" + references() + " references, " + pins() + " pins)";
  }
}
