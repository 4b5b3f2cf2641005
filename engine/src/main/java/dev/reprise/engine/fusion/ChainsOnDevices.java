package dev.reprise.engine.fusion;

import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.CountedLater;
import dev.reprise.engine.device.ExpressionUse;
import dev.reprise.engine.device.LateCall;
import dev.reprise.engine.device.LateNumbers;
import dev.reprise.engine.device.Later;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.report.Tally;
import dev.reprise.engine.resource.Resources;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Shapes;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.FusedOperations;
import dev.reprise.scheduler.TaskScheduler;
import java.util.function.Function;

/**
 * Fused chains on accelerators: which are worth a kernel of their own, and where they run.
 *
 * <p>A chain runs operation by operation until its expression is worth a kernel ({@link
 * ExpressionUse}). Nothing else depends on that: a fused kernel gives the bits of its operations.
 *
 * <p>Thread-safe.
 */
public final class ChainsOnDevices {
  private final Accelerators accelerators;
  private final TaskScheduler pool;

  /** The value of every operation is looked at, so nothing is fused. */
  private final boolean trapped;

  private final int counter;

  public ChainsOnDevices(Resources resources) {
    this.accelerators = resources.accelerators();
    this.pool = resources.scheduler();
    this.trapped = resources.trap() != null;
    this.counter = resources.opcodes().fusedOnDevices();
  }

  /** True when accelerators are open, so that chains may run there. */
  boolean isActive() {
    return !trapped && accelerators.isOpen();
  }

  /** True when chains of any size go to an accelerator, since nothing is weighed. */
  boolean takesSmall() {
    return accelerators.isFixed();
  }

  /** Looks for accelerators when work comes that is worth it. */
  void notice(double work) {
    if (!trapped) {
      accelerators.notice(work);
    }
  }

  /** A fused loop has run on the processor. */
  void ranOnHost(FusedCall call, long nanos) {
    if (isActive()) {
      accelerators.ranOnHost(work(call), call.workNanos, nanos);
    }
  }

  /**
   * True when the call is to be fused, on whatever device: an accelerator has, or is worth, a
   * kernel of the expression; or all lies ready for the processor, which is a choice.
   */
  boolean fuses(FusedCall call) {
    return accelerators.isPossible(work(call), described(call)) && isWorthKernel(call)
        || accelerators.weighs() && isOnHost(call);
  }

  private boolean isWorthKernel(FusedCall call) {
    return accelerators.expressions().isWorthKernel(call.cells(), call.shape.cells());
  }

  private static boolean isOnHost(FusedCall call) {
    for (Value leaf : call.leaves) {
      boolean there =
          leaf instanceof Scalar
              || leaf instanceof ManagedMatrix matrix && (matrix.isOnHost() || !matrix.isOnDevice())
              || leaf instanceof RowsView view
                  && (view.source().isOnHost() || !view.source().isOnDevice());
      if (!there) {
        return false;
      }
    }
    return true;
  }

  private static FusedOperations work(FusedCall call) {
    Operation root = call.root().operation().operation();
    return new FusedOperations(call.cells(), root, call.shape.rows(), call.shape.cols());
  }

  /** Leaves as accelerators are asked about them; those to come are taken to be what they seem. */
  private static DeviceOperand[] described(FusedCall call) {
    DeviceOperand[] described = new DeviceOperand[call.leaves.length];
    for (int i = 0; i < described.length; i++) {
      Shape shape = Shapes.of(call.leaves[i]);
      described[i] =
          shape != null
              ? DeviceMatrix.described(shape, call.precision())
              : call.leaves[i] instanceof Scalar scalar ? scalar : Scalar.of(0.5);
    }
    return described;
  }

  /** True when the leaves are what the call was fused for, now that all are there. */
  static boolean fits(FusedCall call, Value[] leaves) {
    for (Value leaf : leaves) {
      boolean fits =
          switch (leaf) {
            case ManagedMatrix matrix ->
                matrix.precision() == call.precision() && !matrix.isCompressed();
            case RowsView view -> view.precision() == call.precision();
            case Handle number -> LateNumbers.isLate(number);
            default -> Scalar.isNumber(leaf);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /**
   * Hands a chain to an accelerator's worker, if the placement chooses one.
   *
   * @param leaves complete, but for numbers that an accelerator has, and fitting; referenced until
   *     {@code later} has been told
   * @param onHost computes the same without that accelerator, from leaves that are there
   * @return false when it is to run on the processor, or needs to know those numbers; {@code later}
   *     hears nothing then
   */
  boolean submit(
      FusedCall call, Value[] leaves, Function<Value[], Value> onHost, Tally tally, Later later) {
    if (!isActive()) {
      return false;
    }
    FusedOperations work = work(call);
    AcceleratorWorker worker = accelerators.place(work, leaves, call.workNanos);
    Value[] there = worker == null ? null : accelerators.numbers().ofChain(worker, leaves);
    if (there == null) {
      return false;
    }
    later.routed(worker);
    Counted counted = new Counted(later, call, tally, System.nanoTime());
    worker.submit(
        new LateCall(
            work,
            there,
            worker,
            accelerators,
            call.workNanos,
            complete -> counted.elsewhere(onHost, complete),
            pool::submit,
            counted));
    return true;
  }

  /** True when a value is still to come, or has failed to, or is taken where a device has it. */
  static boolean isMissing(Value leaf) {
    return leaf instanceof Handle handle
        && (handle.valueOrNull() == null || LateNumbers.isLate(handle));
  }

  /** Counts a chain that an accelerator has computed. */
  private final class Counted extends CountedLater {
    private final FusedCall call;
    private final Tally tally;

    // By the thread that completes: what ran instead has counted itself.
    private boolean isCounted;

    Counted(Later later, FusedCall call, Tally tally, long start) {
      super(later, start);
      this.call = call;
      this.tally = tally;
    }

    Value elsewhere(Function<Value[], Value> onHost, Value[] complete) {
      isCounted = true;
      return onHost.apply(complete);
    }

    @Override
    protected void count(Value value, long nanos) {
      if (!isCounted) {
        tally.executedElsewhere(counter, call.root().operation().operation(), nanos);
        Restoration.note(value, call.rootItem());
      }
    }
  }
}
