package dev.reprise.runtime.cpu.fusion;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Arrays of one block that loops use again, most recent first: new arrays would come from memory
 * that no cache holds, which costs more than the computation. Any thread; what is beyond the bound
 * is left to the garbage collector.
 */
final class BlockPool {
  static final int BLOCK = 1024;

  /** 1 MiB. */
  private static final int MOST = 128;

  private final ConcurrentLinkedDeque<double[]> free = new ConcurrentLinkedDeque<>();
  // Counts what lies in the deque, roughly: it is changed beside it.
  private final AtomicInteger count = new AtomicInteger();

  /** An array of 1024 cells of any content. */
  double[] take() {
    double[] block = free.pollFirst();
    if (block == null) {
      return new double[BLOCK];
    }
    count.decrementAndGet();
    return block;
  }

  /** Gives an array back that nobody uses any more. */
  void give(double[] block) {
    if (count.get() < MOST) {
      count.incrementAndGet();
      free.addFirst(block);
    }
  }
}
