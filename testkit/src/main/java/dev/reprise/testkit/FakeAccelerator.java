package dev.reprise.testkit;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * An accelerator for tests: memory of its own with a limit, kernels borrowed from another device,
 * and failures when they are ordered. It checks what callers owe it: operands must be its own and
 * alive.
 *
 * <p>Failures are ordered by count: the first call has the number 1. Thread-safe.
 */
public final class FakeAccelerator implements Accelerator {
  private final AcceleratorInfo info;
  private final BorrowedKernels kernels;
  private final FakeMemory memory;
  private final AtomicLong parts = new AtomicLong();
  private volatile long partAlignment = 256;
  private volatile long failingPart = -1;
  private final OrderedCalls allocations = new OrderedCalls();
  private final OrderedCalls launches = new OrderedCalls();
  private final OrderedCalls copies = new OrderedCalls();
  private final OrderedCalls marks = new OrderedCalls();
  private final OrderedCalls peerCopies = new OrderedCalls();
  private final List<String> log = new ArrayList<>();

  private volatile double peerRate;
  private volatile Runnable beforeLaunch = () -> {};
  private volatile Runnable beforeCopy = () -> {};
  private volatile BooleanSupplier fuses = () -> true;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean measures = true;
  private volatile boolean lost;
  private volatile boolean closed;

  /**
   * @param name {@code fake:0}
   * @param kernels computes what is launched; takes dense matrices
   * @param limit most bytes of its memory
   */
  public FakeAccelerator(String name, Device kernels, long limit) {
    this.info = new AcceleratorInfo(name, "a fake", "for tests", limit, limit, 1, false, true);
    this.kernels = new BorrowedKernels(kernels);
    this.memory = new FakeMemory(name, limit);
  }

  /** A provider that finds these. */
  public static AcceleratorProvider provider(String kind, FakeAccelerator... all) {
    return new AcceleratorProvider() {
      @Override
      public String kind() {
        return kind;
      }

      @Override
      public Discovery discover(Path natives) {
        List<Candidate> found = new ArrayList<>();
        for (FakeAccelerator each : all) {
          found.add(
              new Candidate() {
                @Override
                public AcceleratorInfo info() {
                  return each.info();
                }

                @Override
                public Accelerator open() {
                  return each;
                }
              });
        }
        return new Discovery(found, List.of());
      }
    };
  }

  // ---- orders

  /** The nth allocation runs out of memory. */
  public FakeAccelerator failAllocation(long number) {
    allocations.failAt(number);
    return this;
  }

  /** The nth launch fails. */
  public FakeAccelerator failLaunch(long number) {
    launches.failAt(number);
    return this;
  }

  /** At the nth launch the device disappears. */
  public FakeAccelerator loseAtLaunch(long number) {
    launches.loseAt(number);
    return this;
  }

  /** At the nth copy, in either direction, the device disappears. */
  public FakeAccelerator loseAtCopy(long number) {
    copies.loseAt(number);
    return this;
  }

  /** While the nth mark is waited for the device disappears. */
  public FakeAccelerator loseAtMark(long number) {
    marks.loseAt(number);
    return this;
  }

  /** Who waits for the nth mark learns that a kernel failed; the device goes on. */
  public FakeAccelerator failMark(long number) {
    marks.failAt(number);
    return this;
  }

  /** No mark is reached before the gate opens: the kernels are long. */
  public FakeAccelerator holdMarks(CountDownLatch until) {
    gate = until;
    return this;
  }

  private void awaitGate() {
    boolean interrupted = false;
    while (gate.getCount() > 0) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on leaves numbers in its memory, as real ones do, instead of handing them over. */
  public FakeAccelerator leaveNumbers() {
    kernels.leaveNumbers();
    return this;
  }

  /** Lets cells come from other fakes directly, at so many bytes per nanosecond. */
  public FakeAccelerator withPeers(double bytesPerNano) {
    peerRate = bytesPerNano;
    return this;
  }

  /** Parts of buffers begin at multiples of so many bytes only; 0 for no parts. */
  public FakeAccelerator alignParts(long bytes) {
    partAlignment = bytes;
    return this;
  }

  /** The nth part cannot be had. */
  public FakeAccelerator failPart(long number) {
    failingPart = number;
    return this;
  }

  /** The nth copy from a peer fails, and the peer is lost. */
  public FakeAccelerator losePeerAtCopy(long number) {
    peerCopies.loseAt(number);
    return this;
  }

  /** Runs before every launch, on the worker's thread: may wait, to make the device slow. */
  public FakeAccelerator beforeLaunch(Runnable action) {
    beforeLaunch = action;
    return this;
  }

  /** Refuses fused loops unless this says yes, whoever asks for one to be placed. */
  public FakeAccelerator fuseIf(BooleanSupplier condition) {
    fuses = condition;
    return this;
  }

  /** Runs before every copy. */
  public FakeAccelerator beforeCopy(Runnable action) {
    beforeCopy = action;
    return this;
  }

  // ---- what happened

  public long allocations() {
    return allocations.count();
  }

  public long launches() {
    return launches.count();
  }

  public long copies() {
    return copies.count();
  }

  /** Copies that came from other accelerators. */
  public long peerCopies() {
    return peerCopies.count();
  }

  /** Parts of buffers that launches were to read. */
  public long parts() {
    return parts.get();
  }

  public long marks() {
    return marks.count();
  }

  /** Opcodes in the order of their launches; {@code fused} for several operations in one. */
  public List<String> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  public boolean isClosed() {
    return closed;
  }

  // ---- the accelerator

  @Override
  public AcceleratorInfo info() {
    return info;
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] described) {
    return FakeOperations.areKnown(operation, described);
  }

