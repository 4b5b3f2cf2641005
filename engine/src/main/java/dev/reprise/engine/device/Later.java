package dev.reprise.engine.device;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceTask;

/**
 * Hears of a result that was not there at once: exactly one of {@link #completed} and {@link
 * #failed} is called, on any thread.
 */
public interface Later extends KernelTime {

  /** False when nobody wants the result any more. */
  boolean isWanted();

  @Override
  default void took(AcceleratorWorker worker, long nanos) {}

  /** Hears which worker will compute the result, before it does. */
  default void routed(AcceleratorWorker worker) {}

  /**
   * Takes over where an accelerator will have the result, which is a number that comes later; see
   * {@link DeviceTask#launchedNumber}.
   */
  default void launchedNumber(ManagedMatrix cell) {
    cell.release();
  }

  /**
   * Takes the result's reference over.
   *
   * @param nanos what it took; {@link #ELAPSED} when it took as long as was waited for it
   */
  void completed(Value value, long nanos);

  long ELAPSED = -1;

  /** What it took, for somebody who has waited since a time. */
  static long nanosSince(long start, long nanos) {
    return nanos == ELAPSED ? System.nanoTime() - start : nanos;
  }

  void failed(Throwable error);
}
