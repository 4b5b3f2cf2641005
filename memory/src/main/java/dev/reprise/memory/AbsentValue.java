package dev.reprise.memory;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.ReferenceCount;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A matrix or frame that is known, and whose cells come when somebody needs them, which is perhaps
 * never.
 *
 * <pre>
 *   ABSENT --asked for cells--> AbsentValueException --HostMemory.run--> make --> PRESENT(value)
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call anything. References change by an atomic count. {@code
 * making} lets one thread make the cells while others that need them wait for it. He has nothing
 * pinned, no buffer in hand and no turn, and needs values only that this one is made of; lineage
 * has no circles, so nobody waits in one. When it fails the next one that needs the cells tries
 * again.
 *
 * @param <V> what it is when the cells are there
 */
public abstract sealed class AbsentValue<V extends Value> implements Value
    permits AbsentMatrix, AbsentFrame {

  /** How the cells come to be. */
  public interface Source {
    /**
     * Loads or computes the value; the caller owns one reference. Called with nothing pinned.
     *
     * @throws ResourceException when that is not possible now
     */
    Value make();

    /** How many absent values, one made of the other, it may have to make at most. */
    int depth();

    /** Estimated nanoseconds that making takes. */
    long nanos();

    /** Nobody will ask any more; called once. */
    void close();
  }

  private final Shape shape;
  private final Source source;
  private final ReferenceCount references = new ReferenceCount();
  private final ReentrantLock making = new ReentrantLock();

  // Published by the thread that made it; never changes again.
  private volatile V present;

  AbsentValue(Shape shape, Source source) {
    this.shape = shape;
    this.source = source;
  }

  /** What was made as what it is to be; throws when it is something else. */
  abstract V checked(Value made);

  /** What is there, borrowed from this one; null when nothing is. */
  final V presentOrNull() {
    return present;
  }

  /** False for a value that is still to come, and for one that is made of such. */
  public static boolean isThere(Value value) {
    if (value instanceof AbsentValue<?> absent) {
      return absent.isPresent();
    }
    if (value instanceof ListValue list) {
      return list.elements().stream().allMatch(AbsentValue::isThere);
    }
    return !(value instanceof MadeOfParts parted) || parted.isThere();
  }

  /**
   * Sees that a value is there, and all that it is made of. The caller holds a reference.
   *
   * @throws ResourceException when that is not possible now
   * @see #make()
   */
  public static void make(Value value) {
    switch (value) {
      case AbsentValue<?> absent -> absent.make();
      case ListValue list -> list.elements().forEach(AbsentValue::make);
      case MadeOfParts parted -> parted.makeParts();
      default -> {
        // It is there.
      }
    }
  }

  /** True when the cells are there. */
  public final boolean isPresent() {
    return present != null;
  }

  public final Shape shape() {
    return shape;
  }

  /** Estimated nanoseconds until the cells are there. */
  public final long nanos() {
    return present == null ? source.nanos() : 0;
  }

  /** How deep absent values lie below one another here; 0 once the cells are there. */
  public final int depth() {
    return present == null ? source.depth() : 0;
  }

  /**
   * Sees that the cells are there. The caller holds a reference, has nothing pinned, no buffer in
   * hand and no turn.
   */
  public final void make() {
    making.lock();
    try {
      if (present != null) {
        return;
      }
      Value made = source.make();
      if (made == this) {
        throw new IllegalStateException(this + " was to be made of itself");
      }
      try {
        present = checked(made);
      } catch (RuntimeException e) {
        made.release();
        throw e;
      }
    } finally {
      making.unlock();
    }
    source.close();
  }

  @Override
  public final void retain() {
    references.retain(this);
  }

  @Override
  public final boolean tryRetain() {
    return references.tryRetain();
  }

  @Override
  public final void release() {
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
  public final boolean isExclusive() {
    return references.isExclusive();
  }

  @Override
  public String toString() {
    return shape + " " + type().label() + " " + (present == null ? "to come" : "that has come");
  }
}
