package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
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

  /**
   * @param tasks of the call
   * @param cells of a piece
   */
  Slots(Scratch scratch, ExecutionContext context, long tasks, long cells, Precision precision) {
    int count = (int) Math.max(1, Math.min(context.threads(), tasks));
    free = new ArrayBlockingQueue<>(count);
    for (int i = 0; i < count; i++) {
      free.add(scratch.bytes(Math.multiplyExact(cells, precision.bytesPerCell())));
    }
  }

  MemorySegment borrow() {
    return free.remove();
  }

  void giveBack(MemorySegment slot) {
    free.add(slot);
  }
}
