package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.memory.Handle;
import dev.reprise.memory.HandleFailure;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.concurrent.CountDownLatch;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuPoolTest {
  private final CpuPool pool = new CpuPool("test", 2);

  @AfterEach
  void closeThePool() {
    pool.close();
  }

  @Test
  void aTaskRunsWhenItsLastInputIsComplete() throws Exception {
    Handle a = new Handle("a", null);
    Handle b = new Handle("b", null);
    Sum sum = new Sum(a, b, Scalar.of(3.0));
    pool.submit(sum);
    a.complete(Scalar.of(1.0));
    assertThat(sum.output.isDone()).isFalse();
    b.complete(Scalar.of(2.0));
    assertThat(sum.output.await()).isEqualTo(Scalar.of(6.0));
  }

  @Test
  void theErrorOfTheFirstFailedInputReachesTheOutput() {
    Handle a = new Handle("a", null);
    Handle b = new Handle("b", null);
    Sum sum = new Sum(a, b);
    pool.submit(sum);
    b.fail(new ArithmeticException("late position"));
    a.fail(new ArithmeticException("early position"));
    assertThatThrownBy(sum.output::await)
        .isInstanceOf(HandleFailure.class)
        .hasMessage("early position");
  }

  @Test
  void aWorkerThatDiesFailsItsOutputsAndIsReplaced() throws Exception {
    for (int i = 0; i < 10; i++) {
      Sum dying =
          new Sum(() -> {
            throw new StackOverflowError("deep");
          });
      pool.submit(dying);
      assertThatThrownBy(dying.output::await).hasCauseInstanceOf(StackOverflowError.class);
    }
    Sum next = new Sum(Scalar.of(1.0));
    pool.submit(next);
    assertThat(next.output.await()).isEqualTo(Scalar.of(1.0));
  }

  @Test
  void closingCancelsWhatHasNotStartedAndLeavesNoWaiter() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    Sum[] running = new Sum[2];
    for (int i = 0; i < 2; i++) {
      running[i] =
          new Sum(() -> {
            started.countDown();
            awaitQuietly(go);
            return 7;
          });
      pool.submit(running[i]);
    }
    started.await();
    Sum queued = new Sum(Scalar.of(1.0));
    Sum waiting = new Sum(new Handle("never", null));
    Sum dependent = new Sum(queued.output);
    pool.submit(queued);
    pool.submit(waiting);
    pool.submit(dependent);
    Thread closer = new Thread(pool::close);
    closer.start();
    awaitParked(closer);
    go.countDown();
    closer.join();
    assertThat(running[0].output.await()).isEqualTo(Scalar.of(7.0));
    for (Sum task : new Sum[] {queued, waiting, dependent}) {
      assertThatThrownBy(task.output::await)
          .isInstanceOfSatisfying(
              HandleFailure.class, e -> assertThat(e.isCancellation()).isTrue());
    }
    Sum late = new Sum(Scalar.of(1.0));
    pool.submit(late);
    assertThat(late.output.errorOrNull()).isNotNull();
    assertThat(pool.unfinishedTasks()).isZero();
  }

  @Test
  void aLongChainOfTasksNeitherOverflowsNorHangs() throws Exception {
    Handle first = new Handle("first", null);
    Handle last = first;
    for (int i = 0; i < 100_000; i++) {
      Sum next = new Sum(last, Scalar.of(1.0));
      pool.submit(next);
      last = next.output;
    }
    first.complete(Scalar.of(0.0));
    assertThat(last.await()).isEqualTo(Scalar.of(100_000.0));
  }

  @Test
  void aLongChainFailsWithoutOverflow() {
    Handle first = new Handle("first", null);
    Handle last = first;
    for (int i = 0; i < 100_000; i++) {
      Sum next = new Sum(last);
      pool.submit(next);
      last = next.output;
    }
    first.fail(new ArithmeticException("at the root"));
    assertThatThrownBy(last::await).hasMessage("at the root");
  }

  @Test
  void aTaskThatForgetsItsOutputFailsIt() {
    Handle forgotten = new Handle("forgotten", null);
    pool.submit(
        new Task(new Value[0]) {
          @Override
          protected void run() {}

          @Override
          protected Handle[] outputs() {
            return new Handle[] {forgotten};
          }
        });
    assertThatThrownBy(forgotten::await).hasCauseInstanceOf(IllegalStateException.class);
  }

  static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** Adds its scalar inputs, or computes something else. */
  static final class Sum extends Task {
    final Handle output = new Handle(this, null);
    private final DoubleSupplier body;

    Sum(Value... inputs) {
      super(inputs);
      this.body = this::sum;
    }

    Sum(DoubleSupplier body) {
      super(new Value[0]);
      this.body = body;
    }

    private double sum() {
      double sum = 0;
      for (Value input : inputs()) {
        Value value = input instanceof Handle handle ? handle.valueOrNull() : input;
        sum += ((Scalar) value).asDouble();
      }
      return sum;
    }

    @Override
    protected void run() {
      output.complete(Scalar.of(body.getAsDouble()));
    }

    @Override
    protected Handle[] outputs() {
      return new Handle[] {output};
    }
  }
}
