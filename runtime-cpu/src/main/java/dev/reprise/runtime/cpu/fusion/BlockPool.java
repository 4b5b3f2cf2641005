package dev.reprise.runtime.cpu.fusion;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Arrays of one block that loops use again, most recent first: new arrays would come from memory
 * that no cache holds, which costs more than the computation. Any thread; what is beyond the bound
 * is left to the garbage collector.
 *
 * @param <A> arrays of the cells
 */
final class BlockPool<A> {
  static final int BLOCK = 1024;

  /** 1 MiB of doubles. */
  private static final int MOST = 128;

  private final CellType<A> type;
  private final ConcurrentLinkedDeque<A> free = new ConcurrentLinkedDeque<>();
  // Counts what lies in the deque, roughly: it is changed beside it.
  private final AtomicInteger count = new AtomicInteger();

  BlockPool(CellType<A> type) {
    this.type = type;
  }

  /** An array of 1024 cells of any content. */
  A take() {
    A block = free.pollFirst();
    if (block == null) {
      return type.array(BLOCK);
    }
    count.decrementAndGet();
    return block;
  }

  /** Gives an array back that nobody uses any more. */
  void give(A block) {
    if (count.get() < MOST) {
      count.incrementAndGet();
      free.addFirst(block);
    }
  }

  /** Arrays that several threads take and that are given back together. */
  static final class Loan<A> implements AutoCloseable {
    private final BlockPool<A> pool;
    private final ConcurrentLinkedQueue<A> taken = new ConcurrentLinkedQueue<>();

    Loan(BlockPool<A> pool) {
      this.pool = pool;
    }

    A take() {
      A block = pool.take();
      taken.add(block);
      return block;
    }

    /** Gives all arrays back; they must not be used any more. */
    @Override
    public void close() {
      taken.forEach(pool::give);
      taken.clear();
    }
  }
}
