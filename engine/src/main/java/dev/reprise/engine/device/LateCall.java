package dev.reprise.engine.device;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.NumberCell;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceTask;
import dev.reprise.scheduler.DeviceWork;
import dev.reprise.scheduler.Task;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One piece of work on an accelerator that nobody waits for with a thread. What the accelerator
 * cannot do becomes a task for the processor.
 *
 * <p>Whoever submits it keeps references to the inputs until {@code later} has heard of the end.
 */
public final class LateCall implements DeviceTask {
  private final DeviceWork task;
  private final Value[] inputs;
  private final AcceleratorWorker worker;
  private final Accelerators accelerators;
  private final double work;
  private final Function<Value[], Value> onHost;
  private final Consumer<Task> pool;
  private final Later later;

  /**
   * @param inputs complete, without lists; numbers perhaps as the accelerator has them
   * @param work estimated nanoseconds
   * @param onHost computes the same on the processor, from inputs that are there
   * @param pool takes tasks for the processor
   */
  public LateCall(
      DeviceWork task,
      Value[] inputs,
      AcceleratorWorker worker,
      Accelerators accelerators,
      double work,
      Function<Value[], Value> onHost,
      Consumer<Task> pool,
      Later later) {
    this.task = task;
    this.inputs = inputs;
    this.worker = worker;
    this.accelerators = accelerators;
    this.work = work;
    this.onHost = onHost;
    this.pool = pool;
    this.later = later;
  }

  @Override
  public Operation operation() {
    return task.operation();
  }

  @Override
  public DeviceWork work() {
    return task;
  }

  @Override
  public Value[] inputs() {
    return inputs;
  }

  @Override
  public boolean isWanted() {
    return later.isWanted();
  }

  @Override
  public double launchedWork() {
    return work;
  }

  @Override
  public void launched(Value value, long nanos) {
    later.completed(value, nanos);
  }

  @Override
  public boolean takesNumber() {
    return accelerators.relays();
  }

  @Override
  public void launchedNumber(ManagedMatrix cell) {
    later.launchedNumber(cell);
  }

  @Override
  public void ended(long nanos, boolean isMeasured) {
    accelerators.ranOn(worker, task, work, nanos);
    if (isMeasured) {
      // What is guessed is not for those who keep what was measured.
      later.took(worker, nanos);
    }
  }

  @Override
  public void completed(Value value, long nanos, boolean isMeasured) {
    try {
      ended(nanos, isMeasured);
    } finally {
      // Not what was waited: others have worked on the device meanwhile.
      later.completed(value, nanos);
    }
  }

  @Override
  public void failed(Throwable error) {
    if (error instanceof ResourceException && accelerators.mayFallBack()) {
      OnHost retry = new OnHost();
      try {
        accelerators.fellBack(worker, operation(), error);
        pool.accept(retry);
      } catch (RuntimeException | Error e) {
        retry.fail(e);
        throw e;
      }
    } else {
      later.failed(error);
    }
  }

  /** The inputs of the processor: the numbers that are to come in place of their cells. */
  private static Value[] withoutCells(Value[] inputs) {
    Value[] numbers = inputs.clone();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] instanceof NumberCell cell) {
        numbers[i] = cell.number();
      }
    }
    return numbers;
  }

  /** The same on the processor; whatever happens to it, {@code later} hears of one end. */
  private final class OnHost extends Task {
    private final AtomicBoolean told = new AtomicBoolean();

    OnHost() {
      super(withoutCells(inputs));
    }

    private void fail(Throwable error) {
      if (told.compareAndSet(false, true)) {
        later.failed(error);
      }
    }

    @Override
    protected void run() {
      Value value;
      long start = System.nanoTime();
      try {
        value = onHost.apply(completeInputs());
      } catch (RuntimeException | Error e) {
        fail(e);
        return;
      }
      told.set(true);
      long nanos = System.nanoTime() - start;
      try {
        later.took(null, nanos);
      } finally {
        later.completed(value, nanos);
      }
    }

    /** A number that the accelerator had, but could not give out. */
    @Override
    protected void inputFailed(Throwable error) {
      fail(error);
    }

    @Override
    protected void cancelled() {
      fail(new CancellationException("cancelled"));
    }

    /** The pool could not run the task at all. */
    @Override
    protected void failed(Throwable error) {
      fail(error);
    }
  }
}
