package dev.reprise.engine.device;

import dev.reprise.scheduler.AcceleratorWorker;

/** Hears where the kernel of an operation ran, and how long. */
@FunctionalInterface
public interface KernelTime {
  KernelTime UNHEARD = (worker, nanos) -> {};

  /**
   * A kernel has ended; may come after its value was given out.
   *
   * @param worker null when it ran on the processor
   */
  void took(AcceleratorWorker worker, long nanos);
}
