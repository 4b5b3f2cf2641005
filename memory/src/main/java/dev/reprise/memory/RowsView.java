package dev.reprise.memory;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;

/**
 * Whole rows of a dense matrix, read where they lie in it: nothing is copied, and nothing is taken
 * from a budget.
 *
 * <pre>
 *   ON ITS BASE --copied, and nobody has it pinned--> BY ITSELF(a matrix of its own)
 * </pre>
 *
 * <p>A view holds a reference to its base, which therefore is written in place by nobody, and stays
 * for as long as the view does. So that a few rows do not keep a large matrix, the view is
 * <em>separated</em>, that is copied after all, when that is better: see {@link Views}.
 *
 * <p><b>Pins</b> of a view on its base are pins of the base: the cells stay where they are, and
 * whoever moves the base waits. A view is separated in two steps: the cells are copied while others
 * go on reading the base, and the view changes over when the last of them has ended. So every pin
 * ends where it began, and nobody waits.
 *
 * <p><b>Threads.</b> Any thread may call anything. References change by an atomic count. The other
 * fields are guarded by this object's monitor, which is held for a few assignments only; {@code
 * base} and {@code own} can be read without it: as long as somebody has pinned the view, neither
 * changes.
 */
public final class RowsView implements MatrixValue {
  /** Where views begin: kernels may count on cells that are so aligned, and so do devices. */
  public static final int ALIGNMENT = SizeClasses.ALIGNMENT;

  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(RowsView.class, "references", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Shape shape;
  private final Precision precision;
  private final long firstByte;
  private final long bytes;

  private volatile int references = 1;

  // Null once the view is by itself; its null publishes the other.
  private volatile ManagedMatrix base;
  private volatile ManagedMatrix own;
  private int pins;
  private boolean copying;
  private boolean dead;

  // What made the rows, for the matrix of its own. Volatile, so that what it refers to is seen
  // whole.
  private volatile SoftReference<?> origin;

  /** Guarded by {@link Views}. */
  int place;

  private RowsView(ManagedMatrix base, long firstByte, Shape shape, long bytes) {
    this.base = base;
    this.firstByte = firstByte;
    this.shape = shape;
    this.precision = base.precision();
    this.bytes = bytes;
  }

  /**
   * A view of rows, with one reference; null when they cannot be one: the matrix is compressed or
   * small, or they do not begin where they must.
   *
   * @param whole a matrix, or a view; borrowed
   * @param first the first row, from 0
   * @param rows how many, at least one
   */
  public static RowsView of(MatrixValue whole, long first, long rows) {
    return switch (whole) {
      case ManagedMatrix matrix -> of(matrix, 0, first, rows);
      case RowsView view -> view.rows(first, rows);
      default -> null;
    };
  }

  private static RowsView of(ManagedMatrix matrix, long from, long first, long rows) {
    long cols = matrix.shape().cols();
    long rowBytes = cols * matrix.precision().bytesPerCell();
    long firstByte = from + first * rowBytes;
    if (rowBytes == 0
        || firstByte % ALIGNMENT != 0
        || matrix.isCompressed()
        || !matrix.isMobile()
        || !matrix.tryRetain()) {
      return null;
    }
    RowsView view = new RowsView(matrix, firstByte, new Shape(rows, cols), rows * rowBytes);
    matrix.views().add(view);
    return view;
  }

  /**
   * Rows of this view are rows of its base, so views do not lie upon each other. As if it were
   * pinned: were it separated meanwhile, somebody might be writing into the base.
   */
  private RowsView rows(long first, long rows) {
    ManagedMatrix whole = beginPin();
    if (whole == null) {
      return of(own, 0, first, rows);
    }
    try {
      return of(whole, firstByte, first, rows);
    } finally {
      endPin();
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

  /** Those of its cells; while the view is on its base they are the base's, too. */
  @Override
  public long bytes() {
    return bytes;
  }

  /** The matrix that the cells are part of, or null when the view has a matrix of its own. */
  public ManagedMatrix base() {
    return base;
  }

  /** The matrix of its own, or null while the view is on its base. Borrowed from the view. */
  public ManagedMatrix own() {
    return base == null ? own : null;
  }

  // ---- pins

  /**
   * {@inheritDoc}
   *
   * @throws ShortageException when there is no room to bring the base back
   */
  @Override
  public MatrixOperand pinHost() {
    ManagedMatrix whole = beginPin();
    if (whole == null) {
      return own.pinHost();
    }
    MatrixOperand cells;
    try {
      cells = whole.pinHost();
    } catch (Throwable e) {
      endPin();
      throw e;
    }
    MemorySegment part = cells.buffer().segment().asSlice(firstByte, bytes);
    return new DenseMatrix(shape.rows(), shape.cols(), precision, new Part(part));
  }

  /** Rows within the buffer of another matrix, who owns it. */
  private record Part(MemorySegment segment) implements Buffer {
    @Override
    public void release() {
      throw new IllegalStateException("released the cells of a view");
    }
  }

  @Override
  public void unpin() {
    ManagedMatrix whole = base;
    if (whole == null) {
      own.unpin();
    } else {
      whole.unpin();
      endPin();
    }
  }

  /** The base, which stays that until {@link #endPin}; null when the view is by itself. */
  synchronized ManagedMatrix beginPin() {
    if (base != null) {
      pins++;
    }
    return base;
  }

  void endPin() {
    ManagedMatrix left;
    synchronized (this) {
      pins--;
      left = changedOver();
    }
    leave(left);
  }

  /** The matrix that its cells are part of now: the base, or its own. For questions only. */
  public ManagedMatrix source() {
    ManagedMatrix whole = base;
    return whole == null ? own : whole;
  }

  /** True when the cells are in host memory now. */
  public boolean isOnHost() {
    return source().isOnHost();
  }

  /** Where it begins in its source. */
  public long firstByte() {
    return base == null ? 0 : firstByte;
  }

  /** True when it can be read on the accelerator within its base's copy there. */
  public boolean isPartOn(DeviceMemory memory) {
    ManagedMatrix whole = base;
    return whole != null && isPartOn(whole, memory);
  }

  /** Likewise, of a base. */
  boolean isPartOn(ManagedMatrix whole, DeviceMemory memory) {
    return memory.takesPartsAt(firstByte) && whole.isOnDevice(memory);
  }

  /** Brings the cells back without pinning them; by a caller who has nothing pinned. */
  void bringBack() {
    ManagedMatrix whole = beginPin();
    if (whole == null) {
      own.bringBack();
      return;
    }
    try {
      whole.bringBack();
    } finally {
      endPin();
    }
  }

  /**
   * As {@link ManagedMatrix#noteOrigin}: while the view is on its base, that has an origin of its
   * own.
   */
  public void noteOrigin(Object made) {
    ManagedMatrix whole = source();
    if (whole.home() != null && whole.home().mayLoseValues()) {
      origin = new SoftReference<>(made);
    }
  }

  // ---- separation

  /**
   * Copies the cells, if that is possible at once: there is room, and the base is in host memory.
   * By a holder of a reference.
   *
   * @return true when the view has let go of its base
   */
  boolean trySeparate() {
    return separate(false);
  }

  /**
   * Copies the cells, taking memory from others where there is none; by a holder of a reference,
   * who has nothing pinned.
   *
   * @throws ShortageException when there is no room
   */
  public void separate() {
    separate(true);
  }

  private boolean separate(boolean taking) {
    ManagedMatrix whole;
    synchronized (this) {
      if (base == null || own != null || copying) {
        return base == null;
      }
      copying = true;
      whole = base;
    }
    ManagedMatrix copy = null;
    ManagedMatrix left;
    try {
      copy = copied(whole, taking);
    } finally {
      synchronized (this) {
        copying = false;
        own = copy;
        left = changedOver();
      }
      leave(left);
    }
    return left != null;
  }

  /** Null when it would have to wait or to take memory from others and must not. */
  private ManagedMatrix copied(ManagedMatrix whole, boolean taking) {
    MatrixOperand cells = taking ? whole.pinHost() : whole.tryPinHost();
    if (cells == null) {
      return null;
    }
    try {
      HostMemory memory = whole.home();
      Buffer buffer = taking ? memory.allocate(bytes) : memory.tryAllocate(bytes);
      if (buffer == null) {
        return null;
      }
      MemorySegment.copy(cells.buffer().segment(), firstByte, buffer.segment(), 0, bytes);
      whole.views().separated();
      ManagedMatrix copy =
          ManagedMatrix.adopt(new DenseMatrix(shape.rows(), shape.cols(), precision, buffer));
      copy.noteOriginOf(origin);
      return copy;
    } finally {
      whole.unpin();
    }
  }

  /** With the monitor: the base to let go of when there is a copy and nobody reads the base. */
  private ManagedMatrix changedOver() {
    if (pins > 0 || own == null || base == null || dead) {
      return null;
    }
    ManagedMatrix left = base;
    base = null;
    return left;
  }

  private void leave(ManagedMatrix left) {
    if (left != null) {
      left.views().remove(this);
      left.release();
    }
  }

  // ---- references

  @Override
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("retained a dead matrix " + this);
    }
  }

  @Override
  public boolean tryRetain() {
    while (true) {
      int held = references;
      if (held == 0) {
        return false;
      }
      if (REFERENCES.compareAndSet(this, held, held + 1)) {
        return true;
      }
    }
  }

  @Override
  public void release() {
    int before = (int) REFERENCES.getAndAdd(this, -1);
    if (before <= 0) {
      throw new IllegalStateException("released more often than retained: " + this);
    }
    if (before == 1) {
      die();
    }
  }

  /** A pin may outlive the view: it is the base's, or the own matrix's, and ends there. */
  private void die() {
    ManagedMatrix left;
    ManagedMatrix copy;
    synchronized (this) {
      dead = true;
      left = base;
      copy = own;
    }
    if (copy != null) {
      copy.release();
    }
    leave(left);
  }

  /**
   * {@inheritDoc}
   *
   * <p>While the view is on its base, releasing it frees nothing.
   */
  @Override
  public boolean isExclusive() {
    ManagedMatrix copy = own();
    return copy != null && references == 1 && copy.isExclusive();
  }

  /** References at this moment; for tests and reports. */
  public int references() {
    return references;
  }

  @Override
  public String toString() {
    return shape + " matrix, " + (base == null ? "copied from" : "rows of") + " another";
  }

  /** Separates the views among values, as far as they are on their bases; see {@link #separate}. */
  static void separateAll(Value[] values) {
    for (Value value : values) {
      if (value instanceof RowsView view) {
        view.separate();
      }
    }
  }
}
