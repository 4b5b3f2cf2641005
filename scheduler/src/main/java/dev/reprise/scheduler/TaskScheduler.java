package dev.reprise.scheduler;

/** Takes tasks and runs each once its inputs are there. */
public interface TaskScheduler {

  /**
   * Takes over a task. Never waits and never runs the task on the calling thread. After this
   * exactly one of {@link Task#run}, {@link Task#inputFailed} and {@link Task#cancelled} will be
   * called.
   *
   * @throws IllegalStateException when the task was submitted before
   */
  void submit(Task task);
}
