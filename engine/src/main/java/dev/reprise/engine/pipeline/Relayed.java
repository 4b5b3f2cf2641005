package dev.reprise.engine.pipeline;

import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.LateNumbers;
import dev.reprise.engine.resource.Resources;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.Task;
import dev.reprise.scheduler.TaskScheduler;

/**
 * Tasks that follow their inputs to an accelerator's worker. An operation whose missing inputs are
 * all being computed by one worker goes there itself: at its turn they have been launched, and it
 * is launched behind them, with no other thread in between. What turns out to be for the processor,
 * or whose inputs are late after all, goes to the pool, as every other task does at once.
 *
 * <p>A number is there once its device has computed it, which is later than the turn of what is
 * made of it. A number that is made of it is made when it comes, by the worker. What is to be
 * launched takes the number where the device has it, if it can ({@link LateNumbers}). Otherwise the
 * worker waits for the device first, if the main program has made it: so a loop launches the same
 * in the same order in each iteration, and most of what comes behind it is made of it anyway. What
 * a {@code parfor} worker has made goes to the pool instead: others may come behind it that have
 * nothing to do with it.
 */
public final class Relayed {
  private Relayed() {}

  /**
   * Thrown on a worker's thread by what would compute there or wait: the task is for the pool. By
   * then nothing has been changed.
   */
  static class ForThePool extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final ForThePool INSTANCE = new ForThePool("not for a worker's thread");

    private ForThePool(String message) {
      super(message, null, false, false);
    }
  }

  /** Likewise by what must know a number that its device has: it runs again when that has come. */
  private static final class NumbersNeeded extends ForThePool {
    private static final long serialVersionUID = 1L;
    private static final NumbersNeeded INSTANCE = new NumbersNeeded();

    private NumbersNeeded() {
      super("needs its numbers");
    }
  }

  /** What a task does; throws {@link ForThePool} when that is for the pool. */
  @FunctionalInterface
  interface Work {
    /**
     * @param operands the inputs, complete but for numbers that the worker's device has
     */
    void run(Value[] operands);
  }

  /** Does nothing unless an accelerator's worker calls it. */
  public static void leaveWorker() {
    if (AcceleratorWorker.isCurrent()) {
      throw ForThePool.INSTANCE;
    }
  }

  /** Leaves what is being run unless all numbers among its operands have come. */
  public static void needNumbers(Value[] operands) {
    if (OperationInputs.areMissing(operands)) {
      throw NumbersNeeded.INSTANCE;
    }
  }

  /**
   * Submits a task.
   *
   * @param handle what it completes
   * @param work of the task
   * @param inTurn whether it is to keep its place when the worker must wait for the device
   */
  static void submit(Task task, Handle handle, Work work, boolean inTurn, Resources resources) {
    TaskScheduler pool = resources.scheduler();
    Accelerators accelerators = resources.accelerators();
    AcceleratorWorker worker = accelerators.relays() ? route(task.inputs()) : null;
    if (worker == null) {
      pool.submit(task);
      return;
    }
    handle.routed(worker);
    boolean taken =
        worker.relay(() -> {
          if (isOfNumbers(task.inputs(), handle.meta())) {
            task.awaitInputs(() -> runOrPass(task, handle, work, pool));
            return;
          }
          if (hasRunWithLate(task, handle, work, pool)) {
            return;
          }
          try {
            if (inTurn) {
              worker.completeUntil(() -> areDecided(task.inputs()));
            }
          } finally {
            // Whatever became of the launches, somebody waits for this.
            runOrPass(task, handle, work, pool);
          }
        });
    if (!taken) {
      pool.submit(task);
    }
  }

  /** Runs a task with numbers where the device has them; false when it needs to know them. */
  private static boolean hasRunWithLate(Task task, Handle handle, Work work, TaskScheduler pool) {
    Value[] operands = completeButNumbers(task);
    if (operands == null) {
      return false;
    }
    try {
      work.run(operands);
    } catch (NumbersNeeded e) {
      return false;
    } catch (ForThePool e) {
      handle.routed(null);
      pool.submit(task);
    }
    return true;
  }

  private static void runOrPass(Task task, Handle handle, Work work, TaskScheduler pool) {
    if (AcceleratorWorker.isCurrent() && areThere(task.inputs())) {
      try {
        work.run(task.completeInputs());
        return;
      } catch (ForThePool e) {
        handle.routed(null);
      }
    }
    pool.submit(task);
  }

  /**
   * True for a number that is made of numbers: nothing is launched for it, and it takes no time
   * wherever it is made.
   *
   * @param inputs pending ones, too
   * @param made what is known of the result, or null
   */
  static boolean isOfNumbers(Value[] inputs, Meta made) {
    for (Value input : inputs) {
      if (!isScalar(input.type())) {
        return false;
      }
    }
    return made != null && isScalar(made.type());
  }

  private static boolean isScalar(ValueType type) {
    return type != null && type.isScalar();
  }

  /**
   * The one worker that computes all inputs that are missing, or null. When none is missing any
   * more, the worker that computed one of them: what was submitted before may be on its way there.
   */
  private static AcceleratorWorker route(Value[] inputs) {
    AcceleratorWorker common = null;
    AcceleratorWorker earlier = null;
    for (Value input : inputs) {
      if (input instanceof Handle handle) {
        AcceleratorWorker worker = handle.route() instanceof AcceleratorWorker each ? each : null;
        if (handle.isDone()) {
          earlier = worker == null ? earlier : worker;
        } else if (worker == null || common != null && common != worker) {
          return null;
        } else {
          common = worker;
        }
      }
    }
    return common == null ? earlier : common;
  }

  /** The inputs with late numbers as they are; null without such, or when others are missing. */
  private static Value[] completeButNumbers(Task task) {
    Value[] inputs = task.inputs();
    Value[] complete = task.completeInputs();
    boolean anyLate = false;
    for (int i = 0; i < complete.length; i++) {
      boolean isLate = LateNumbers.isLate(inputs[i]) && !hasFailed((Handle) inputs[i]);
      if (isLate) {
        complete[i] = inputs[i];
      } else if (complete[i] == null) {
        return null;
      }
      anyLate |= isLate;
    }
    return anyLate ? complete : null;
  }

  private static boolean hasFailed(Handle handle) {
    return handle.isDone() && handle.valueOrNull() == null;
  }

  private static boolean areDecided(Value[] inputs) {
    for (Value input : inputs) {
      if (input instanceof Handle handle && !handle.isDone()) {
        return false;
      }
    }
    return true;
  }

  private static boolean areThere(Value[] inputs) {
    for (Value input : inputs) {
      if (input instanceof Handle handle && handle.valueOrNull() == null) {
        return false;
      }
    }
    return true;
  }
}
