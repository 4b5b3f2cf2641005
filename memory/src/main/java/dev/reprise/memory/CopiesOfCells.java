package dev.reprise.memory;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The copies of a matrix's cells, in host memory, on disk and on accelerators: all have the same
 * bytes. A base class, so that a matrix stays one object.
 *
 * <p>Threads: questions by any. Who owns the copies changes them: whoever moves the matrix ({@link
 * MovingCopies}), the only holder who is about to write in place, and the step that leaves nothing
 * that holds it. No two of these can be at work.
 */
abstract class CopiesOfCells extends CopiesOnDevices {
  private static final VarHandle LAST_USE;
  private static final VarHandle BYTES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LAST_USE = lookup.findVarHandle(CopiesOfCells.class, "lastUse", long.class);
      BYTES = lookup.findVarHandle(CopiesOfCells.class, "bytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Shape shape;
  private final Precision precision;

  // The copy in host memory; null while off host. Written by the constructor, by the only holder
  // that is about to write in place, by whoever moves, and by the thread that frees it.
  MatrixOperand host;

  // The copy on disk or null; written like the other, volatile for those who only want to know.
  volatile DiskCopy disk;

  // The memory whose residents the matrix is one of; null for small ones. Changed together with
  // the host copy by the only holder.
  private HostMemory home;

  // Kept beside the copies, so that they can be asked at any time.
  private volatile long bytes;
  private long nonZeros;

  private long lastUse;

  /** Guarded by {@link Residents}, as is the next. */
  int stripe;

  int place;

  /** Of cells in host memory. */
  CopiesOfCells(MatrixOperand cells) {
    shape = cells.shape();
    precision = cells.precision();
    hold(cells);
  }

  /**
   * Of cells that are computed on an accelerator.
   *
   * @param nonZeros -1 for a dense matrix
   */
  CopiesOfCells(Shape shape, Precision precision, long bytes, long nonZeros, DeviceCopy computed) {
    super(computed);
    this.shape = shape;
    this.precision = precision;
    BYTES.setRelease(this, bytes);
    this.nonZeros = nonZeros;
    home = computed.memory().host();
  }

  /** The matrix that this is. */
  abstract ManagedMatrix matrix();

  private void hold(MatrixOperand cells) {
    host = cells;
    BYTES.setRelease(this, cells.bytes());
    nonZeros = cells instanceof SparseMatrix sparse ? sparse.nonZeros() : -1;
  }

  /** Enters the residents of the memory that the cells lie in; called once for the large ones. */
  final void settle() {
    if (host.buffer() instanceof HostBuffer buffer) {
      if (buffer.isLarge()) {
        home = buffer.memory();
        noteUse();
        home.residents().add(matrix());
      }
      buffer.adopt();
    }
  }

  /** Likewise, of cells that are on an accelerator alone. */
  final void settleOnDevice() {
    noteUse();
    home.residents().add(matrix());
    copiesOnDevices().memory().enter(matrix());
  }

  public Shape shape() {
    return shape;
  }

  public Precision precision() {
    return precision;
  }

  public long bytes() {
    return bytes;
  }

  /** The memory that it moves out of and back; null for a small one. */
  final HostMemory home() {
    return home;
  }

  /**
   * True when {@link ManagedMatrix#pinWritable} would have to turn a compressed matrix into a dense
   * one.
   */
  public final boolean isCompressed() {
    return nonZeros >= 0;
  }

  /** Number of stored values of a compressed matrix, -1 for a dense one. */
  public final long nonZeros() {
    return nonZeros;
  }

  /** The cells in host memory, by a holder of a pin. */
  final MatrixOperand hostCopy() {
    return host;
  }

  /** Notes that the cells are used now, for choosing what leaves. */
  final void noteUse() {
    if (home != null) {
      LAST_USE.setOpaque(this, home.residents().tick());
    }
  }

  /** Tells the memory that somebody uses the cells. */
  final void firstPinBegan() {
    if (home != null) {
      home.inHand(1);
    }
  }

  /** True when the matrix is large enough to be moved at all. */
  final boolean isMobile() {
    return home != null;
  }

  final long lastUse() {
    return (long) LAST_USE.getOpaque(this);
  }

  // ---- residence

  /** True when the copy in host memory lies on the disk in truth, where it is read. */
  final boolean isPaged() {
    MatrixOperand cells = host;
    return cells != null && cells.buffer() instanceof HostBuffer buffer && buffer.isPaged();
  }

  /** True when the cells are on the disk, too or only. */
  final boolean isOnDisk() {
    return disk != null;
  }

  /** True when leaving host memory needs no writing, since the cells are elsewhere too. */
  final boolean isElsewhere() {
    return disk != null || isSafeOnDevices();
  }

  /** True when an accelerator has a copy of the cells. */
  public final boolean isOnDevice() {
    return copiesOnDevices() != null;
  }

  /**
   * True when the cells lie on an accelerator that is not this machine's processor, and nowhere
   * else: as a rule they were made there.
   */
  public final boolean isOnGpuAlone() {
    DeviceCopy copy = copiesOnDevices();
    return copy != null
        && !isOnHost()
        && disk == null
        && !copy.memory().accelerator().info().isProcessor();
  }

  /** True when the cells lie on accelerators alone that are lost. */
  public final boolean isLost() {
    return !isOnHost() && disk == null && !isSafeOnDevices();
  }

  /** True when this accelerator has a copy of the cells. */
  public final boolean isOnDevice(DeviceMemory memory) {
    return copyIn(memory) != null;
  }

  // ---- the end, and writing in place

  /** By the step that left nothing that holds the matrix. */
  final void free() {
    MatrixOperand last = host;
    host = null;
    DiskCopy copy = disk;
    if (copy != null) {
      disk = null;
    }
    if (home != null) {
      home.residents().remove(matrix());
    }
    forgetDeviceCopies();
    if (last != null) {
      last.buffer().release();
    }
    if (copy != null) {
      home.disk().free(copy);
    }
  }

  /** Makes the only copy, pinned in host memory by its only holder, a dense one. */
  final DenseMatrix decompress(Allocator allocator) {
    DenseMatrix dense = host.copyDense(allocator);
    Buffer compressed = host.buffer();
    hold(dense);
    if (home == null) {
      settle();
      firstPinBegan();
    } else if (dense.buffer() instanceof HostBuffer buffer) {
      buffer.adopt();
    }
    compressed.release();
    return dense;
  }

  final void forgetDiskCopy() {
    DiskCopy stale = disk;
    if (stale != null) {
      disk = null;
      home.disk().free(stale);
    }
  }

  final void forgetDeviceCopies() {
    for (DeviceCopy each = takeCopies(); each != null; each = each.next()) {
      each.memory().leave(matrix());
      each.buffer().release();
    }
  }

  // ---- what the bytes of a copy are

  /** The matrix whose cells lie in a buffer: all copies have the same bytes. */
  final MatrixOperand inForm(Buffer buffer) {
    return nonZeros < 0
        ? new DenseMatrix(shape.rows(), shape.cols(), precision, buffer)
        : new SparseMatrix(shape.rows(), shape.cols(), precision, nonZeros, buffer);
  }

  /** Makes a copy of the cells of an equal matrix, be they in another form. */
  final void copyInForm(MatrixOperand cells, MemorySegment to) {
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
}
