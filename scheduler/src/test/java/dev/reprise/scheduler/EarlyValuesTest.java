package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.LostValueException;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.NumberCell;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.FakeAccelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that take their values when they are launched. */
@Timeout(600)
class EarlyValuesTest {
  private static final Operation PLUS = new Operation(OperationTable.standard().get("+"));
  private static final Operation SUM = new Operation(OperationTable.standard().get("sum"));

  private final CountDownLatch running = new CountDownLatch(1);
  private final HostMemory host = new HostMemory(64 << 20);
  private final FakeAccelerator fake =
      new FakeAccelerator("fake:0", new AcceleratorWorkerTest.Adder(), 64 << 20);
  private final DeviceMemory memory =
      new DeviceMemory(fake, host, 64 << 20, (from, bytes) -> false);
  private final AcceleratorWorker worker = new AcceleratorWorker(memory, WorkerEvents.NONE);

  /** Adds 1 or another number to a matrix, or sums it up. */
  private static class PlusOne implements DeviceTask {
    private final Value input;
    private final Operation operation;
    private final Value added;
    final CompletableFuture<ManagedMatrix> cell = new CompletableFuture<>();
    final CompletableFuture<Value> early = new CompletableFuture<>();
    final CompletableFuture<Value> late = new CompletableFuture<>();
    final CompletableFuture<Long> end = new CompletableFuture<>();

    PlusOne(Value input) {
      this(input, PLUS, Scalar.of(1.0));
    }

    PlusOne(Value input, Operation operation) {
      this(input, operation, null);
    }

    PlusOne(Value input, Operation operation, Value added) {
      this.input = input;
      this.operation = operation;
      this.added = added;
    }

    @Override
    public Operation operation() {
      return operation;
    }

    @Override
    public Value[] inputs() {
      return operation == PLUS ? new Value[] {input, added} : new Value[] {input};
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public double launchedWork() {
      return 1000;
    }

    @Override
    public void launched(Value value, long nanos) {
      input.release();
      early.complete(value);
    }

    @Override
    public void launchedNumber(ManagedMatrix made) {
      cell.complete(made);
    }

    @Override
    public void ended(long nanos, boolean isMeasured) {
      end.complete(nanos);
    }

    @Override
    public void completed(Value value, long nanos, boolean isMeasured) {
      input.release();
      late.complete(value);
    }

    @Override
    public void failed(Throwable error) {
      input.release();
      late.completeExceptionally(error);
    }
  }

  private ManagedMatrix matrix(double value) {
    DenseMatrix cells = DenseMatrix.allocate(host, 1, 2);
    cells.set(0, 0, value);
    cells.set(0, 1, value);
    return ManagedMatrix.adopt(cells);
  }

  private static double number(Value value) {
    ManagedMatrix matrix = (ManagedMatrix) value;
    double cell = ((DenseMatrix) matrix.pinHost()).get(0, 0);
    matrix.unpin();
    return cell;
  }

  private PlusOne submitted(Value input) {
    PlusOne task = new PlusOne(input);
    worker.submit(task);
    return task;
  }

  /** Until it has run once, how long it takes is guessed. */
  @BeforeEach
  void theFirstIsTakenEarly() throws Exception {
    PlusOne first = submitted(matrix(1));
    first.early.get().release();
    first.end.get();
    assertThat(first.late).isNotDone();
  }

  @AfterEach
  void nothingIsLeft() {
    running.countDown();
    worker.close();
    assertThat(worker.unfinished()).isZero();
    memory.evacuate();
    assertThat(fake.liveBuffers()).isZero();
    assertThat(fake.liveScratch()).isZero();
    assertThat(host.liveBuffers()).isZero();
    fake.close();
    host.close();
  }

  @RepeatedTest(100)
  void aChainIsLaunchedWhileItsFirstKernelRuns() throws Exception {
    fake.holdMarks(running);
    List<PlusOne> chain = new ArrayList<>();
    Value value = matrix(0);
    for (int i = 0; i < 10; i++) {
      PlusOne next = submitted(value);
      chain.add(next);
      value = next.early.get();
    }
    assertThat(fake.launches()).isEqualTo(11);
    assertThat(chain.getFirst().end).isNotDone();
    running.countDown();
    assertThat(number(value)).isEqualTo(10);
    value.release();
    for (PlusOne task : chain) {
      assertThat(task.end.get()).isEqualTo(1000);
    }
  }

