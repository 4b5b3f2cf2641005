package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
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
import dev.reprise.testkit.FakeAccelerator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker whose accelerator holds launches back: nobody waits for ever. */
@Timeout(600)
class HeldLaunchesTest {
  private static final Operation PLUS = new Operation(OperationTable.standard().get("+"));

  private final HostMemory host = new HostMemory(64 << 20);
  private final Holding holding =
      new Holding(new FakeAccelerator("fake:0", new AcceleratorWorkerTest.Adder(), 64 << 20));
  private final DeviceMemory memory =
      new DeviceMemory(holding, host, 64 << 20, (from, bytes) -> false);
  private final AcceleratorWorker worker = new AcceleratorWorker(memory, WorkerEvents.NONE);

  /** Holds everything back from the first iteration on until it is told to issue it. */
  private static final class Holding implements Accelerator {
    private final FakeAccelerator fake;
    private CountDownLatch gate;
    private volatile boolean demanded;
    private volatile int issues;
    private final List<Boolean> boundaries = new ArrayList<>();

    Holding(FakeAccelerator fake) {
      this.fake = fake;
    }

    @Override
    public boolean repeats(Object loop, boolean ended) {
      boundaries.add(ended);
      open();
      gate = new CountDownLatch(1);
      return true;
    }

    private void open() {
      if (gate != null) {
        gate.countDown();
        gate = null;
        demanded = false;
      }
    }

    @Override
    public boolean mayHold() {
      return gate != null;
    }

    @Override
    public boolean isHolding() {
      return gate != null;
    }

    @Override
    public boolean isDemanded() {
      return demanded;
    }

    @Override
    public void issueHeld(boolean again) {
      issues++;
      open();
    }

    @Override
    public Mark mark() {
      Mark mark = fake.mark();
      CountDownLatch mine = gate;
      return new Mark() {
        @Override
        public boolean isReached() {
          return (mine == null || mine.getCount() == 0) && mark.isReached();
        }

        @Override
        public void await() {
          if (mine != null && mine.getCount() > 0) {
            demanded = true;
            try {
              mine.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          mark.await();
        }

        @Override
        public long nanos() {
          return mark.nanos();
        }

        @Override
        public boolean isMeasured() {
          return mine == null;
        }

        @Override
        public void release() {
          mark.release();
        }
      };
    }

    @Override
    public AcceleratorInfo info() {
      return fake.info();
    }

    @Override
    public boolean supports(Operation operation, DeviceOperand[] described) {
      return fake.supports(operation, described);
    }

    @Override
    public DeviceOperand[] launch(
        Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator) {
      return fake.launch(operation, inputs, allocator);
    }

    @Override
    public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
      fake.upload(from, to, bytes);
    }

    @Override
    public void download(DeviceBuffer from, MemorySegment to, long bytes) {
      fake.download(from, to, bytes);
    }

    @Override
    public DeviceBuffer allocate(long bytes) {
      return fake.allocate(bytes);
    }

    @Override
    public long liveBuffers() {
      return fake.liveBuffers();
    }

    @Override
    public long usedBytes() {
      return fake.usedBytes();
    }

    @Override
    public long mappedBytes() {
      return fake.mappedBytes();
    }

    @Override
    public void trim() {
      fake.trim();
    }

    @Override
    public void close() {
      fake.close();
    }
  }

  /** Adds 1 to a matrix; takes its value at the launch, or at the end. */
  private static final class PlusOne implements DeviceTask {
    private final Value input;
    private final boolean early;
    final CompletableFuture<Value> value = new CompletableFuture<>();
    final CompletableFuture<Long> end = new CompletableFuture<>();
    volatile boolean wasMeasured;

    PlusOne(Value input, boolean early) {
      this.input = input;
      this.early = early;
    }

    @Override
    public Operation operation() {
      return PLUS;
    }

    @Override
    public Value[] inputs() {
      return new Value[] {input, Scalar.of(1.0)};
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public double launchedWork() {
      return early ? 1_000_000 : Double.NaN;
    }

    @Override
    public void launched(Value made, long nanos) {
      input.release();
      value.complete(made);
    }

    @Override
    public void ended(long nanos, boolean isMeasured) {
      wasMeasured = isMeasured;
      end.complete(nanos);
    }

    @Override
    public void completed(Value made, long nanos, boolean isMeasured) {
      input.release();
      value.complete(made);
      ended(nanos, isMeasured);
    }

    @Override
    public void failed(Throwable error) {
      input.release();
      value.completeExceptionally(error);
      end.completeExceptionally(error);
    }
  }

  private PlusOne submitted(double cell, boolean early) {
    PlusOne task = new PlusOne(matrix(cell), early);
    worker.submit(task);
    return task;
  }

