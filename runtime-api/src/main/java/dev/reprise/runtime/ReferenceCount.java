package dev.reprise.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The references to a value, as {@link Value#retain} and {@link Value#release} count them: one at
 * first, and none for good once there is none. Thread-safe.
 */
public final class ReferenceCount {
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(ReferenceCount.class, "count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Publishes what the last holder has done to who gives up what the value holds.
  private volatile int count = 1;

  /** One reference, of whoever makes the value. */
  public ReferenceCount() {}

  /**
   * Adds a reference unless there is none left.
   *
   * @return false when there is none left
   */
  public boolean tryRetain() {
    while (true) {
      int held = count;
      if (held == 0) {
        return false;
      }
      if (COUNT.compareAndSet(this, held, held + 1)) {
        return true;
      }
    }
  }

  /**
   * Adds a reference.
   *
   * @param value named by the message
   * @throws IllegalStateException when there is none left
   */
  public void retain(Value value) {
    if (!tryRetain()) {
      throw new IllegalStateException("retained though nobody holds it: " + value);
    }
  }

  /**
   * Drops a reference.
   *
   * @param value named by the message
   * @return true for the last one: the caller gives up what the value holds
   * @throws IllegalStateException when there was none left
   */
  public boolean release(Value value) {
    int left = (int) COUNT.getAndAdd(this, -1) - 1;
    if (left < 0) {
      throw new IllegalStateException("released more often than retained: " + value);
    }
    return left == 0;
  }

  /** {@return whether there is one reference alone} */
  public boolean isExclusive() {
    return count == 1;
  }
}
