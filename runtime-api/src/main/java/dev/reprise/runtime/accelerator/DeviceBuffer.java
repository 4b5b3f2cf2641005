package dev.reprise.runtime.accelerator;

/**
 * A piece of an accelerator's memory. Exactly one owner, who releases it exactly once; any thread
 * may do so, also while kernels that were launched before still use it.
 */
public interface DeviceBuffer {

  /** Bytes that may be used; at least as many as were asked for. */
  long bytes();

  /** Gives the memory back to the accelerator's pool. */
  void release();
}
