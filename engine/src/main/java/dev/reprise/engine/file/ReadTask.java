package dev.reprise.engine.file;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Waiter;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.Task;
import dev.reprise.scheduler.TaskScheduler;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A subscription to a file that another worker is reading; reads it itself when the other gives up.
 */
public final class ReadTask extends Task implements Waiter {
  private static final Value[] NO_INPUTS = {};

  private final Handle handle;
  private final Supplier<Value> reading;
  private final TaskScheduler scheduler;
  private final AtomicReference<Claim> claim = new AtomicReference<>();

  public ReadTask(Supplier<Value> reading, TaskScheduler scheduler) {
    super(NO_INPUTS);
    this.handle = new Handle(null, null);
    this.reading = reading;
    this.scheduler = scheduler;
  }

  @Override
  public Handle handle() {
    return handle;
  }

  @Override
  public void takeOver(Claim taken) {
    claim.set(taken);
    scheduler.submit(this);
  }

  @Override
  protected Handle[] outputs() {
    return new Handle[] {handle};
  }

  @Override
  protected void run() {
    // Whatever happens, the claim ends: given up unless it ended otherwise.
    try (Claim owed = claim.getAndSet(null)) {
      read(owed);
    }
  }

  private void read(Claim owed) {
    long start = System.nanoTime();
    Value value;
    try {
      value = reading.get();
    } catch (OperandException e) {
      try {
        handle.fail(e);
      } finally {
        owed.fail(e);
      }
      return;
    } catch (RuntimeException | Error e) {
      handle.fail(e);
      return;
    }
    try {
      owed.complete(value, System.nanoTime() - start, true);
    } finally {
      handle.complete(value);
    }
  }

  /** The pool could not run the task at all. */
  @Override
  protected void failed(Throwable error) {
    try (Claim _ = claim.getAndSet(null)) {
      super.failed(error);
    }
  }

  @Override
  protected void cancelled() {
    try (Claim _ = claim.getAndSet(null)) {
      handle.cancel();
    }
  }
}
