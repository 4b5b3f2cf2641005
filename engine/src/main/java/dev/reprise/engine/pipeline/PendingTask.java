package dev.reprise.engine.pipeline;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Waiter;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.Task;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An operation that a control thread left behind: either subscribed to a value that another worker
 * computes, or claimed with inputs that are not complete yet.
 *
 * <p>States: <em>subscribed</em> (no claim) {@literal ->} <em>claimed</em> (submitted to the pool)
 * {@literal ->} done. A subscription becomes a claim when the first owner abandons; that may happen
 * on any thread. The task retains its inputs until its handle is done, so that its recipe stays
 * valid.
 */
public final class PendingTask extends Task implements Waiter {
  private static final Handle[] NONE = {};

  private final Run run;
  private final Cancellation cancellation;
  private final ExecutionContext kernel;
  private final Handle handle;

  // Made by the main program: see Relayed.
  private final boolean inTurn;

  private final Recipe recipe;
  private final Ending ending;

  // The claim that this task owes an outcome; taken exactly once by run, inputFailed or cancelled.
  private final AtomicReference<Claim> claim = new AtomicReference<>();

  // Who still needs the inputs: the handle until it is done, the claim until it has ended. The last
  // one gives them back; a claim that comes after that has no recipe any more.
  private final AtomicInteger needs = new AtomicInteger(1);

  // By the thread that runs the task: the result comes from an accelerator's worker.
  private boolean elsewhere;

  /** How a task comes to its value. */
  @FunctionalInterface
  public interface Recipe {
    /**
     * Computes the value from complete inputs and counts that.
     *
     * @param inputs on an accelerator's worker also numbers to come that the accelerator has
     * @param later hears of the value if it is not there at once
     * @return the value, of which the caller owns a reference; null when {@code later} will be told
     */
    Value compute(Value[] inputs, ExecutionContext kernel, Tally tally, Later later);
  }

  /** Supplies the value of the claim that the task owes. */
  @FunctionalInterface
  public interface Ending {
    void complete(Claim claim, Value value, long nanos);
  }

  /**
   * A task that is not submitted yet.
   *
   * @param inputs finished or pending values; the task takes references of its own
   */
  public PendingTask(
      ControlContext context,
      Value[] inputs,
      Meta meta,
      Origin origin,
      Recipe recipe,
      Ending ending) {
    super(retained(inputs));
    this.run = context.run;
    this.cancellation = context.cancellation;
    this.kernel = context.kernel;
    this.inTurn = context.writes == null;
    this.recipe = recipe;
    this.ending = ending;
    this.handle = new Handle(origin, meta);
    handle.whenDone(this::needEnds);
  }

  private static Value[] retained(Value[] inputs) {
    Value[] kept = inputs.clone();
    for (Value input : kept) {
      input.retain();
    }
    return kept;
  }

  private void needEnds() {
    if (needs.decrementAndGet() == 0) {
      releaseInputs();
    }
  }

  private void releaseInputs() {
    for (Value input : inputs()) {
      input.release();
    }
  }

  @Override
  public Handle handle() {
    return handle;
  }

  @Override
  public boolean isLive() {
    return !handle.isDone() && handle.isReferenced() && !cancellation.isCancelled();
  }

  @Override
  public void discard() {
    releaseInputs();
  }

  @Override
  public void takeOver(Claim taken) {
    if (needs.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
      taken.abandon();
      return;
    }
    claim.set(taken);
    // What lies on disk comes back while other operands are still being computed. What lies on an
    // accelerator is most likely used there, and not copied home for nothing.
    for (Value input : inputs()) {
      ManagedMatrix matrix = input instanceof RowsView view ? view.source() : matrixOrNull(input);
      if (matrix == null || !matrix.isOnDevice()) {
        run.resources().memory().readAhead(input);
      }
    }
    Relayed.submit(this, handle, this::run, inTurn, run.resources());
  }

