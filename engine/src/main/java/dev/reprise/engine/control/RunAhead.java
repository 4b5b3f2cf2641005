package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations that a control thread has started and that may still fail, in program order. How
 * far the thread runs ahead is bounded by how many have not finished, wherever they stand. A number
 * comes when its device has computed it, the matrices after it when they are launched; numbers made
 * of it come then, too, and hold no matrix until then, so that there may be more of them. Owned by
 * the control thread.
 */
public final class RunAhead {
  /** Operations that have not finished; with more, the thread waits before it probes. */
  static final int MOST = 64;

  /**
   * The same of those that make numbers of numbers: some iterations with a norm of all gradients.
   * With 64 in all the thread waits amid iterations that a device holds back until they are
   * complete. Those that are made of one another come one within another, on the stack of the
   * worker's thread, which has room for some 2,000.
   */
  static final int MOST_OF_NUMBERS = 256;

  /**
   * @param item what it makes, if it has a claim on that, else null
   * @param isOfNumbers whether it makes a number of numbers
   * @param submission which of the thread's operations it is, from 0 on
   */
  record Operation(
      Handle handle,
      Origin origin,
      LineageItem item,
      boolean isOfNumbers,
      long bytes,
      long submission) {
    private boolean hasSucceeded() {
      return handle.valueOrNull() != null;
    }
  }

  /** The oldest first; among them some that have succeeded meanwhile. */
  private final ArrayDeque<Operation> operations = new ArrayDeque<>();

  private int ofNumbers;

  /** Estimated bytes of their results. */
  private long bytes;

  private long submissions;

  /**
   * Adds an operation, of which a reference is kept.
   *
   * @param item what it makes, if it has a claim on that, else null
   */
  public void add(Handle handle, Origin origin, LineageItem item) {
    add(new Operation(handle, origin, item, false, estimatedBytes(handle), submissions));
  }

  /** As {@link #add}, of an operation without a claim that makes a number of numbers. */
  public void addOfNumbers(Handle handle, Origin origin) {
    add(new Operation(handle, origin, null, true, 0, submissions));
  }

  private void add(Operation operation) {
    operation.handle.retain();
    operations.addLast(operation);
    ofNumbers += operation.isOfNumbers ? 1 : 0;
    bytes += operation.bytes;
    submissions++;
  }

  /**
   * What a task that has begun on this thread leaves: its value if it is there, else its handle,
   * which is added. A number that an accelerator has as well keeps its handle, which tells so.
   *
   * @param item what the task has a claim on, or null
   */
  public Value begun(Handle handle, Origin origin, LineageItem item) {
    Value value = handle.valueOrNull();
    // Asked afterwards: what an accelerator has is there before the number is.
    if (value != null && handle.companion() != null) {
      return handle;
    }
    if (value != null) {
      value.retain();
      handle.release();
      return value;
    }
    Throwable error = handle.errorOrNull();
    if (error == null) {
      add(handle, origin, item);
      return handle;
    }
    handle.release();
    switch (error) {
      case RuntimeException failure -> throw failure;
      case Error failure -> throw failure;
      default -> throw new IllegalStateException(error);
    }
  }

  /**
   * Adds what makes a value that is in flight already. If an operation of this thread makes it,
   * what is made of either follows it to the same worker.
   */
  public void met(Handle handle, Origin origin, LineageItem item) {
    handle.routed(routeOf(item));
    add(handle, origin, null);
  }

  private static long estimatedBytes(Handle handle) {
    return handle.meta() == null || handle.meta().shape() == null
        ? 0
        : DenseMatrix.bytesOf(
            handle.meta().shape().rows(), handle.meta().shape().cols(), Precision.FP64);
  }

  /** How many operations have been added so far. */
  public long submissions() {
    return submissions;
  }

  /**
   * By which worker the thread has had a value made that it asks for again meanwhile; null for
   * other values. A hint, as the routes of handles are.
   */
  Object routeOf(LineageItem item) {
    long high = item.keyHigh();
    long low = item.keyLow();
    for (Operation each : operations) {
      if (each.item != null && each.item.keyHigh() == high && each.item.keyLow() == low) {
        return each.handle.route();
      }
    }
    return null;
  }

  boolean isEmpty() {
    return operations.isEmpty();
  }

  /** Borrowed handles of the operations added since then that have not succeeded yet. */
  public List<Handle> unfinishedSince(long earlier) {
    dropSucceeded();
    List<Handle> unfinished = new ArrayList<>();
    for (Operation each : operations) {
      if (each.submission >= earlier) {
        unfinished.add(each.handle);
      }
    }
    return unfinished;
  }

  /**
   * True when one more may be started.
   *
   * @param mostBytes what the results of unfinished operations may take
   */
  boolean hasRoom(long mostBytes) {
    dropOldestSucceeded();
    if (isWithin(mostBytes)) {
      return true;
    }
    dropSucceeded();
    return isWithin(mostBytes);
  }

  private boolean isWithin(long mostBytes) {
    return operations.isEmpty()
        || operations.size() - ofNumbers < MOST
            && ofNumbers < MOST_OF_NUMBERS
            && bytes <= mostBytes;
  }

  /**
   * A borrowed handle of an operation to be waited for before more are started, since there are too
   * many: then half of them have finished, so that the thread is woken once in so many operations,
   * not at the end of each. Null when it is not their number that leaves no room.
   */
  Handle middleOfTooMany() {
    if (operations.size() - ofNumbers < MOST) {
      return null;
    }
    int place = 0;
    for (Operation each : operations) {
      place += each.isOfNumbers ? 0 : 1;
      if (place == MOST / 2) {
        return each.handle;
      }
    }
    return null;
  }

  private void dropOldestSucceeded() {
    while (!operations.isEmpty() && operations.peekFirst().hasSucceeded()) {
      takeOldest().handle.release();
    }
  }

  private void dropSucceeded() {
    operations.removeIf(each -> {
      boolean succeeded = each.hasSucceeded();
      if (succeeded) {
        left(each);
        each.handle.release();
      }
      return succeeded;
    });
  }

  /** Removes the oldest operation, whose reference the caller takes over. */
  Operation takeOldest() {
    Operation oldest = operations.removeFirst();
    left(oldest);
    return oldest;
  }

  private void left(Operation operation) {
    ofNumbers -= operation.isOfNumbers ? 1 : 0;
    bytes -= operation.bytes;
  }

  /** Cancels all, and forgets them. */
  public void discard() {
    for (Operation left : operations) {
      left.handle.cancel();
      left.handle.release();
    }
    operations.clear();
    ofNumbers = 0;
    bytes = 0;
  }
}
