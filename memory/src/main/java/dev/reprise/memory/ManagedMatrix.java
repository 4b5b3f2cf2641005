package dev.reprise.memory;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A matrix of the program with its references, its pins and the copies of its cells.
 *
 * <p><b>Life and residence are separate facts.</b> References say whether the matrix is still
 * wanted; pins say that somebody reads the cells in host memory at this moment; the copies say
 * where the cells are. Today the only copy is the one in host memory; copies on devices and disk
 * become further fields beside {@link #host}, dropped and added while the matrix lives.
 *
 * <pre>
 *   references  1 --retain/release--> n ... --> 0        never up again from 0
 *   pins        0 --pinHost/unpin-->  n ... --> 0        starts only while references > 0
 *   copies      freed by the step that makes both counts 0
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything. Both counts lie in one word (references in the
 * low half, pins in the high half), changed by compare-and-set only, so the step that makes both
 * zero is one step of one thread; that thread frees the copies. Nothing waits here.
 */
public final class ManagedMatrix implements MatrixValue {
  private static final long REFERENCE = 1L;
  private static final long PIN = 1L << 32;
  private static final VarHandle HOLDS;

  static {
    try {
      HOLDS = MethodHandles.lookup().findVarHandle(ManagedMatrix.class, "holds", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Shape shape;
  private final Precision precision;

  // References and pins; see above. Its writes publish the cells along with the object.
  private volatile long holds = REFERENCE;

  // The copy in host memory. Written by the constructor, by the only holder that is about to write
  // in place, and by the thread that frees it.
  private MatrixOperand host;

  // Kept beside the copy, so that it can be asked at any time.
  private volatile long bytes;

  private ManagedMatrix(MatrixOperand host) {
    this.host = host;
    this.shape = host.shape();
    this.precision = host.precision();
    this.bytes = host.bytes();
  }

  /** Makes a value of the matrix, with one reference. Takes the buffer over. */
  public static ManagedMatrix adopt(MatrixOperand matrix) {
    return new ManagedMatrix(matrix);
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
    while (true) {
      long held = holds;
      if (references(held) == 0) {
        return false;
      }
      if (HOLDS.compareAndSet(this, held, held + REFERENCE)) {
        return true;
      }
    }
  }

  @Override
  public void release() {
    while (true) {
      long held = holds;
      if (references(held) == 0) {
        throw new IllegalStateException("released more often than retained: " + this);
      }
      if (HOLDS.compareAndSet(this, held, held - REFERENCE)) {
        freeIfUnheld(held - REFERENCE);
        return;
      }
    }
  }

  @Override
  public MatrixOperand pinHost() {
    while (true) {
      long held = holds;
      if (references(held) == 0) {
        throw new IllegalStateException("pinned a dead matrix " + this);
      }
      if (HOLDS.compareAndSet(this, held, held + PIN)) {
        return host;
      }
    }
  }

  @Override
  public void unpin() {
    while (true) {
      long held = holds;
      if (pins(held) == 0) {
        throw new IllegalStateException("unpinned more often than pinned: " + this);
      }
      if (HOLDS.compareAndSet(this, held, held - PIN)) {
        freeIfUnheld(held - PIN);
        return;
      }
    }
  }

  private void freeIfUnheld(long held) {
    if (held == 0) {
      MatrixOperand last = host;
      host = null;
      last.buffer().release();
    }
  }

  /**
   * True when the caller's reference is the only one and nobody has pinned the matrix: nobody else
   * can see the cells, now or later, unless the caller shares the matrix.
   */
  @Override
  public boolean isExclusive() {
    return holds == REFERENCE;
  }

  /**
   * The cells for writing in place, by the caller who holds the only reference. The caller keeps
   * owning the matrix; its identity as a value changes with the first cell written, so it must not
   * be known to the cache. A compressed matrix becomes a dense one first, once.
   *
   * @param allocator memory for the dense form
   * @throws IllegalStateException when somebody else holds a reference
   */
  public DenseMatrix writable(Allocator allocator) {
    if (references(holds) != 1) {
      throw new IllegalStateException("writing to a shared matrix " + this);
    }
    if (host instanceof DenseMatrix dense) {
      return dense;
    }
    DenseMatrix dense = host.copyDense(allocator);
    host.buffer().release();
    host = dense;
    bytes = dense.bytes();
    return dense;
  }

  /** True when {@link #writable} would have to turn a compressed matrix into a dense one. */
  public boolean isCompressed() {
    return !(host instanceof DenseMatrix);
  }

  /** Number of references at this moment; for tests and reports. */
  public int references() {
    return references(holds);
  }

  /** Number of pins at this moment; for tests and reports. */
  public int pins() {
    return pins(holds);
  }

  private static int references(long held) {
    return (int) held;
  }

  private static int pins(long held) {
    return (int) (held >>> 32);
  }

  @Override
  public String toString() {
    long held = holds;
    return shape + " matrix (" + references(held) + " references, " + pins(held) + " pins)";
  }
}
