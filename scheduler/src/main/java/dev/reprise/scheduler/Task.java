package dev.reprise.scheduler;

import dev.reprise.memory.Handle;
import dev.reprise.runtime.Value;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Work that starts when its inputs are complete.
 *
 * <pre>
 *   NEW --submit--> WAITING --last input done--> QUEUED --worker--> run | inputFailed --> DONE
 *                      |                           |
 *                      +------ pool closes --------+------> cancelled ----------------> DONE
 * </pre>
 *
 * <p>A waiting or queued task holds references to its inputs (its maker took them, the task gives
 * them back when it ends); it should pin them only while it runs. Exactly one of {@link #run},
 * {@link #inputFailed} and {@link #cancelled} is called, on a thread of the pool; {@link #failed}
 * follows only if that method threw. All outputs must be done afterwards; those that are not are
 * failed by the pool, so nobody waits for ever.
 *
 * <p><b>Threads.</b> {@code stage} moves by compare-and-set; the countdown is atomic. The maker
 * writes its own fields before submitting.
 */
public abstract class Task {
  private static final VarHandle MISSING;
  private static final VarHandle STAGE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MISSING = lookup.findVarHandle(Task.class, "missing", int.class);
      STAGE = lookup.findVarHandle(Task.class, "stage", Stage.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  enum Stage {
    NEW,
    WAITING,
    QUEUED,
    RUNNING,
    DONE
  }

  private static final Handle[] NO_OUTPUTS = {};

  private final Value[] inputs;

  // Inputs that are not done yet, plus one while submitting. Its last decrement publishes the
  // inputs.
  private volatile int missing;

  // Decides who queues the task: its last input or the closing pool.
  private volatile Stage stage = Stage.NEW;

  /**
   * @param inputs values, some of which may be handles that are not done; not copied
   */
  protected Task(Value[] inputs) {
    this.inputs = inputs;
  }

  public final Value[] inputs() {
    return inputs;
  }

  /** The inputs with the values of handles, borrowed from them; null for those that have none. */
  public final Value[] completeInputs() {
    Value[] complete = inputs.clone();
    for (int i = 0; i < complete.length; i++) {
      if (complete[i] instanceof Handle input) {
        complete[i] = input.valueOrNull();
      }
    }
    return complete;
  }

  /** Does the work; all inputs are complete and none has failed. */
  protected abstract void run();

  /**
   * An input failed; the error of the first such input in order, whichever failed first in time.
   */
  protected void inputFailed(Throwable error) {
    failOutputs(error);
  }

  /** The pool closes before the task could start. */
  protected void cancelled() {
    for (Handle output : outputs()) {
      output.cancel();
    }
  }

  /** {@link #run} or one of its siblings threw; also for errors that cost the worker its life. */
  protected void failed(Throwable error) {
    failOutputs(error);
  }

  /** Handles that the task completes; the pool fails those that it leaves undone. */
  protected Handle[] outputs() {
    return NO_OUTPUTS;
  }

  final void failOutputs(Throwable error) {
    for (Handle output : outputs()) {
      output.fail(error);
    }
  }

  /**
   * Subscribes to the inputs that are not done. By who is going to run the task or submit it, one
   * after the other.
   *
   * @param ready called once, possibly at once, when none is missing; by the thread that has
   *     completed the last one
   */
  public final void awaitInputs(Runnable ready) {
    missing = inputs.length + 1;
    Runnable arrival = null;
    int there = 1;
    for (Value input : inputs) {
      if (input instanceof Handle handle && !handle.isDone()) {
        arrival = arrival == null ? () -> arrived(1, ready) : arrival;
        handle.whenDone(arrival);
      } else {
        there++;
      }
    }
    arrived(there, ready);
  }

  private void arrived(int count, Runnable ready) {
    if ((int) MISSING.getAndAdd(this, -count) == count) {
      ready.run();
    }
  }

  final boolean enter(Stage from, Stage to) {
    return STAGE.compareAndSet(this, from, to);
  }

  /** The error of the first failed input, or null. */
  final Throwable inputError() {
    for (Value input : inputs) {
      if (input instanceof Handle handle && handle.errorOrNull() != null) {
        return handle.errorOrNull();
      }
    }
    return null;
  }
}
