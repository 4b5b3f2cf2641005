package dev.reprise.memory;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.PendingValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/**
 * A value that will be there later, or the reason why it won't. A handle is itself a counted value:
 * variables hold handles as they hold matrices.
 *
 * <pre>
 *                complete(v)
 *   PENDING ------------------> READY(v) ----- count reaches 0 -----> SPENT
 *      |  \-- fail(e), cancel() --> FAILED(e)
 *      |
 *      +-- count reaches 0: stays PENDING; a value that arrives later is released at once
 * </pre>
 *
 * <p>Whoever moves it out of PENDING first decides the outcome; later attempts return false. A
 * completed value belongs to the handle, which releases it when its own count is zero.
 *
 * <p>A <em>companion</em> may go with it, from whenever there is one until the count is zero: the
 * same number as an accelerator has it. It stays beside the value, so that whoever prefers it need
 * not ask which of the two came first.
 *
 * <p><b>Threads.</b> Any thread may call anything. {@code state} and {@code references} change by
 * compare-and-set only. Callbacks run on the thread that completes the handle, in the order in
 * which they were added, with no lock held; a callback added after completion runs at once on its
 * own thread. Only {@link #await} and {@link #awaitEnd} wait, and they hold nothing.
 */
public final class Handle implements PendingValue {
  private static final Object SPENT = new Object();
  private static final VarHandle STATE;
  private static final VarHandle REFERENCES;
  private static final VarHandle COMPANION;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Handle.class, "state", Object.class);
      REFERENCES = lookup.findVarHandle(Handle.class, "references", int.class);
      COMPANION = lookup.findVarHandle(Handle.class, "companion", Value.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Who computes the value, for those who want to come after it there; a hint.
  private volatile Object route;

  // Publishes it. Set once, and taken by whoever releases it: as with the value, of the thread that
  // writes 0 references and the one that sets it at least one sees the other's write.
  private volatile Value companion;

  private record Callback(Runnable action, Callback earlier) {}

  private record Failed(Throwable error) {}

  private final Object origin;
  private final Meta meta;

  // null or a stack of Callbacks while pending; then the Value, a Failed, or SPENT. Publishes the
  // outcome to whoever reads it.
  private volatile Object state;

  // Orders the last release against completion: of the thread that writes 0 and the thread that
  // writes the value, at least one sees the other's write and disposes of the value.
  private volatile int references = 1;

  /**
   * A pending handle with one reference.
   *
   * @param origin whatever identifies the computation in error reports, or null
   * @param meta what is known of the value already, or null
   */
  public Handle(Object origin, Meta meta) {
    this.origin = origin;
    this.meta = meta;
  }

  public Object origin() {
    return origin;
  }

  /** Notes the worker that computes the value. */
  public void routed(Object worker) {
    route = worker;
  }

  /** The worker that was noted last, or null. */
  public Object route() {
    return route;
  }

  /**
   * Adds a companion, whose reference is taken over: done or not, by anybody, who need not have a
   * reference. Of several the first stays; that of a handle which nobody has any more is released.
   * Whoever is to decide by it must look later: who adds it sees to that.
   */
  public void accompany(Value other) {
    if (!COMPANION.compareAndSet(this, null, other)) {
      other.release();
    } else if (references == 0) {
      releaseCompanion();
    }
  }

  /** What goes with the value, borrowed by a holder of a reference; null for nothing. */
  public Value companion() {
    return companion;
  }

  private void releaseCompanion() {
    Value left = (Value) COMPANION.getAndSet(this, null);
    if (left != null) {
      left.release();
    }
  }

  @Override
  public Meta meta() {
    return meta;
  }

  /**
   * Sets the value and runs the callbacks.
   *
   * @param value not itself pending; the caller's reference is taken over in any case
   * @return false when the handle was done before; the value has been released then
   */
  public boolean complete(Value value) {
    if (value instanceof PendingValue) {
      throw new IllegalArgumentException("a handle cannot be completed with a pending value");
    }
    if (!finish(value)) {
      value.release();
      return false;
    }
    return true;
  }

  /** Sets the reason why there is no value and runs the callbacks; false when done before. */
  public boolean fail(Throwable error) {
    return finish(new Failed(error));
  }

  /** Fails with a {@link CancellationException}; false when done before. */
  public boolean cancel() {
    return !isDone() && fail(new CancellationException("cancelled"));
  }

  private boolean finish(Object outcome) {
    Object before;
    do {
      before = state;
      if (!isPending(before)) {
        return false;
      }
    } while (!STATE.compareAndSet(this, before, outcome));
    try {
      runInOrder((Callback) before);
    } finally {
      if (references == 0) {
        dispose();
      }
    }
    return true;
  }

  private static void runInOrder(Callback last) {
    Callback first = null;
    for (Callback each = last; each != null; each = each.earlier) {
      first = new Callback(each.action, first);
    }
    Throwable thrown = null;
    for (Callback each = first; each != null; each = each.earlier) {
      try {
        each.action.run();
      } catch (Throwable e) {
        // The others must still hear of it; the first error goes to the completing thread.
        thrown = thrown == null ? e : thrown;
      }
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  private static boolean isPending(Object state) {
    return state == null || state instanceof Callback;
  }

  public boolean isDone() {
    return !isPending(state);
  }

  /** The value without a reference for the caller; null while pending and after a failure. */
  public Value valueOrNull() {
    return state instanceof Value value ? value : null;
  }

  @Override
  public boolean isPending() {
    return !(state instanceof Value);
  }

  @Override
  public Value settled() {
    return state instanceof Value value ? value : this;
  }

  /** Why there is no value; null while pending and after success. */
  public Throwable errorOrNull() {
    return state instanceof Failed failed ? failed.error : null;
  }

  /**
   * Waits for the outcome. The caller must hold a reference to the handle, and gets none to the
   * value.
   *
   * @throws HandleFailure when the computation failed or was cancelled
   */
  public Value await() throws InterruptedException {
    awaitEnd();
    return outcome();
  }

  /** Waits until the handle is done, whatever has become of it. */
  public void awaitEnd() throws InterruptedException {
    if (!isDone()) {
      CountDownLatch done = new CountDownLatch(1);
      whenDone(done::countDown);
      done.await();
    }
  }

  /**
   * The value of a handle that is done; as {@link #await}, which would not wait.
   *
   * @throws HandleFailure when the computation failed or was cancelled
   */
  public Value outcome() {
    Object outcome = state;
    if (isPending(outcome)) {
      throw new IllegalStateException("asked a handle that is not done for its outcome");
    }
    if (outcome instanceof Failed failed) {
      throw new HandleFailure(origin, failed.error);
    }
    if (outcome == SPENT) {
      throw new IllegalStateException("awaited a handle after its last release");
    }
    return (Value) outcome;
  }

  /** Runs the action once the handle is done: now if it is, else on the completing thread. */
  public void whenDone(Runnable action) {
    while (true) {
      Object before = state;
      if (!isPending(before)) {
        action.run();
        return;
      }
      if (STATE.compareAndSet(this, before, new Callback(action, (Callback) before))) {
        return;
      }
    }
  }

  /** True while somebody holds a reference, so that computing the value is still worth while. */
  public boolean isReferenced() {
    return references > 0;
  }

  @Override
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("retained a dead handle");
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
    while (true) {
      int held = references;
      if (held == 0) {
        throw new IllegalStateException("handle released more often than retained");
      }
      if (REFERENCES.compareAndSet(this, held, held - 1)) {
        if (held == 1) {
          dispose();
          releaseCompanion();
        }
        return;
      }
    }
  }

  /** Releases the value, if there is one; of several callers one does it. */
  private void dispose() {
    Object outcome = state;
    if (outcome instanceof Value value && STATE.compareAndSet(this, outcome, SPENT)) {
      value.release();
    }
  }

  /** True when the handle is done, its value exclusive to it, and the caller its only holder. */
  @Override
  public boolean isExclusive() {
    return references == 1 && state instanceof Value value && value.isExclusive();
  }

  /** The type if it is known, else null. */
  @Override
  public ValueType type() {
    if (state instanceof Value value) {
      return value.type();
    }
    return meta == null ? null : meta.type();
  }

  /** Bytes of the value; 0 while it is not there. */
  @Override
  public long bytes() {
    return state instanceof Value value ? value.bytes() : 0;
  }

  @Override
  public String toString() {
    Object now = state;
    if (isPending(now)) {
      return "pending " + (meta == null ? "value" : meta);
    }
    return now instanceof Failed failed ? "failed: " + failed.error : String.valueOf(now);
  }
}
