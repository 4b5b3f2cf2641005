package dev.reprise.testkit;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An accelerator for tests: memory of its own with a limit, kernels borrowed from another device,
 * and failures when they are ordered. It checks what callers owe it: operands must be its own and
 * alive.
 *
 * <p>Failures are ordered by count: the first call has the number 1. Thread-safe.
 */
public final class FakeAccelerator implements Accelerator {
  private static final Set<String> SUPPORTED =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "^",
          ">",
          "<",
          "==",
          "exp",
          "sqrt",
          "abs",
          "matmul",
          "tsmm",
          "mmchain",
          "t",
          "sum",
          "mean",
          "max",
          "min",
          "rowSums",
          "colSums",
          "colMeans",
          "cbind",
          "rbind",
          "rightIndex",
          "leftIndex",
          "rand",
          "matrix",
          "solve",
          "seq",
          "diag");

  /** Those that take compressed matrices among their operands. */
  private static final Set<String> PRODUCTS = Set.of("matmul", "tsmm");

  /** What makes matrices from numbers alone. */
  private static final Set<String> MAKING = Set.of("rand", "matrix", "seq");

  private final AcceleratorInfo info;
  private final Device kernels;
  private final long limit;
  private final CountingAllocator scratch = new CountingAllocator();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong allocations = new AtomicLong();
  private final AtomicLong launches = new AtomicLong();
  private final AtomicLong copies = new AtomicLong();
  private final AtomicLong marks = new AtomicLong();
  private final AtomicLong peerCopies = new AtomicLong();

  /** Launches that have ended, as far as somebody has waited for it. */
  private final AtomicLong reached = new AtomicLong();

  private final List<String> log = new ArrayList<>();

  private volatile long failingAllocation = -1;
  private volatile long failingLaunch = -1;
  private volatile long losingLaunch = -1;
  private volatile long losingCopy = -1;
  private volatile long losingPeerCopy = -1;
  private volatile double peerRate;
  private volatile long losingMark = -1;
  private volatile long failingMark = -1;
  private volatile Runnable beforeLaunch = () -> {};
  private volatile Runnable beforeCopy = () -> {};
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
    this.kernels = kernels;
    this.limit = limit;
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

  /** From the nth allocation on, {@code -1} for never, one allocation runs out of memory. */
  public FakeAccelerator failAllocation(long number) {
    failingAllocation = number;
    return this;
  }

  /** The nth launch fails. */
  public FakeAccelerator failLaunch(long number) {
    failingLaunch = number;
    return this;
  }

  /** At the nth launch the device disappears. */
  public FakeAccelerator loseAtLaunch(long number) {
    losingLaunch = number;
    return this;
  }

  /** At the nth copy, in either direction, the device disappears. */
  public FakeAccelerator loseAtCopy(long number) {
    losingCopy = number;
    return this;
  }

  /** While the nth mark is waited for the device disappears. */
  public FakeAccelerator loseAtMark(long number) {
    losingMark = number;
    return this;
  }

  /** Who waits for the nth mark learns that a kernel failed; the device goes on. */
  public FakeAccelerator failMark(long number) {
    failingMark = number;
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

  /** Lets cells come from other fakes directly, at so many bytes per nanosecond. */
  public FakeAccelerator withPeers(double bytesPerNano) {
    peerRate = bytesPerNano;
    return this;
  }

  /** The nth copy from a peer fails, and the peer is lost. */
  public FakeAccelerator losePeerAtCopy(long number) {
    losingPeerCopy = number;
    return this;
  }

  /** Runs before every launch, on the worker's thread: may wait, to make the device slow. */
  public FakeAccelerator beforeLaunch(Runnable action) {
    beforeLaunch = action;
    return this;
  }

  /** Runs before every copy. */
  public FakeAccelerator beforeCopy(Runnable action) {
    beforeCopy = action;
    return this;
  }

  // ---- what happened

  public long allocations() {
    return allocations.get();
  }

  public long launches() {
    return launches.get();
  }

  public long copies() {
    return copies.get();
  }

  /** Copies that came from other accelerators. */
  public long peerCopies() {
    return peerCopies.get();
  }

  public long marks() {
    return marks.get();
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

  private final class Memory implements DeviceBuffer {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private boolean free;

    /** Number of the launch that makes the cells; 0 for what was copied here. */
    private volatile long madeBy;

    Memory(long bytes) {
      segment = arena.allocate(Math.max(bytes, 1), 64);
    }

    @Override
    public long bytes() {
      return segment.byteSize();
    }

    @Override
    public synchronized void release() {
      if (free) {
        throw new IllegalStateException("device buffer released twice");
      }
      free = true;
      used.addAndGet(-segment.byteSize());
      live.decrementAndGet();
      arena.close();
    }

    synchronized MemorySegment alive() {
      if (free) {
        throw new IllegalStateException("a device buffer is used after its release");
      }
      return segment;
    }
  }

  private static MemorySegment cells(DeviceBuffer buffer) {
    return ((Memory) buffer).alive();
  }

  /**
   * The cells for who is not a launch. Whoever has not waited for a mark behind the launch that
   * makes them would read what a real device has not written yet.
   */
  private MemorySegment completeCells(DeviceBuffer buffer) {
    Memory memory = (Memory) buffer;
    if (memory.madeBy > reached.get()) {
      throw new IllegalStateException(
          "cells of " + name() + " are read before launch " + memory.madeBy + " has ended");
    }
    return memory.alive();
  }

  @Override
  public AcceleratorInfo info() {
    return info;
  }

  @Override
  public boolean supports(Operation operation, DeviceOperand[] described) {
    for (DeviceOperand operand : described) {
      if (operand instanceof DeviceMatrix matrix
          && (matrix.cells() == 0 || matrix.precision() != operation.precision())) {
        return false;
      }
      if (operand instanceof DeviceSparse matrix
          && (!PRODUCTS.contains(operation.name())
              || matrix.precision() != operation.precision())) {
        return false;
      }
    }
    boolean hasMatrix = Arrays.stream(described).anyMatch(each -> !(each instanceof Scalar));
    return SUPPORTED.contains(operation.name()) && (hasMatrix || MAKING.contains(operation.name()));
  }

  @Override
  public DeviceOperand[] launch(
      Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator) {
    begin(operation.name());
    Operand[] operands = new Operand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      operands[i] = onHost(inputs[i]);
    }
    Operand[] results = kernels.execute(operation, operands, new ExecutionContext(scratch, 1));
    return kept(results, allocator);
  }

  private void begin(String name) {
    checkAlive();
    beforeLaunch.run();
    long number = launches.incrementAndGet();
    synchronized (log) {
      log.add(name);
    }
    loseIf(number == losingLaunch);
    checkAlive();
    if (number == failingLaunch) {
      throw new DeviceException(name() + ": launch " + number + " was ordered to fail", false);
    }
  }

  @Override
  public boolean supports(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] described,
      long rows,
      long cols) {
    String aggregate = expression.aggregateOrNull();
    return expression.nodes().stream().allMatch(node -> SUPPORTED.contains(node.opcode()))
        && (aggregate == null || SUPPORTED.contains(aggregate))
        && Arrays.stream(described)
            .allMatch(leaf -> !(leaf instanceof DeviceMatrix m) || m.precision() == precision);
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
    List<Operand> values = new ArrayList<>();
    try {
      for (CellExpression.Node node : expression.nodes()) {
        Operand[] operands =
            node.operands().stream()
                .map(i -> i < 0 ? values.get(~i) : onHost(leaves[i]))
                .toArray(Operand[]::new);
        values.add(executed(node.opcode(), precision, operands));
      }
      if (expression.aggregateOrNull() != null) {
        Operand[] root = {values.getLast()};
        values.add(executed(expression.aggregateOrNull(), precision, root));
      }
      return kept(new Operand[] {values.removeLast()}, allocator);
    } finally {
      values.forEach(FakeAccelerator::release);
    }
  }

  private Operand executed(String opcode, Precision precision, Operand[] operands) {
    Operation operation =
        new Operation(OperationTable.standard().get(opcode), Attributes.none())
            .withPrecision(precision);
    return kernels.execute(operation, operands, new ExecutionContext(scratch, 1))[0];
  }

  private static void release(Operand operand) {
    if (operand instanceof MatrixOperand matrix) {
      matrix.buffer().release();
    }
  }

  private static Operand onHost(DeviceOperand operand) {
    return switch (operand) {
      case Scalar scalar -> scalar;
      case DeviceMatrix matrix -> onHost(matrix);
      case DeviceSparse matrix -> onHost(matrix);
    };
  }

  private static DenseMatrix onHost(DeviceMatrix matrix) {
    MemorySegment cells = cells(matrix.buffer());
    return new DenseMatrix(matrix.rows(), matrix.cols(), matrix.precision(), borrowed(cells));
  }

  private static SparseMatrix onHost(DeviceSparse matrix) {
    MemorySegment cells = cells(matrix.buffer());
    return new SparseMatrix(
        matrix.rows(), matrix.cols(), matrix.precision(), matrix.nonZeros(), borrowed(cells));
  }

  private static Buffer borrowed(MemorySegment cells) {
    return new Buffer() {
      @Override
      public MemorySegment segment() {
        return cells;
      }

      @Override
      public void release() {
        throw new IllegalStateException("a kernel released its input");
      }
    };
  }

  private DeviceOperand[] kept(Operand[] results, DeviceAllocator allocator) {
    DeviceOperand[] outputs = new DeviceOperand[results.length];
    List<DeviceBuffer> taken = new ArrayList<>();
    try {
      for (int i = 0; i < results.length; i++) {
        if (results[i] instanceof MatrixOperand matrix) {
          DenseMatrix dense = matrix instanceof DenseMatrix same ? same : matrix.copyDense(scratch);
          DeviceBuffer buffer = allocator.allocate(dense.bytes());
          taken.add(buffer);
          MemorySegment.copy(dense.segment(), 0, cells(buffer), 0, dense.bytes());
          ((Memory) buffer).madeBy = launches.get();
          outputs[i] = new DeviceMatrix(dense.rows(), dense.cols(), dense.precision(), buffer);
          if (dense != matrix) {
            dense.buffer().release();
          }
        } else {
          outputs[i] = (Scalar) results[i];
        }
      }
      return outputs;
    } catch (RuntimeException e) {
      taken.forEach(DeviceBuffer::release);
      throw e;
    } finally {
      for (Operand result : results) {
        if (result instanceof MatrixOperand matrix) {
          matrix.buffer().release();
        }
      }
    }
  }

  private void beginCopy() {
    checkAlive();
    beforeCopy.run();
    loseIf(copies.incrementAndGet() == losingCopy);
    checkAlive();
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
    long behind = launches.get();
    return new Mark() {
      @Override
      public boolean isReached() {
        return lost || gate.getCount() == 0;
      }

      @Override
      public void await() {
        awaitGate();
        long number = marks.incrementAndGet();
        loseIf(number == losingMark);
        checkAlive();
        if (number == failingMark) {
          throw new DeviceException(name() + ": mark " + number + " was ordered to fail", false);
        }
        reached.accumulateAndGet(behind, Math::max);
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
    MemorySegment.copy(from, 0, cells(to), 0, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    beginCopy();
    MemorySegment.copy(completeCells(from), 0, to, 0, bytes);
  }

  @Override
  public double peerRate(Accelerator peer) {
    return peer instanceof FakeAccelerator && peer != this ? peerRate : 0;
  }

  @Override
  public void copyFromPeer(Accelerator peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    FakeAccelerator other = (FakeAccelerator) peer;
    checkAlive();
    other.loseIf(peerCopies.incrementAndGet() == losingPeerCopy);
    other.checkAlive();
    MemorySegment.copy(other.completeCells(from), 0, cells(to), 0, bytes);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    checkAlive();
    long number = allocations.incrementAndGet();
    if (number == failingAllocation || used.get() + bytes > limit) {
      throw new ResourceException("not enough memory on " + name());
    }
    Memory memory = new Memory(bytes);
    used.addAndGet(memory.bytes());
    live.incrementAndGet();
    return memory;
  }

  @Override
  public long liveBuffers() {
    return live.get();
  }

  /** Buffers of the borrowed kernels that were not given back. */
  public long liveScratch() {
    return scratch.liveBuffers();
  }

  @Override
  public long usedBytes() {
    return used.get();
  }

  @Override
  public long mappedBytes() {
    return used.get();
  }

  @Override
  public void trim() {}

  @Override
  public void close() {
    closed = true;
  }
}