  @Test
  void whoReadsCellsOnTheHostWaitsForTheKernel() throws Exception {
    fake.holdMarks(running);
    Value value = submitted(matrix(1)).early.get();
    CompletableFuture<Double> read = CompletableFuture.supplyAsync(() -> number(value));
    assertThat(read).isNotDone();
    running.countDown();
    assertThat(read.get()).isEqualTo(2);
    value.release();
  }

  @RepeatedTest(50)
  void whatIsMadeOfAFailedValueIsLostToo() throws Exception {
    fake.holdMarks(running);
    fake.failMark(fake.marks() + 1);
    Value failing = submitted(matrix(1)).early.get();
    failing.retain();
    Value made = submitted(failing).early.get();
    Value fine = submitted(matrix(5)).early.get();
    running.countDown();
    while (worker.unfinished() > 0) {
      Thread.onSpinWait();
    }
    assertThatThrownBy(() -> number(failing)).isInstanceOf(LostValueException.class);
    assertThatThrownBy(() -> number(made)).isInstanceOf(LostValueException.class);
    assertThat(number(fine)).isEqualTo(6);
    assertThat(((ManagedMatrix) made).isLost()).isTrue();
    failing.release();
    made.release();
    fine.release();
  }

  @Test
  void aNumberIsNotGivenOutBeforeTheCellsItIsMadeOfAreKnownToBeRight() throws Exception {
    fake.holdMarks(running);
    fake.failMark(fake.marks() + 1);
    Value failing = submitted(matrix(1)).early.get();
    PlusOne sum = new PlusOne(failing, SUM);
    worker.submit(sum);
    // Launched after it, so the sum has been, too.
    Value fine = submitted(matrix(5)).early.get();
    assertThat(sum.early).isNotDone();
    running.countDown();
    assertThatThrownBy(sum.late::get).hasCauseInstanceOf(DeviceException.class);
    assertThat(sum.early).isNotDone();
    PlusOne second = new PlusOne(fine, SUM);
    worker.submit(second);
    assertThat(((Scalar) second.late.get()).asDouble()).isEqualTo(12);
  }

  private PlusOne sumLeftInMemory(Value input) throws Exception {
    fake.leaveNumbers();
    PlusOne sum = new PlusOne(input, SUM);
    worker.submit(sum);
    sum.cell.get();
    return sum;
  }

  private PlusOne submittedWith(Value input, ManagedMatrix cell) {
    PlusOne task = new PlusOne(input, PLUS, new NumberCell(cell, new Handle(null, Meta.DOUBLE)));
    worker.submit(task);
    return task;
  }

  @RepeatedTest(50)
  void aNumberIsReadWhereItLiesBeforeItIsThere() throws Exception {
    fake.holdMarks(running);
    PlusOne sum = sumLeftInMemory(matrix(3));
    PlusOne plus = submittedWith(matrix(10), sum.cell.get());
    Value value = plus.early.get();
    assertThat(sum.late).isNotDone();
    // Whoever reads it has pinned it.
    sum.cell.get().release();
    running.countDown();
    assertThat(number(value)).isEqualTo(16);
    assertThat(((Scalar) sum.late.get()).asDouble()).isEqualTo(6);
    value.release();
  }

  @Test
  void noCellIsGivenOutToATaskThatTakesNone() throws Exception {
    fake.leaveNumbers();
    PlusOne sum =
        new PlusOne(matrix(2), SUM) {
          @Override
          public boolean takesNumber() {
            return false;
          }
        };
    worker.submit(sum);
    assertThat(sum.late.get()).isEqualTo(Scalar.of(4.0));
    assertThat(sum.cell).isNotDone();
  }

  @Test
  void aCellThatNobodyTakesIsGivenBackAtTheEnd() throws Exception {
    PlusOne sum = sumLeftInMemory(matrix(3));
    sum.cell.get().release();
    assertThat(((Scalar) sum.late.get()).asDouble()).isEqualTo(6);
  }