  private static PlusOne submitted(AcceleratorWorker to, Value input) {
    PlusOne task = new PlusOne(input, true);
    to.submit(task);
    return task;
  }

  private ManagedMatrix matrix(double cell) {
    DenseMatrix cells = DenseMatrix.allocate(host, 1, 1);
    cells.set(0, 0, cell);
    return ManagedMatrix.adopt(cells);
  }

  private static double number(Value value) {
    ManagedMatrix matrix = (ManagedMatrix) value;
    double cell = ((DenseMatrix) matrix.pinHost()).get(0, 0);
    matrix.unpin();
    value.release();
    return cell;
  }

  @AfterEach
  void nothingIsLeft() {
    worker.close();
    memory.evacuate();
    assertThat(holding.liveBuffers()).isZero();
    assertThat(host.liveBuffers()).isZero();
    holding.close();
    host.close();
  }

  @RepeatedTest(100)
  void whoReadsCellsMakesTheWorkerIssueThem() throws Exception {
    worker.repeats(this, false);
    PlusOne task = submitted(1, true);
    assertThat(number(task.value.get())).isEqualTo(2);
    assertThat(holding.issues).isPositive();
  }

  /** Such as a number, which is given out when it has been read. */
  @RepeatedTest(20)
  void aValueThatIsGivenOutAtItsEndComesWithoutAFurtherTask() throws Exception {
    worker.repeats(this, false);
    submitted(1, true).value.get().release();
    assertThat(number(submitted(1, false).value.get())).isEqualTo(2);
  }

  @Test
  void whatHasNotBeenMeasuredEndsWithTheTimeThatWasSaid() throws Exception {
    PlusOne measured = submitted(1, true);
    number(measured.value.get());
    assertThat(measured.end.get()).isEqualTo(1000);
    assertThat(measured.wasMeasured).isTrue();
    worker.repeats(this, false);
    PlusOne held = submitted(1, true);
    number(held.value.get());
    assertThat(held.end.get()).isEqualTo(1000);
    assertThat(held.wasMeasured).isFalse();
  }

  @Test
  void whatTakesItsValueAtItsEndIsToldWhetherThatWasMeasured() throws Exception {
    PlusOne measured = submitted(1, false);
    number(measured.value.get());
    measured.end.get();
    assertThat(measured.wasMeasured).isTrue();
    worker.repeats(this, false);
    PlusOne held = submitted(1, false);
    number(held.value.get());
    held.end.get();
    assertThat(held.wasMeasured).isFalse();
  }

  @Test
  void aBoundaryIsSaidOnceHoweverOftenNothingComesInBetween() throws Exception {
    for (int i = 0; i < 5; i++) {
      worker.repeats(this, i > 0);
    }
    submitted(1, true).value.get().release();
    worker.repeats(this, true);
    submitted(1, true).value.get().release();
    worker.settle();
    assertThat(holding.boundaries).containsExactly(false, true);
  }

  /** More than the worker lets be under way otherwise. */
  @Test
  void aLongIterationIsHeldToItsEnd() throws Exception {
    CountDownLatch all = new CountDownLatch(1);
    worker.relay(() -> {
      try {
        all.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    worker.repeats(this, false);
    List<PlusOne> tasks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      tasks.add(submitted(i, true));
    }
    worker.repeats(this, true);
    all.countDown();
    for (int i = 0; i < 300; i++) {
      assertThat(number(tasks.get(i).value.get())).isEqualTo(i + 1);
    }
    assertThat(holding.issues).isZero();
  }

  /** Each brings the other's cells to the host, which are held back when it does. */
  @RepeatedTest(50)
  void twoWorkersThatWantEachOthersCellsDoNotWaitForEver() throws Exception {
    Holding otherDevice =
        new Holding(new FakeAccelerator("fake:1", new AcceleratorWorkerTest.Adder(), 64 << 20));
    DeviceMemory otherMemory =
        new DeviceMemory(otherDevice, host, 64 << 20, (from, bytes) -> false);
    try (AcceleratorWorker other = new AcceleratorWorker(otherMemory, WorkerEvents.NONE)) {
      worker.repeats(this, false);
      other.repeats(this, false);
      Value here = submitted(worker, matrix(1)).value.get();
      Value there = submitted(other, matrix(10)).value.get();
      here.retain();
      there.retain();
      PlusOne first = submitted(worker, there);
      PlusOne second = submitted(other, here);
      assertThat(number(first.value.get())).isEqualTo(12);
      assertThat(number(second.value.get())).isEqualTo(3);
      here.release();
      there.release();
    }
    otherMemory.evacuate();
    otherDevice.close();
  }

  @Test
  void closingWaitsForWhatIsHeld() throws Exception {
    worker.repeats(this, false);
    PlusOne task = submitted(1, true);
    task.value.get().release();
    worker.close();
    assertThat(task.end).isDone();
  }
}
