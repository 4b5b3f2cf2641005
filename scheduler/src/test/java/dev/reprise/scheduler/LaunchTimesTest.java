package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import org.junit.jupiter.api.Test;

class LaunchTimesTest {
  private static final double WORK = 1_000_000;

  private final LaunchTimes times = new LaunchTimes("fake:0");

  /** One that takes its value at the launch, or not. */
  private record Addition(boolean early) implements DeviceTask {
    @Override
    public Operation operation() {
      return new Operation(OperationTable.standard().get("+"));
    }

    @Override
    public Value[] inputs() {
      return new Value[] {Scalar.of(1.0), Scalar.of(2.0)};
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public double launchedWork() {
      return early ? WORK : Double.NaN;
    }

    @Override
    public void completed(Value value, long nanos, boolean isMeasured) {}

    @Override
    public void failed(Throwable error) {}
  }

  private void ended(DeviceTask task, long nanos, boolean isMeasured) {
    times.ended(task, new IssuedTask.Outcome(null, 0, nanos, isMeasured));
  }

  @Test
  void workIsGuessedAsOneCoreWouldTakeUntilItHasBeenMeasured() {
    Addition task = new Addition(true);
    assertThat(times.expectedNanos(task, WORK)).isEqualTo((long) WORK);
    // Starting takes that long on whatever device.
    assertThat(times.expectedNanos(task, 10)).isEqualTo(5_000);
    for (int i = 0; i < 100; i++) {
      ended(task, 20_000, true);
    }
    assertThat(times.expectedNanos(task, WORK)).isBetween(15_000L, 25_000L);
  }

  @Test
  void sharesOfSeveralAndTasksThatWaitForTheirEndTeachNothing() {
    for (int i = 0; i < 100; i++) {
      ended(new Addition(true), 20_000, false);
      ended(new Addition(false), 20_000, true);
    }
    assertThat(times.expectedNanos(new Addition(true), WORK)).isEqualTo((long) WORK);
  }

  @Test
  void theBacklogIsWhatTasksTookOnAverage() {
    assertThat(times.backlogNanos(7)).isZero();
    ended(new Addition(false), 1_000, true);
    ended(new Addition(true), 3_000, false);
    assertThat(times.backlogNanos(3)).isEqualTo(6_000);
    assertThat(times.count()).isEqualTo(2);
    assertThat(times.busyNanos()).isEqualTo(4_000);
  }
}