  @RepeatedTest(50)
  void whatIsMadeOfTheCellOfAFailedNumberIsLost() throws Exception {
    fake.holdMarks(running);
    fake.failMark(fake.marks() + 1);
    PlusOne sum = sumLeftInMemory(matrix(3));
    Value made = submittedWith(matrix(10), sum.cell.get()).early.get();
    Value fine = submitted(matrix(5)).early.get();
    running.countDown();
    assertThatThrownBy(sum.late::get).hasCauseInstanceOf(DeviceException.class);
    while (worker.unfinished() > 0) {
      Thread.onSpinWait();
    }
    assertThatThrownBy(() -> number(made)).isInstanceOf(LostValueException.class);
    assertThatThrownBy(() -> number(sum.cell.get())).isInstanceOf(LostValueException.class);
    assertThat(number(fine)).isEqualTo(6);
    sum.cell.get().release();
    made.release();
    fine.release();
  }

  @Test
  void aRelayMaySubmitSeveralTasksOneMadeOfTheOther() throws Exception {
    CompletableFuture<PlusOne> relayed = new CompletableFuture<>();
    worker.relay(() -> {
      assertThat(worker.isRelaying()).isTrue();
      PlusOne first = new PlusOne(matrix(1));
      worker.submit(first);
      PlusOne second = new PlusOne(first.early.getNow(null));
      worker.submit(second);
      assertThat(second.early).as("issued at once").isDone();
      relayed.complete(second);
    });
    Value value = relayed.get().early.get();
    assertThat(number(value)).isEqualTo(3);
    assertThat(worker.isRelaying()).isFalse();
    value.release();
  }

  @Test
  void aRelayRunsBetweenTheTasksAndMaySubmit() throws Exception {
    AtomicInteger launchesBefore = new AtomicInteger();
    PlusOne before = new PlusOne(matrix(1));
    CompletableFuture<PlusOne> relayed = new CompletableFuture<>();
    CountDownLatch gate = new CountDownLatch(1);
    worker.relay(() -> await(gate));
    worker.submit(before);
    worker.relay(() -> {
      assertThat(AcceleratorWorker.isCurrent()).isTrue();
      launchesBefore.set((int) fake.launches());
      PlusOne task = new PlusOne(before.early.getNow(null));
      worker.submit(task);
      assertThat(task.early).as("issued at once").isDone();
      relayed.complete(task);
    });
    PlusOne after = submitted(matrix(7));
    gate.countDown();
    Value value = relayed.get().early.get();
    assertThat(number(value)).isEqualTo(3);
    assertThat(launchesBefore).hasValue(2);
    value.release();
    after.early.get().release();
    assertThat(AcceleratorWorker.isCurrent()).isFalse();
  }

  /** Whatever is told meanwhile submits for itself, and what the relay submits comes at once. */
  @Test
  void aRelayMayHaveTheWorkerCompleteWhatItNeeds() throws Exception {
    PlusOne sum = new PlusOne(matrix(3), SUM);
    CompletableFuture<PlusOne> relayed = new CompletableFuture<>();
    List<PlusOne> told = new ArrayList<>();
    sum.late.thenRun(() -> told.add(submitted(matrix(20))));
    CountDownLatch gate = new CountDownLatch(1);
    worker.relay(() -> await(gate));
    worker.submit(sum);
    worker.relay(() -> {
      assertThat(sum.late).isNotDone();
      worker.completeUntil(sum.late::isDone);
      assertThat(sum.late).isDone();
      assertThat(told.getFirst().early).as("behind the relay").isNotDone();
      PlusOne task = new PlusOne(matrix(1));
      worker.submit(task);
      assertThat(task.early).as("issued at once").isDone();
      // There is nothing left that could make this true.
      worker.completeUntil(() -> false);
      relayed.complete(task);
    });
    PlusOne after = submitted(matrix(7));
    gate.countDown();
    List<PlusOne> tasks = List.of(relayed.get(), after);
    assertThat(((Scalar) sum.late.get()).asDouble()).isEqualTo(6);
    assertThat(number(tasks.getFirst().early.get())).isEqualTo(2);
    assertThat(number(after.early.get())).isEqualTo(8);
    assertThat(number(told.getFirst().early.get())).isEqualTo(21);
    for (PlusOne each : List.of(tasks.getFirst(), after, told.getFirst())) {
      each.early.get().release();
    }
  }

  @Test
  void afterTheEndNothingIsRelayed() {
    worker.close();
    assertThat(worker.relay(() -> {})).isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
