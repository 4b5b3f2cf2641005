package dev.reprise.engine.worth;

import dev.reprise.cache.Credit;
import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What keeping the values of one instruction, function or block has cost and saved so far, in
 * nanoseconds: a value is kept when its account can pay for it.
 *
 * <pre>
 *   income     what found values would have cost to compute, and values that came a second time
 *              after they had not been kept
 *              1/64 of the work of each execution; for functions and blocks 1/256
 *              once: four executions, of a block one (the largest so far), and half a millisecond
 *   expenses   1 ns for each byte of a value that is kept
 * </pre>
 *
 * <p>So keeping costs a program at most what it saves, a fiftieth of its work, and four executions
 * of each instruction, whatever it computes; and what takes an instruction more than 64 ns per byte
 * is always kept. All numbers are estimates from shapes, so two runs keep the same values.
 *
 * <p>Keeping is not free because a kept value's memory is not there for the next value, which
 * therefore gets new pages of the system: 0.25 to 1.4 ms per megabyte on the machines that were
 * measured, while adding two matrices takes 0.1 ms per megabyte of its result.
 *
 * <p>Work is that of one core. A GPU does as much in a fraction of the time, and memory that was
 * given up there is handed out again without new pages; so both count for less where the last value
 * was made on one. What a training loop on a GPU computes would otherwise nearly always be kept:
 * the memory would be full of it, and since each value that is kept needs another place the next
 * time, its iterations could not be issued as they were before.
 *
 * <p>Threads: any; each number changes atomically, so workers share the account of an instruction.
 */
public final class SiteAccount {
  /** Cost of new memory. */
  static final double KEEPING_NANOS_PER_BYTE = 1;

  /** The same on a GPU: what the cache holds there is moved to the host sooner or later. */
  private static final double KEEPING_NANOS_PER_BYTE_ON_GPU = 0.2;

  /**
   * How much a GPU does in the time in which a core does a part of it: of cells that are streamed
   * some 200 times as much on an H100, of large products ten times that.
   */
  private static final double GPU_SPEED = 100;

  /** What the smallest operation takes there. */
  private static final double GPU_LAUNCH_NANOS = 5_000;

  private static final long ALLOWANCE_NANOS = 500_000;

  /** Keeping may take the time divided by this without any use. */
  private final int share;

  /** Executions that are paid in advance. */
  private final int trustedExecutions;

  private final AtomicLong balance = new AtomicLong(ALLOWANCE_NANOS);

  private final Asking asking;
  private final AskingByContent askingByContent = new AskingByContent();

  /** The most work of an execution so far, for which trust was given. */
  private final AtomicLong trusted = new AtomicLong();

  // Where the last value was made. Plain: whoever misses a change decides by where the one before
  // was made.
  private boolean onGpu;

  private SiteAccount(int share, int trustedExecutions, Asking asking) {
    this.share = share;
    this.trustedExecutions = trustedExecutions;
    this.asking = asking;
  }

  /** Of an instruction. */
  public static SiteAccount ofInstruction() {
    return new SiteAccount(64, 4, Asking.ofInstruction());
  }

  /** Calls contain calls, and what the instructions in them keep is paid for already. */
  public static SiteAccount ofFunction(int variables) {
    return new SiteAccount(256, 4, Asking.ofRegion(variables));
  }

  /** Blocks are met far more often than calls and found far more rarely. */
  public static SiteAccount ofBlock(int variables) {
    return new SiteAccount(256, 1, Asking.ofRegion(variables));
  }

  /** Whether values of this instruction, function or block are still asked for. */
  public Asking asking() {
    return asking;
  }

  /** Whether calls of this function or executions of this block are asked for by contents. */
  public AskingByContent askingByContent() {
    return askingByContent;
  }

  /**
   * Notes where a value, or what a call or block leaves, has just been made.
   *
   * @param values complete; null where there is none
   */
  public void made(Value... values) {
    boolean any = false;
    for (Value each : values) {
      any |= each != null && isOnGpu(each);
    }
    onGpu = any;
  }

  private static boolean isOnGpu(Value value) {
    return switch (value) {
      case ManagedMatrix matrix -> matrix.isOnGpuAlone();
      case ListValue list -> list.elements().stream().anyMatch(SiteAccount::isOnGpu);
      case Handle handle -> handle.valueOrNull() != null && isOnGpu(handle.valueOrNull());
      default -> false;
    };
  }

  /** True when every key is asked for: see {@link Asking#isForAll}. */
  public boolean asksForAll(double work) {
    return asking.isForAll(nanos(work));
  }

  /** True when carried values are asked for: see {@link Asking#isForCarried}. */
  public boolean asksForCarried(double work) {
    return asking.isForCarried(nanos(work));
  }

  /** Estimated time where the last value was made. */
  private double nanos(double work) {
    return onGpu ? GPU_LAUNCH_NANOS + work / GPU_SPEED : work;
  }

  private double price(long bytes) {
    return (onGpu ? KEEPING_NANOS_PER_BYTE_ON_GPU : KEEPING_NANOS_PER_BYTE) * bytes;
  }

  /**
   * Whether a value is to be kept; if so, it is paid.
   *
   * @param work estimated nanoseconds of computing it
   * @param bytes memory that is taken by keeping it
   */
  boolean pays(double work, long bytes) {
    double price = price(bytes);
    double nanos = nanos(work);
    if (price * share <= nanos) {
      return true;
    }
    long cost = (long) price;
    balance.addAndGet((long) (nanos / share) + trust((long) nanos));
    while (true) {
      long before = balance.get();
      if (before < cost) {
        return false;
      }
      if (balance.compareAndSet(before, before - cost)) {
        return true;
      }
    }
  }

  /** Whether {@link #pays} would say yes, if the execution were no income. */
  boolean canPay(double work, long bytes) {
    double price = price(bytes);
    return price * share <= nanos(work) || balance.get() >= (long) price;
  }

  private long trust(long nanos) {
    if (nanos <= trusted.get()) {
      return 0;
    }
    long before = trusted.getAndAccumulate(nanos, Math::max);
    return trustedExecutions * Math.max(0, nanos - before);
  }

  /** A value that this account paid for was found, or one that it did not pay for was missed. */
  public void saves(double work) {
    asking.cameAgain();
    balance.addAndGet((long) nanos(work));
  }

  /** As the other, of what was found by contents: that says nothing of histories. */
  public void savesByContent(double work) {
    askingByContent.cameAgain();
    balance.addAndGet((long) nanos(work));
  }

  /** Tells this account when a kept value is found. */
  Credit credit(double work) {
    return () -> saves(work);
  }
}
