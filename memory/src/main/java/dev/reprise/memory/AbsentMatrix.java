package dev.reprise.memory;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ReferenceCount;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A matrix whose value is known and whose cells come when somebody needs them, which is perhaps
 * never.
 *
 * <pre>
 *   ABSENT --pinHost--> AbsentValueException --HostMemory.run--> make --> PRESENT(matrix)
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything. References change by an atomic count. {@code
 * making} lets one thread make the cells while others that need them wait for it. He has nothing
 * pinned, no buffer in hand and no turn, and needs values only that this one is made of; lineage
 * has no circles, so nobody waits in one. When it fails the next one that needs the cells tries
 * again.
 */
public final class AbsentMatrix implements MatrixValue {

  /** How the cells come to be. */
  public interface Source {
    /**
     * Loads or computes the matrix; the caller owns one reference. Called with nothing pinned.
     *
     * @throws ResourceException when that is not possible now
     */
    MatrixValue make();

    /** How many absent matrices, one made of the other, it may have to make at most. */
    int depth();

    /** Estimated nanoseconds that making takes. */
    long nanos();

    /** Nobody will ask any more; called once. */
    void close();
  }

  private final Shape shape;
  private final Precision precision;
  private final Source source;
  private final ReferenceCount references = new ReferenceCount();
  private final ReentrantLock making = new ReentrantLock();

  // Published by the thread that made it; never changes again.
  private volatile MatrixValue present;

  /**
   * A matrix with one reference.
   *
   * @param source closed by the matrix
   */
  public AbsentMatrix(Shape shape, Precision precision, Source source) {
    this.shape = shape;
    this.precision = precision;
    this.source = source;
  }

  /** What is there: the matrix itself when it is, borrowed from this one; else this one. */
  public MatrixValue nearest() {
    MatrixValue known = present;
    return known == null ? this : known;
  }

  /** Estimated nanoseconds until the cells are there. */
  public long nanos() {
    return present == null ? source.nanos() : 0;
  }

  /** How deep absent matrices lie below one another here; 0 once the cells are there. */
  public int depth() {
    return present == null ? source.depth() : 0;
  }

  /**
   * Sees that the cells are there. The caller holds a reference, has nothing pinned, no buffer in
   * hand and no turn.
   */
  public void make() {
    making.lock();
    try {
      if (present != null) {
        return;
      }
      MatrixValue made = source.make();
      if (!made.shape().equals(shape) || made.precision() != precision) {
        String found = made.shape() + " of " + made.precision();
        made.release();
        throw new ResourceException(
            "a matrix that was kept as " + shape + " of " + precision + " came back as " + found);
      }
      present = made;
    } finally {
      making.unlock();
    }
    source.close();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  /** What the cells take, or would take if they were dense and there. */
  @Override
  public long bytes() {
    MatrixValue known = present;
    return known == null ? shape.cells() * precision.bytesPerCell() : known.bytes();
  }

  @Override
  public MatrixOperand pinHost() {
    MatrixValue known = present;
    if (known == null) {
      throw new AbsentValueException(this);
    }
    return known.pinHost();
  }

  @Override
  public void unpin() {
    present.unpin();
  }

  @Override
  public void retain() {
    references.retain(this);
  }

  @Override
  public boolean tryRetain() {
    return references.tryRetain();
  }

  @Override
  public void release() {
    if (references.release(this)) {
      // Whoever makes the cells holds a reference.
      if (present == null) {
        source.close();
      } else {
        present.release();
      }
    }
  }

  @Override
  public boolean isExclusive() {
    return references.isExclusive();
  }

  @Override
  public String toString() {
    return shape + " matrix " + (present == null ? "to come" : "that has come");
  }
}