  private static ManagedMatrix matrixOrNull(Value input) {
    return input instanceof ManagedMatrix matrix ? matrix : null;
  }

  /**
   * Begins on the calling thread, which knows the inputs to be complete and has just made the task.
   */
  public void begin(Claim taken) {
    needs.incrementAndGet();
    claim.set(taken);
    run();
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
    Claim owed = claim.getAndSet(null);
    if (owed == null) {
      return;
    }
    boolean passesOn = false;
    try {
      if (handle.isDone() || cancellation.isCancelled()) {
        abandon(owed);
      } else {
        compute(owed, operands);
      }
    } catch (Relayed.ForThePool e) {
      passesOn = true;
      claim.set(owed);
      throw e;
    } finally {
      if (!elsewhere && !passesOn) {
        needEnds();
      }
    }
  }

  private void compute(Claim owed, Value[] operands) {
    Value value;
    long start = System.nanoTime();
    try {
      value = recipe.compute(operands, kernel, run.counters(), later(owed, start));
    } catch (Relayed.ForThePool e) {
      throw e;
    } catch (OperandException e) {
      fail(owed, e);
      return;
    } catch (ResourceException e) {
      abandon(owed, e);
      return;
    } catch (RuntimeException | Error e) {
      abandon(owed, e);
      throw e;
    }
    if (value == null) {
      elsewhere = true;
    } else {
      complete(owed, value, System.nanoTime() - start);
    }
  }

  private void complete(Claim owed, Value value, long nanos) {
    // The cache has the value before its handle wakes anybody: who publishes a call that ends here
    // finds it there.
    try (owed) {
      ending.complete(owed, value, nanos);
    } finally {
      handle.complete(value);
    }
  }

  /** Ends the claim when an accelerator's worker, or whoever steps in for it, is done. */
  private Later later(Claim owed, long start) {
    return new Later() {
      @Override
      public void routed(AcceleratorWorker worker) {
        handle.routed(worker);
      }

      @Override
      public void launchedNumber(ManagedMatrix cell) {
        handle.accompany(cell);
      }

      @Override
      public boolean isWanted() {
        return !cancellation.isCancelled();
      }

      @Override
      public void completed(Value value, long nanos) {
        try {
          complete(owed, value, Later.nanosSince(start, nanos));
        } finally {
          needEnds();
        }
      }

      @Override
      public void failed(Throwable error) {
        try {
          if (error instanceof OperandException) {
            fail(owed, error);
          } else {
            abandon(owed, error);
          }
        } finally {
          needEnds();
        }
      }
    };
  }

  // Whatever a callback of the handle throws, the claim ends.

  private void fail(Claim owed, Throwable error) {
    try {
      handle.fail(error);
    } finally {
      owed.fail(error);
    }
  }

  private void abandon(Claim owed, Throwable why) {
    try {
      handle.fail(why);
    } finally {
      owed.abandon();
    }
  }

  @Override
  protected void inputFailed(Throwable error) {
    Claim owed = claim.getAndSet(null);
    if (owed == null) {
      handle.fail(error);
      return;
    }
    try {
      // Whose input was cancelled gives up; only an error of the values is everybody's error.
      if (error instanceof CancellationException) {
        abandon(owed, error);
      } else {
        fail(owed, error);
      }
    } finally {
      needEnds();
    }
  }

  @Override
  protected void cancelled() {
    Claim owed = claim.getAndSet(null);
    if (owed != null) {
      try {
        abandon(owed);
      } finally {
        needEnds();
      }
    }
  }

  /** The pool could not run the task at all. */
  @Override
  protected void failed(Throwable error) {
    Claim owed = claim.getAndSet(null);
    if (owed == null) {
      super.failed(error);
      return;
    }
    try {
      abandon(owed, error);
    } finally {
      needEnds();
    }
  }

  private void abandon(Claim owed) {
    try {
      handle.cancel();
    } finally {
      owed.abandon();
    }
  }
}
