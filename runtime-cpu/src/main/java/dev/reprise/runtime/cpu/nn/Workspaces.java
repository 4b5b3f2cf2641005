package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;

/**
 * What the tasks of one kernel call borrow to work on: as many as tasks can run at once, so that
 * one is always free and none depends on how many tasks there are. What they hold is undefined.
 */
final class Workspaces<W> {
  private final ArrayBlockingQueue<W> free;

  /**
   * @param tasks of the call
   * @param maker makes one, on the calling thread
   */
  Workspaces(ExecutionContext context, long tasks, Supplier<W> maker) {
    int count = (int) Math.max(1, Math.min(context.threads(), tasks));
    free = new ArrayBlockingQueue<>(count);
    for (int i = 0; i < count; i++) {
      free.add(maker.get());
    }
  }

  W borrow() {
    return free.remove();
  }

  void giveBack(W space) {
    free.add(space);
  }
}
