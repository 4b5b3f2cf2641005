package dev.reprise.engine;

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
final class ReadTask extends Task implements Waiter {
  private static final Value[] NO_INPUTS = {};

  private final Handle handle;
  private final Supplier<Value> reading;
  private final TaskScheduler scheduler;
  private final AtomicReference<Claim> claim = new AtomicReference<>();

  ReadTask(Supplier<Value> reading, TaskScheduler scheduler) {
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
    Claim owed = claim.getAndSet(null);
    long start = System.nanoTime();
    try {
      Value value = reading.get();
      value.retain();
      handle.complete(value);
      owed.complete(value, System.nanoTime() - start, true);
      value.release();
    } catch (OperandException e) {
      handle.fail(e);
      owed.fail(e);
    } catch (RuntimeException | Error e) {
      handle.fail(e);
      owed.abandon();
    }
  }

  @Override
  protected void cancelled() {
    Claim owed = claim.getAndSet(null);
    handle.cancel();
    if (owed != null) {
      owed.abandon();
    }
  }
}
