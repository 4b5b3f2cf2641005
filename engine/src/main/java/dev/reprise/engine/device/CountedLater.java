package dev.reprise.engine.device;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.AcceleratorWorker;

/** Counts a result of an accelerator before it passes that on, as it does everything else. */
public abstract class CountedLater implements Later {
  private final Later later;
  private final long start;

  /**
   * @param start when somebody began to wait for the result
   */
  public CountedLater(Later later, long start) {
    this.later = later;
    this.start = start;
  }

  /** Counts the result, which is released and passed on as a failure when this throws. */
  protected abstract void count(Value value, long nanos);

  @Override
  public final void completed(Value value, long nanos) {
    try {
      count(value, Later.nanosSince(start, nanos));
    } catch (RuntimeException | Error e) {
      value.release();
      later.failed(e);
      return;
    }
    later.completed(value, nanos);
  }

  @Override
  public final boolean isWanted() {
    return later.isWanted();
  }

  @Override
  public final void took(AcceleratorWorker worker, long nanos) {
    later.took(worker, nanos);
  }

  @Override
  public final void routed(AcceleratorWorker worker) {
    later.routed(worker);
  }

  @Override
  public final void launchedNumber(ManagedMatrix cell) {
    later.launchedNumber(cell);
  }

  @Override
  public final void failed(Throwable error) {
    later.failed(error);
  }
}
