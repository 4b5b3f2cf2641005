package dev.reprise.engine.pipeline;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.PinnedOperands;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.resource.Resources;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.ShortageException;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;

/**
 * The way of an operation over few cells, which takes less time than the {@link Pipeline}'s
 * questions do: it is not looked up, and no accelerator, no disk and no list has to do with it.
 *
 * <pre>
 *   10 x 10 cells, an operation with all around it     pipeline 0.3 us      here 0.2 us
 * </pre>
 *
 * <p>What does not fit goes the long way, as if nobody had tried: same kernels, bits and counts. So
 * does everything while memory is short: who lacks it goes on trying for as long as others are seen
 * to succeed. Stateless; called by control threads.
 */
final class ShortWay {
  /**
   * What a loop of one chain is {@linkplain dev.reprise.engine.fusion.FusableStep not worth}; in 8
   * KiB, so that the cells never leave host memory while no accelerator is open.
   */
  private static final long LEAST_CELLS_BEYOND = 1 << 10;

  private final CpuDevice device;
  private final KernelRunner kernels;

  private final HostMemory memory;
  private final RowSlices slices;

  /** Whether work is counted, for who may keep what is made of it. */
  private final boolean countsWork;

  ShortWay(Resources resources, RowSlices slices, boolean countsWork) {
    this.device = resources.device();
    this.kernels = resources.kernels();
    this.memory = resources.memory();
    this.slices = slices;
    this.countsWork = countsWork;
  }

  /** Whether the operation may be tried here. */
  boolean takes(LinkedOperation operation) {
    return device.takesFew(operation.operation());
  }

  /**
   * Computes an operation that it {@linkplain #takes takes}.
   *
   * @param inputs borrowed from the activation
   * @param item the traced result; null when nothing is traced, or the iteration is recorded
   * @return the value, of which the caller owns one reference; null when it is to go the long way
   */
  Value computeOrNull(
      ControlContext context,
      Activation activation,
      LinkedOperation operation,
      Value[] inputs,
      LineageItem item) {
    boolean areSuited = operation.slices() ? isSmallSlice(operation, inputs) : areFew(inputs);
    if (!areSuited || kernels.places() || memory.isShort()) {
      return null;
    }
    double work = operation.work(inputs);
    if (work >= Pipeline.COST_GATE_NANOS) {
      return null;
    }
    int stands = context.counters.stand(operation.index(), work);
    long start = stands == 0 ? 0 : System.nanoTime();
    Value value = runOrNull(context, operation, inputs);
    if (value == null) {
      return null;
    }
    if (stands == 0) {
      context.counters.executedUntimed(operation.index());
    } else {
      long took = System.nanoTime() - start;
      context.counters.executed(operation.index(), operation.operation(), start, stands * took);
    }
    if (countsWork && (item != null || activation.isRecorded())) {
      context.work += (long) work;
    }
    Restoration.note(value, item);
    return value;
  }

  /** Cells of a matrix of any size. */
  private boolean isSmallSlice(LinkedOperation operation, Value[] inputs) {
    if (!(inputs[0] instanceof ManagedMatrix matrix) || !isPlain(matrix)) {
      return false;
    }
    for (int i = 1; i < inputs.length; i++) {
      if (!(inputs[i] instanceof Scalar)) {
        return false;
      }
    }
    return !slices.mayView(operation.operation(), inputs);
  }

  /** Numbers, and a matrix at least. */
  private static boolean areFew(Value[] inputs) {
    boolean hasMatrix = false;
    for (Value input : inputs) {
      if (input instanceof ManagedMatrix matrix) {
        long cells = matrix.shape().cells();
        if (cells >= LEAST_CELLS_BEYOND || cells == 0 || !isPlain(matrix)) {
          return false;
        }
        hasMatrix = true;
      } else if (!(input instanceof Scalar)) {
        return false;
      }
    }
    return hasMatrix;
  }

  private static boolean isPlain(ManagedMatrix matrix) {
    return matrix.precision() == Precision.FP64 && !matrix.isCompressed();
  }

  /** Null when the cells are elsewhere, or there is no room for the result. */
  private Value runOrNull(ControlContext context, LinkedOperation operation, Value[] inputs) {
    try (PinnedOperands pinned = PinnedOperands.orNull(inputs)) {
      if (pinned == null) {
        return null;
      }
      Operand output = device.executeFew(operation.operation(), pinned.operands(), context.kernel);
      return output instanceof DenseMatrix matrix ? ManagedMatrix.adopt(matrix) : (Scalar) output;
    } catch (ShortageException e) {
      // Has its turn on the long way, with nothing in hand.
      return null;
    }
  }
}
