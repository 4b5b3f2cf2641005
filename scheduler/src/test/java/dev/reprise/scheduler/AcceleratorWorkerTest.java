package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.FakeAccelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers with rings of four slots: every task ends exactly once, and nothing stays behind. */
@Timeout(600)
class AcceleratorWorkerTest {
  private static final int REPETITIONS = 200;
  private static final int RING = 4;
  private static final Operation PLUS = new Operation(OperationTable.standard().get("+"));

  private final HostMemory host = new HostMemory(64 << 20);
  private final List<FakeAccelerator> fakes = new ArrayList<>();
  private final List<AcceleratorWorker> workers = new ArrayList<>();

  /** Adds a number to a number or to all cells of a matrix; the sum of a matrix of one row. */
  static final class Adder implements Device {
    @Override
    public String name() {
      return "adder";
    }

    @Override
    public boolean supports(Operation operation) {
      return true;
    }

    @Override
    public Operand[] execute(Operation operation, Operand[] inputs, ExecutionContext context) {
      if (inputs.length == 1) {
        DenseMatrix row = (DenseMatrix) inputs[0];
        double sum = 0;
        for (long j = 0; j < row.cols(); j++) {
          sum += row.get(0, j);
        }
        return new Operand[] {Scalar.of(sum)};
      }
      double right = ((Scalar) inputs[1]).asDouble();
      if (inputs[0] instanceof Scalar left) {
        return new Operand[] {Scalar.of(left.asDouble() + right)};
      }
      DenseMatrix left = (DenseMatrix) inputs[0];
      DenseMatrix sum = DenseMatrix.allocate(context.allocator(), left.rows(), left.cols());
      for (long i = 0; i < left.rows(); i++) {
        for (long j = 0; j < left.cols(); j++) {
          sum.set(i, j, left.get(i, j) + right);
        }
      }
      return new Operand[] {sum};
    }
  }

  /** Adds 1; holds a reference to its input until the end, and tells that to a future. */
  private static final class PlusOne implements DeviceTask {
    final Value input;
    final CompletableFuture<Value> result = new CompletableFuture<>();
    final AtomicInteger ends = new AtomicInteger();
    volatile boolean wanted = true;
    private final BiConsumer<PlusOne, Value> then;

    PlusOne(Value input) {
      this(input, (task, value) -> {});
    }

    PlusOne(Value input, BiConsumer<PlusOne, Value> then) {
      this.input = input;
      this.then = then;
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
      return wanted;
    }

    @Override
    public void completed(Value value, long nanos, boolean isMeasured) {
      ends.incrementAndGet();
      input.release();
      result.complete(value);
      then.accept(this, value);
    }

    @Override
    public void failed(Throwable error) {
      ends.incrementAndGet();
      input.release();
      result.completeExceptionally(error);
      then.accept(this, null);
    }
  }

  private AcceleratorWorker worker() {
    FakeAccelerator fake = new FakeAccelerator("fake:" + fakes.size(), new Adder(), 64 << 20);
    fakes.add(fake);
    DeviceMemory memory = new DeviceMemory(fake, host, 64 << 20, (from, bytes) -> false);
    AcceleratorWorker worker = new AcceleratorWorker(memory, WorkerEvents.NONE, RING);
    workers.add(worker);
    return worker;
  }

  private ManagedMatrix matrix(double value) {
    DenseMatrix cells = DenseMatrix.allocate(host, 1, 2);
    cells.set(0, 0, value);
    cells.set(0, 1, value);
    return ManagedMatrix.adopt(cells);
  }

  /** The number, or the first cell of the matrix, which is released. */
  private static double number(Value value) {
    if (value instanceof Scalar scalar) {
      return scalar.asDouble();
    }
    ManagedMatrix matrix = (ManagedMatrix) value;
    try {
      return matrix.pinHost().get(0, 0);
    } finally {
      matrix.unpin();
      matrix.release();
    }
  }