  @Override
  public DeviceOperand[] launch(
      Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator) {
    begin(operation.name());
    return kernels.execute(operation, inputs, allocator, launches.count());
  }

  private void begin(String name) {
    checkAlive();
    beforeLaunch.run();
    synchronized (log) {
      log.add(name);
    }
    count(launches, "launch");
  }

  /** Counts a call and does what was ordered for it. */
  private void count(OrderedCalls calls, String what) {
    long number = calls.next();
    loseIf(calls.losesAt(number));
    checkAlive();
    if (calls.failsAt(number)) {
      throw new DeviceException(
          name() + ": " + what + " " + number + " was ordered to fail", false);
    }
  }

  @Override
  public boolean supports(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] described,
      long rows,
      long cols) {
    return fuses.getAsBoolean() && FakeOperations.areKnown(expression, precision, described);
  }

  @Override
  public DeviceOperand[] launch(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] leaves,
      long rows,
      long cols,
      DeviceAllocator allocator) {
    begin("fused");
    return kernels.execute(expression, precision, leaves, allocator, launches.count());
  }

  private void beginCopy() {
    checkAlive();
    beforeCopy.run();
    count(copies, "copy");
  }

  private void loseIf(boolean now) {
    if (now) {
      lost = true;
    }
  }

  private void checkAlive() {
    if (closed) {
      throw new IllegalStateException(name() + " is used after it was closed");
    }
    if (lost) {
      throw new DeviceException(name() + " is lost", true);
    }
  }

  /** From now on what operations take is a share of what several took. */
  public void measureNothing() {
    measures = false;
  }

  @Override
  public Mark mark() {
    long behind = launches.count();
    return new Mark() {
      @Override
      public boolean isReached() {
        return lost || gate.getCount() == 0;
      }

      @Override
      public void await() {
        awaitGate();
        count(marks, "mark");
        memory.reached(behind);
      }

      @Override
      public long nanos() {
        return 1_000;
      }

      @Override
      public boolean isMeasured() {
        return measures;
      }

      @Override
      public void release() {}
    };
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    beginCopy();
    MemorySegment.copy(from, 0, FakeMemory.cells(to), 0, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    beginCopy();
    MemorySegment.copy(memory.completeCells(from), 0, to, 0, bytes);
  }

  @Override
  public double peerRate(Accelerator peer) {
    return peer instanceof FakeAccelerator && peer != this ? peerRate : 0;
  }

  @Override
  public void copyFromPeer(Accelerator peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    FakeAccelerator other = (FakeAccelerator) peer;
    checkAlive();
    other.loseIf(peerCopies.losesAt(peerCopies.next()));
    other.checkAlive();
    MemorySegment.copy(other.memory.completeCells(from), 0, FakeMemory.cells(to), 0, bytes);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    checkAlive();
    if (allocations.failsAt(allocations.next())) {
      throw memory.shortage();
    }
    return memory.allocate(bytes);
  }

  @Override
  public long partAlignment() {
    return partAlignment;
  }

  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    checkAlive();
    if (firstByte % partAlignment != 0) {
      throw new IllegalArgumentException("no part begins at byte " + firstByte);
    }
    if (parts.incrementAndGet() == failingPart) {
      throw memory.shortage();
    }
    return memory.part(whole, firstByte, bytes);
  }

  @Override
  public long liveBuffers() {
    return memory.live();
  }

  /** Buffers of the borrowed kernels that were not given back. */
  public long liveScratch() {
    return kernels.liveScratch();
  }

  @Override
  public long usedBytes() {
    return memory.used();
  }

  @Override
  public long mappedBytes() {
    return memory.used();
  }

  @Override
  public void trim() {}

  @Override
  public void close() {
    closed = true;
  }
}
