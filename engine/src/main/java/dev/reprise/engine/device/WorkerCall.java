package dev.reprise.engine.device;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceTask;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/**
 * One operation on an accelerator that its submitter waits for. The submitter holds references to
 * the inputs, and may hold a claim: the worker waits for nobody.
 */
final class WorkerCall implements DeviceTask {
  private final Operation operation;
  private final Value[] inputs;
  private final CountDownLatch done = new CountDownLatch(1);

  // Written before the latch opens, read after.
  private Value value;
  private Throwable error;
  private long nanos;
  private boolean measured;

  WorkerCall(Operation operation, Value[] inputs) {
    this.operation = operation;
    this.inputs = inputs;
  }

  /**
   * Submits the call and waits for its end; an interruption is kept for later, since the worker
   * uses the inputs until then.
   *
   * @return the result; the caller owns a reference
   */
  Value on(AcceleratorWorker worker) {
    worker.submit(this);
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return switch (error) {
      case null -> value;
      case RuntimeException failure -> throw failure;
      case Error failure -> throw failure;
      default -> throw new CancellationException(error.toString());
    };
  }

  /** Time that the device worked; after {@link #on}. */
  long nanos() {
    return nanos;
  }

  /** False when that is a share of what several took; after {@link #on}. */
  boolean isMeasured() {
    return measured;
  }

  @Override
  public Operation operation() {
    return operation;
  }

  @Override
  public Value[] inputs() {
    return inputs;
  }

  @Override
  public boolean isWanted() {
    return true;
  }

  @Override
  public void completed(Value result, long worked, boolean isMeasured) {
    value = result;
    nanos = worked;
    measured = isMeasured;
    done.countDown();
  }

  @Override
  public void failed(Throwable reason) {
    error = reason;
    done.countDown();
  }
}
