package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Pieces of scratch memory that the tasks of one kernel call borrow: as many as tasks can run at
 * once, so that one is always free and none depends on how many tasks there are. What a piece holds
 * is undefined.
 */
final class Slots {
  private final ArrayBlockingQueue<MemorySegment> free;

  Slots(Scratch scratch, ExecutionContext context, long tasks, long cells) {
    int count = (int) Math.max(1, Math.min(context.threads(), tasks));
    free = new ArrayBlockingQueue<>(count);
    for (int i = 0; i < count; i++) {
      free.add(scratch.doubles(cells));
    }
  }

  MemorySegment borrow() {
    return free.remove();
  }

  void giveBack(MemorySegment slot) {
    free.add(slot);
  }
}
