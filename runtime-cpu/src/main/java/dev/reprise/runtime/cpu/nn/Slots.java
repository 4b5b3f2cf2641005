package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;

/**
 * What the tasks of one kernel call borrow to work with: as much as tasks can run at once, so that
 * there is always something free and nothing depends on how many tasks there are. What is in it is
 * undefined.
 *
 * @param <S> what a task borrows
 */
final class Slots<S> {
  private final ArrayBlockingQueue<S> free;

  /**
   * @param tasks of the call
   * @param maker makes what a task borrows, on the calling thread
   */
  Slots(ExecutionContext context, long tasks, Supplier<S> maker) {
    int count = (int) Math.max(1, Math.min(context.threads(), tasks));
    free = new ArrayBlockingQueue<>(count);
    for (int i = 0; i < count; i++) {
      free.add(maker.get());
    }
  }

  /**
   * Pieces of scratch memory.
   *
   * @param cells of a piece
   */
  static Slots<MemorySegment> ofCells(
      Scratch scratch, ExecutionContext context, long tasks, long cells, Precision precision) {
    return ofBytes(scratch, context, tasks, Math.multiplyExact(cells, precision.bytesPerCell()));
  }

  /** As the other, of so many bytes, aligned to 64. */
  static Slots<MemorySegment> ofBytes(
      Scratch scratch, ExecutionContext context, long tasks, long bytes) {
    return new Slots<>(context, tasks, () -> scratch.bytes(bytes));
  }

  /** A task that works with what it borrows. */
  @FunctionalInterface
  interface Task<S> {
    void run(long number, S slot);
  }

  /**
   * Runs tasks, each with a slot of its own meanwhile.
   *
   * @param tasks as many as the slots were made for
   */
  void forEach(Parallel parallel, ExecutionContext context, long tasks, Task<S> body) {
    parallel.forEach(
        context,
        tasks,
        task -> {
          S slot = borrow();
          try {
            body.run(task, slot);
          } finally {
            giveBack(slot);
          }
        });
  }

  S borrow() {
    return free.remove();
  }

  void giveBack(S slot) {
    free.add(slot);
  }
}
