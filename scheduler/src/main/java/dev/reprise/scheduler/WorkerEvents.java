package dev.reprise.scheduler;

/** Hears what accelerators' workers do; called on their threads, so it must be quick. */
public interface WorkerEvents {
  /** Hears nothing. */
  WorkerEvents NONE = new WorkerEvents() {};

  /**
   * A task has ended well.
   *
   * @param issuedAt when its launch began, by {@link System#nanoTime}
   * @param nanos time that the device worked on it
   */
  default void executed(String device, DeviceTask task, long issuedAt, long nanos) {}

  /** A task has failed on a device, and may run elsewhere. */
  default void failed(String device, DeviceTask task, Throwable error) {}
}
