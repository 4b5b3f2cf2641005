package dev.reprise.engine.pipeline;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.Task;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An operation that a control thread left behind and that the cache knows nothing of: it runs when
 * its inputs are complete. Holds references to them until its handle is done.
 */
public final class FreeTask extends Task implements Later {
  private static final Handle[] NONE = {};

  private final Run run;
  private final Cancellation cancellation;
  private final ExecutionContext kernel;
  private final PendingTask.Recipe recipe;
  private final Handle handle;

  /** Made by the main program: see {@link Relayed}. */
  private final boolean inTurn;

  private final AtomicBoolean ended = new AtomicBoolean();

  // By the thread that runs the task: the result comes from an accelerator's worker.
  private boolean elsewhere;

  public FreeTask(
      ControlContext context, Value[] inputs, Meta meta, Origin origin, PendingTask.Recipe recipe) {
    super(inputs.clone());
    this.run = context.run;
    this.cancellation = context.cancellation;
    this.kernel = context.kernel;
    this.inTurn = context.writes == null;
    this.recipe = recipe;
    this.handle = new Handle(origin, meta);
    for (Value input : inputs()) {
      input.retain();
    }
  }

  public Handle handle() {
    return handle;
  }

  /** Submits the task, whose inputs may be missing. */
  public void submit() {
    Relayed.submit(this, handle, this::run, inTurn, run.resources());
  }

  @Override
  public void routed(AcceleratorWorker worker) {
    handle.routed(worker);
  }

  @Override
  public void launchedNumber(ManagedMatrix cell) {
    handle.accompany(cell);
  }

  /** Begins on the calling thread, which knows the inputs to be complete. */
  public void begin() {
    run();
  }

  @Override
  public boolean isWanted() {
    return !handle.isDone() && handle.isReferenced() && !cancellation.isCancelled();
  }

  @Override
  protected Handle[] outputs() {
    return elsewhere ? NONE : new Handle[] {handle};
  }

  @Override
  protected void run() {
    run(completeInputs());
  }

  private void run(Value[] operands) {
    if (!isWanted()) {
      cancelled();
      return;
    }
    Value value;
    try {
      value = recipe.compute(operands, kernel, run.counters(), this);
    } catch (Relayed.ForThePool e) {
      throw e;
    } catch (RuntimeException | Error e) {
      failed(e);
      if (e instanceof Error fatal) {
        throw fatal;
      }
      return;
    }
    if (value == null) {
      elsewhere = true;
    } else {
      completed(value, ELAPSED);
    }
  }

  @Override
  public void completed(Value value, long nanos) {
    try {
      handle.complete(value);
    } finally {
      end();
    }
  }

  @Override
  public void failed(Throwable error) {
    try {
      handle.fail(error);
    } finally {
      end();
    }
  }

  @Override
  protected void inputFailed(Throwable error) {
    failed(error);
  }

  @Override
  protected void cancelled() {
    try {
      handle.cancel();
    } finally {
      end();
    }
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      for (Value input : inputs()) {
        input.release();
      }
    }
  }
}
