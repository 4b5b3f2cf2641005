package dev.reprise.bench;

import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceTask;
import dev.reprise.scheduler.WorkerEvents;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to hand a task to an accelerator's worker and to hear of its end, on a device that
 * does nothing. Target: 1 us a task.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DispatchBenchmark {
  private static final int TASKS = 512;

  private final Operation operation = new Operation(OperationTable.standard().get("abs"));
  private final Value[] inputs = {Scalar.of(1)};
  private HostMemory host;
  private AcceleratorWorker worker;

  /** Starts the worker. */
  @Setup
  public void open() {
    host = new HostMemory(1 << 26);
    Nothing device = new Nothing();
    worker =
        new AcceleratorWorker(
            new DeviceMemory(device, host, 1 << 20, (memory, bytes) -> false), WorkerEvents.NONE);
  }

  /** Ends the worker. */
  @TearDown
  public void close() {
    worker.close();
    host.close();
  }

  /**
   * Tasks one after the other from one thread, as a control thread that runs ahead submits them.
   */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void submitAndComplete() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(TASKS);
    for (int i = 0; i < TASKS; i++) {
      worker.submit(new Counted(done));
    }
    done.await();
  }

  private final class Counted implements DeviceTask {
    private final CountDownLatch done;

    Counted(CountDownLatch done) {
      this.done = done;
    }

    @Override
    public Operation operation() {
      return operation;
    }

    @Override
    public Value[] inputs() {
      return inputs;
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public void completed(Value value, long nanos, boolean isMeasured) {
      done.countDown();
    }

    @Override
    public void failed(Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  /** A device whose operations take no time. */
  private static final class Nothing implements Accelerator {
    private static final Mark REACHED =
        new Mark() {
          @Override
          public boolean isReached() {
            return true;
          }

          @Override
          public void await() {}

          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void release() {}
        };

    @Override
    public AcceleratorInfo info() {
      return new AcceleratorInfo("nothing:0", "nothing", "none", 1, 1, 1, false, true);
    }

    @Override
    public boolean supports(Operation operation, DeviceOperand[] described) {
      return true;
    }

    @Override
    public DeviceOperand[] launch(
        Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator) {
      return inputs;
    }

    @Override
    public Mark mark() {
      return REACHED;
    }

    @Override
    public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void download(DeviceBuffer from, MemorySegment to, long bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public DeviceBuffer allocate(long bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long liveBuffers() {
      return 0;
    }

    @Override
    public long usedBytes() {
      return 0;
    }

    @Override
    public long mappedBytes() {
      return 0;
    }

    @Override
    public void trim() {}

    @Override
    public void close() {}
  }
}