  @AfterEach
  void nothingIsLeft() {
    workers.forEach(AcceleratorWorker::close);
    for (AcceleratorWorker worker : workers) {
      assertThat(worker.unfinished()).isZero();
      worker.memory().evacuate();
    }
    for (FakeAccelerator fake : fakes) {
      assertThat(fake.liveBuffers()).as(fake.name()).isZero();
      assertThat(fake.liveScratch()).as(fake.name()).isZero();
      fake.close();
    }
    assertThat(host.liveBuffers()).isZero();
    host.close();
  }

  @RepeatedTest(REPETITIONS)
  void moreTasksThanTheRingHoldsAllEnd() throws Exception {
    AcceleratorWorker worker = worker();
    CountDownLatch gate = new CountDownLatch(1);
    fakes.getFirst().beforeLaunch(() -> await(gate));
    List<PlusOne> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tasks.add(new PlusOne(i % 8 == 0 ? matrix(i) : Scalar.of((double) i)));
    }
    List<Thread> submitters = new ArrayList<>();
    for (int s = 0; s < 4; s++) {
      List<PlusOne> share = tasks.subList(s * 10, s * 10 + 10);
      submitters.add(Thread.ofPlatform().start(() -> share.forEach(worker::submit)));
    }
    // The first submitter goes on while the worker stands: submitting never waits.
    submitters.getFirst().join();
    gate.countDown();
    for (Thread submitter : submitters) {
      submitter.join();
    }
    for (int i = 0; i < tasks.size(); i++) {
      assertThat(number(tasks.get(i).result.get())).isEqualTo(i + 1);
      assertThat(tasks.get(i).ends).hasValue(1);
    }
    assertThat(worker.executed()).isEqualTo(tasks.size());
  }

  @RepeatedTest(REPETITIONS)
  void twoDevicesWithFullRingsFeedEachOther() throws Exception {
    List<AcceleratorWorker> both = List.of(worker(), worker());
    List<CompletableFuture<Value>> ends = new ArrayList<>();
    for (int chain = 0; chain < 24; chain++) {
      Value start = chain % 12 == 0 ? matrix(chain) : Scalar.of((double) chain);
      CompletableFuture<Value> end = new CompletableFuture<>();
      ends.add(end);
      both.get(chain % 2).submit(link(both, chain % 2, start, 10, end));
    }
    for (int chain = 0; chain < ends.size(); chain++) {
      assertThat(number(ends.get(chain).get())).isEqualTo(chain + 10);
    }
    assertThat(both.get(0).executed()).isEqualTo(120);
    assertThat(both.get(1).executed()).isEqualTo(120);
  }

  private static PlusOne link(
      List<AcceleratorWorker> both, int at, Value value, int left, CompletableFuture<Value> end) {
    return new PlusOne(
        value,
        (task, sum) -> {
          if (sum == null) {
            end.completeExceptionally(task.result.exceptionNow());
          } else if (left == 1) {
            end.complete(sum);
          } else {
            both.get(1 - at).submit(link(both, 1 - at, sum, left - 1, end));
          }
        });
  }

  @Test
  void aSlowDeviceHoldsUpItsOwnTasksAlone() throws Exception {
    AcceleratorWorker slow = worker();
    AcceleratorWorker fast = worker();
    CountDownLatch gate = new CountDownLatch(1);
    fakes.getFirst().beforeLaunch(() -> await(gate));
    List<PlusOne> late = new ArrayList<>();
    List<PlusOne> early = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      late.add(new PlusOne(Scalar.of(0.0)));
      early.add(new PlusOne(Scalar.of(0.0)));
      slow.submit(late.getLast());
      fast.submit(early.getLast());
    }
    for (PlusOne task : early) {
      task.result.get();
    }
    assertThat(slow.unfinished()).isEqualTo(100);
    assertThat(slow.executed()).isZero();
    gate.countDown();
    for (PlusOne task : late) {
      task.result.get();
    }
  }

  @RepeatedTest(REPETITIONS)
  void closingEndsEveryTaskExactlyOnce() throws Exception {
    AcceleratorWorker worker = worker();
    CountDownLatch begun = new CountDownLatch(3);
    List<List<PlusOne>> submitted = new ArrayList<>();
    List<Thread> submitters = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      List<PlusOne> mine = new ArrayList<>();
      submitted.add(mine);
      submitters.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 30; i++) {
                  mine.add(new PlusOne(i % 10 == 0 ? matrix(i) : Scalar.of((double) i)));
                  worker.submit(mine.getLast());
                  if (i == 5) {
                    begun.countDown();
                  }
                }
              }));
    }
    begun.await();
    worker.close();
    for (Thread submitter : submitters) {
      submitter.join();
    }
    for (List<PlusOne> tasks : submitted) {
      for (int i = 0; i < tasks.size(); i++) {
        PlusOne task = tasks.get(i);
        if (task.result.handle((value, error) -> error).get() == null) {
          assertThat(number(task.result.get())).isEqualTo(i + 1);
        } else {
          assertThatThrownBy(task.result::get).isInstanceOf(CancellationException.class);
        }
        assertThat(task.ends).hasValue(1);
      }
    }
    PlusOne late = new PlusOne(Scalar.of(0.0));
    worker.submit(late);
    assertThat(late.result.isCancelled() || late.result.isCompletedExceptionally()).isTrue();
  }

  @RepeatedTest(REPETITIONS)
  void aTaskWhoseCallbackThrowsHurtsNoOther() throws Exception {
    AtomicInteger reported = new AtomicInteger();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> reported.incrementAndGet());
    try {
      AcceleratorWorker worker = worker();
      CountDownLatch gate = new CountDownLatch(1);
      fakes.getFirst().beforeLaunch(() -> await(gate));
      List<PlusOne> tasks = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        boolean throwing = i % 3 == 0;
        tasks.add(
            new PlusOne(
                Scalar.of((double) i),
                (task, sum) -> {
                  if (throwing) {
                    throw new IllegalStateException("ordered");
                  }
                }));
        worker.submit(tasks.getLast());
      }
      gate.countDown();
      for (int i = 0; i < tasks.size(); i++) {
        assertThat(number(tasks.get(i).result.get())).isEqualTo(i + 1);
      }
      worker.close();
      assertThat(reported).hasValue(17);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @RepeatedTest(REPETITIONS)
  void aDeviceThatIsLostInTheMiddleFailsTheRestAndKeepsNothing() throws Exception {
    AcceleratorWorker worker = worker();
    fakes.getFirst().loseAtLaunch(12);
    List<PlusOne> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tasks.add(new PlusOne(i % 5 == 0 ? matrix(i) : Scalar.of((double) i)));
      worker.submit(tasks.getLast());
    }
    int failed = 0;
    for (PlusOne task : tasks) {
      Throwable error = task.result.handle((value, reason) -> reason).get();
      if (error == null) {
        task.result.get().release();
      } else {
        failed++;
        assertThat(error).isInstanceOf(DeviceException.class).hasMessageContaining("is lost");
      }
      assertThat(task.ends).hasValue(1);
    }
    assertThat(failed).isBetween(29, 40);
    assertThat(worker.lost()).isNotNull();
  }

  @Test
  void whatNobodyWantsAnyMoreIsNotLaunched() throws Exception {
    AcceleratorWorker worker = worker();
    CountDownLatch gate = new CountDownLatch(1);
    fakes.getFirst().beforeLaunch(() -> await(gate));
    PlusOne first = new PlusOne(Scalar.of(0.0));
    PlusOne unwanted = new PlusOne(Scalar.of(0.0));
    AtomicBoolean last = new AtomicBoolean();
    worker.submit(first);
    worker.submit(unwanted);
    PlusOne third = new PlusOne(Scalar.of(2.0), (task, sum) -> last.set(true));
    worker.submit(third);
    unwanted.wanted = false;
    gate.countDown();
    assertThat(number(third.result.get())).isEqualTo(3);
    assertThatThrownBy(unwanted.result::get).isInstanceOf(CancellationException.class);
    worker.close();
    assertThat(fakes.getFirst().launches()).isEqualTo(2);
    assertThat(last).isTrue();
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
