package dev.reprise.cache.rewrite;

import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.MadeOfParts;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ReferenceCount;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * What {@code cbind} or {@code rbind} of large dense fp64 matrices makes: it keeps its parts and
 * copies no cell before somebody asks for the whole. Rewrites read the parts, so a matrix that is
 * only multiplied may never be copied at all.
 *
 * <pre>
 *   PARTS(p1, ..., pn) --first pinHost--> JOINED(one matrix; sizes and facts of the parts stay)
 * </pre>
 *
 * <p><b>Bytes</b> are those of the whole, in both states: a part that nobody else holds any more
 * lives on because of this matrix, and joining replaces the parts by a copy of the same size.
 *
 * <p><b>Threads.</b> Any thread may call anything. References change by an atomic count. {@code
 * parts} is guarded by this object's monitor, which is held for a few assignments only. {@code
 * joining} lets one thread copy while others that need the whole wait for it; the copying thread
 * holds no other lock but those of parts that are bound matrices themselves, which form a tree, so
 * nobody waits in a circle. When the copy fails for lack of memory, the parts are still there and
 * the next one that asks tries again.
 */
public final class BoundMatrix implements MatrixValue, MadeOfParts {

  /** Puts the parts together; called with no lock but the one that others wait for the whole on. */
  @FunctionalInterface
  public interface Joiner {
    /**
     * The bound matrix of the parts, borrowed; the caller owns one reference to the result. Must
     * not wait for memory: the caller may have values pinned.
     */
    MatrixValue join(Operation bind, Value[] parts);
  }

  /** Bound matrices within bound matrices; deeper ones are joined first. */
  static final int MOST_DEPTH = 32;

  private final Operation operation;
  private final Shape shape;
  private final Facts[] facts;

  /** Positions of the parts' first rows or columns from 0, and at the end the extent. */
  private final long[] starts;

  private final int depth;
  private final Joiner joiner;
  private final ReferenceCount references = new ReferenceCount();
  private final ReentrantLock joining = new ReentrantLock();

  // Guarded by this. Null once joined or dead.
  private MatrixValue[] parts;

  // Whether the parts were copied to their places in a larger matrix. Publishes nothing else.
  private volatile boolean wasCopied;

  // Published by the thread that joined, before it lets go of the parts.
  private volatile MatrixValue whole;

  private BoundMatrix(Operation bind, MatrixValue[] parts, Facts[] facts, Joiner joiner) {
    this.operation = bind;
    this.parts = parts;
    this.facts = facts;
    this.joiner = joiner;
    this.starts = new long[parts.length + 1];
    boolean columns = isColumns(bind);
    int deepest = 0;
    for (int i = 0; i < parts.length; i++) {
      Shape each = parts[i].shape();
      starts[i + 1] = starts[i] + (columns ? each.cols() : each.rows());
      deepest = Math.max(deepest, depthOf(parts[i]));
    }
    Shape first = parts[0].shape();
    long extent = starts[parts.length];
    this.shape = columns ? new Shape(first.rows(), extent) : new Shape(extent, first.cols());
    this.depth = deepest + 1;
  }

  /**
   * Binds matrices that {@link Binds} found suitable; takes a reference to each.
   *
   * @param facts of the parts, in their order
   */
  static BoundMatrix of(Operation bind, MatrixValue[] parts, Facts[] facts, Joiner joiner) {
    for (MatrixValue part : parts) {
      part.retain();
    }
    return new BoundMatrix(bind, parts.clone(), facts.clone(), joiner);
  }

  static int depthOf(MatrixValue value) {
    return value instanceof BoundMatrix bound && !bound.isJoined() ? bound.depth : 0;
  }

  private static boolean isColumns(Operation bind) {
    return bind.name().equals("cbind");
  }

  /** True for {@code cbind}. */
  boolean isColumns() {
    return isColumns(operation);
  }

  int count() {
    return facts.length;
  }

  Facts facts(int part) {
    return facts[part];
  }

  /** First row or column of a part, from 0. */
  long start(int part) {
    return starts[part];
  }

  long extent(int part) {
    return starts[part + 1] - starts[part];
  }

  /** Whether the cells lie in one piece. */
  public boolean isJoined() {
    return whole != null;
  }

  /**
   * Estimated nanoseconds of putting the parts together; 0 where their copy was paid for once, for
   * a larger matrix: what it is part of again and again is better put together than copied again.
   */
  double joiningCost() {
    return isJoined() || wasCopied ? 0 : Costs.copy(shape);
  }

  /** The parts with a reference each for the caller, or null when the matrix has been joined. */
  synchronized MatrixValue[] retainedParts() {
    if (parts == null) {
      return null;
    }
    for (MatrixValue part : parts) {
      part.retain();
    }
    return parts.clone();
  }

  @Override
  public boolean isThere() {
    MatrixValue[] each;
    synchronized (this) {
      each = parts;
    }
    // Whether a part has come can be asked without a reference.
    return each == null || Stream.of(each).allMatch(AbsentValue::isThere);
  }

  @Override
  public void makeParts() {
    MatrixValue[] retained = retainedParts();
    if (retained == null) {
      return;
    }
    try {
      for (MatrixValue part : retained) {
        AbsentValue.make(part);
      }
    } finally {
      for (MatrixValue part : retained) {
        part.release();
      }
    }
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Precision precision() {
    return Precision.FP64;
  }

  @Override
  public long bytes() {
    MatrixValue joined = whole;
    return joined == null ? shape.cells() * Double.BYTES : joined.bytes();
  }

  @Override
  public MatrixOperand pinHost() {
    MatrixValue joined = whole;
    return (joined == null ? joined() : joined).pinHost();
  }

  @Override
  public void unpin() {
    whole.unpin();
  }

  private MatrixValue joined() {
    joining.lock();
    try {
      if (whole == null) {
        adopt(join());
      }
      return whole;
    } finally {
      joining.unlock();
    }
  }

  private MatrixValue join() {
    List<MatrixValue> leaves = new ArrayList<>();
    List<MatrixValue> retained = new ArrayList<>();
    try {
      collect(this, leaves, retained);
      return joiner.join(operation, leaves.toArray(Value[]::new));
    } finally {
      retained.forEach(Value::release);
    }
  }

  /** Parts of parts that are bound the same way are copied straight to their place. */
  private static void collect(
      BoundMatrix bound, List<MatrixValue> leaves, List<MatrixValue> retained) {
    MatrixValue[] parts = bound.retainedParts();
    if (parts == null) {
      leaves.add(bound);
      return;
    }
    retained.addAll(List.of(parts));
    for (MatrixValue part : parts) {
      if (part instanceof BoundMatrix inner && inner.isColumns() == bound.isColumns()) {
        inner.wasCopied = true;
        collect(inner, leaves, retained);
      } else {
        leaves.add(part);
      }
    }
  }

  private void adopt(MatrixValue joined) {
    MatrixValue[] left;
    synchronized (this) {
      whole = joined;
      left = parts;
      parts = null;
    }
    for (MatrixValue part : left) {
      part.release();
    }
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
      die();
    }
  }

  /** Whoever pins holds a reference, so nobody joins at the same time. */
  private void die() {
    MatrixValue joined = whole;
    if (joined != null) {
      joined.release();
      return;
    }
    MatrixValue[] left;
    synchronized (this) {
      left = parts;
      parts = null;
    }
    for (MatrixValue part : left) {
      part.release();
    }
  }

  @Override
  public boolean isExclusive() {
    return references.isExclusive();
  }

  @Override
  public String toString() {
    return shape + " matrix " + (isJoined() ? "joined from " : "bound of ") + count() + " parts";
  }
}
