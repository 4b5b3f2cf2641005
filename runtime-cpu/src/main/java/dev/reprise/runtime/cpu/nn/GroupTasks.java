package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.util.function.Supplier;

/** Runs the tasks of a kernel call for a convolution, which are as many for each of its groups. */
record GroupTasks(int groups, Parallel parallel, ExecutionContext context) {

  /**
   * A task of a group.
   *
   * @param <S> what tasks work with
   */
  @FunctionalInterface
  interface Task<S> {
    /**
     * Runs it.
     *
     * @param number among those of its group
     */
    void run(int group, long number, S space);
  }

  /**
   * Runs short tasks, neighbouring ones one after the other with the same space.
   *
   * @param tasks of each group
   * @param grain tasks that pay for making a space
   * @param maker makes what tasks work with, on the thread that runs them
   */
  <S> void runShort(long tasks, long grain, Supplier<S> maker, Task<S> body) {
    parallel.forRange(
        context,
        groups * tasks,
        grain,
        (from, to) -> {
          S space = maker.get();
          for (long i = from; i < to; i++) {
            body.run((int) (i / tasks), i % tasks, space);
          }
        });
  }

  /**
   * Runs long tasks, each with a space that it has for itself meanwhile.
   *
   * @param tasks of each group
   * @param maker makes what tasks work with, on the calling thread
   */
  <S> void runLong(long tasks, Supplier<S> maker, Task<S> body) {
    Slots<S> spaces = new Slots<>(context, groups * tasks, maker);
    spaces.forEach(
        parallel,
        context,
        groups * tasks,
        (task, space) -> body.run((int) (task / tasks), task % tasks, space));
  }
}
