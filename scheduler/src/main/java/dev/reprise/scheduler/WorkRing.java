package dev.reprise.scheduler;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Work on its way to one thread, which takes it as it comes; what the ring has no room for comes
 * later than what is added to it meanwhile. Adding never waits.
 *
 * <pre>
 *   add --> ring --> take, take, take, caughtUp --> waits for more
 *      \--> overflow, when the ring is full --^
 * </pre>
 *
 * <p><b>No work is overlooked.</b> Who finds the ring full puts his work into the overflow and then
 * tries to wake the thread through the ring. The thread gives the ring's slots back before it looks
 * at the overflow for the last time. So either the ring has room for the wake-up, or that look
 * comes after the work.
 *
 * <p><b>Napping.</b> While it has {@link Taker#caughtUp caught up}, the thread may nap a little
 * instead of waiting for work: whoever adds reads {@code sleeper} after the ring's cursor has
 * moved, and the thread reads the cursor after it has set {@code sleeper}: one of the two sees the
 * other.
 */
final class WorkRing implements AutoCloseable {

  /** What the thread does; must throw nothing. */
  interface Taker {
    /** Takes one piece of work. */
    void take(Object work);

    /** All that has come so far was taken; may do other things until {@link #hasMore}. */
    void caughtUp();
  }

  private static final class Slot {
    private Object work;
  }

  /** Says so to those who must not wait on it. */
  private static final class WorkerThread extends Thread {
    /**
     * Numbers that are made of one another are completed one within another: a chain of 250 takes
     * between a quarter and half a MiB. Said here so that no option of the JVM changes it.
     */
    private static final long STACK_BYTES = 4 << 20;

    WorkerThread(Runnable work, String name) {
      super(null, work, name, STACK_BYTES);
      setDaemon(true);
    }
  }

  private final Taker taker;
  private final Disruptor<Slot> disruptor;
  private final RingBuffer<Slot> ring;
  private final Queue<Object> overflow = new ConcurrentLinkedQueue<>();

  // The thread while it naps.
  private volatile Thread sleeper;

  // The thread's alone: what it has taken of the ring.
  private long taken = -1;

  /**
   * @param size slots of the ring, a power of two
   */
  WorkRing(String threadName, int size, Taker taker) {
    this.taker = taker;
    this.disruptor =
        new Disruptor<>(
            Slot::new,
            size,
            work -> new WorkerThread(work, threadName),
            ProducerType.MULTI,
            new BlockingWaitStrategy());
    disruptor.handleEventsWith(new Handler());
    this.ring = disruptor.getRingBuffer();
  }

  /** Starts the thread. */
  void start() {
    disruptor.start();
  }

  /** True on the thread of any ring. */
  static boolean isCurrent() {
    return Thread.currentThread() instanceof WorkerThread;
  }

  /** Adds work; by any thread. */
  void add(Object work) {
    if (!ring.tryPublishEvent((slot, sequence, added) -> slot.work = added, work)) {
      overflow.add(work);
      // The thread may have emptied the ring meanwhile and gone to sleep. When there is no room for
      // this either, it has yet to look at the overflow.
      ring.tryPublishEvent((slot, sequence) -> slot.work = null);
    }
    Thread napping = sleeper;
    if (napping != null) {
      LockSupport.unpark(napping);
    }
  }

  // ---- by the thread

  private final class Handler implements EventHandler<Slot> {
    private Sequence consumed;

    @Override
    public void setSequenceCallback(Sequence sequence) {
      consumed = sequence;
    }

    @Override
    public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
      Object work = slot.work;
      slot.work = null;
      if (work != null) {
        taker.take(work);
      }
      if (endOfBatch) {
        taken = sequence;
        // Volatile: the slots are free before the overflow is looked at.
        consumed.setVolatile(sequence);
        takeOverflow();
        taker.caughtUp();
      }
    }
  }

  /** True when more has come into the ring than was taken. */
  boolean hasMore() {
    return ring.getCursor() != taken;
  }

  /** Takes what the ring had no room for. */
  void takeOverflow() {
    for (Object more = overflow.poll(); more != null; more = overflow.poll()) {
      taker.take(more);
    }
  }

  /** Waits so long, or until more comes. */
  void nap(long nanos) {
    sleeper = Thread.currentThread();
    if (!hasMore()) {
      LockSupport.parkNanos(nanos);
    }
    sleeper = null;
  }

  /** Ends the thread once it has taken what is in the ring. */
  @Override
  public void close() {
    disruptor.shutdown();
  }
}
