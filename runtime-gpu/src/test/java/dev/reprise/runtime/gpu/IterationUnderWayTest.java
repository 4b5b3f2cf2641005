package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When launches of an iteration are held back, and how they are issued. No device is needed. */
class IterationUnderWayTest {
  /** Watched, and then three that are prepared. */
  private static final int BEFORE = 6;

  private static final List<String> PATTERN = List.of("a", "b", "c", "d", "e", "f", "g");

  private final Log log = new Log();
  private final RepeatingBackend backend = new RepeatingBackend(log);
  private final IterationUnderWay iteration = backend.iteration();
  private boolean hasBegun;

  /** Writes down what is launched; what is issued at once is one line. */
  private static final class Log implements Backend {
    private final List<String> launched = new ArrayList<>();
    private String refused = "";
    private boolean refusesReplays;

    @Override
    public void run(String kernel, Precision precision, long items, Object... arguments) {
      if (kernel.equals(refused)) {
        throw new DeviceException("refused " + kernel, false);
      }
      launched.add(kernel);
    }

    @Override
    public boolean replays() {
      return true;
    }

    @Override
    public LaunchReplay replay(List<Launch> launches) {
      return new LaunchReplay() {
        @Override
        public void issue(List<Launch> held) {
          if (refusesReplays) {
            throw new DeviceException("refused", false);
          }
          launched.add(names(held));
        }

        @Override
        public void close() {}
      };
    }

    private static String names(List<Launch> launches) {
      StringBuilder names = new StringBuilder();
      launches.forEach(launch -> names.append(launch.kernel()));
      return names.toString();
    }

    @Override
    public Mark mark() {
      return new Mark() {
        @Override
        public boolean isReached() {
          return true;
        }

        @Override
        public void await() {}

        @Override
        public long nanos() {
          return 1;
        }

        @Override
        public void release() {}
      };
    }

    @Override
    public void runGroups(
        String kernel, Precision precision, long groups, int groupSize, Object... arguments) {
      throw new UnsupportedOperationException();
    }

    @Override
    public AcceleratorInfo info() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void zero(DeviceBuffer buffer, long bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void read(DeviceBuffer from, MemorySegment to, long bytes) {
      launched.add("read");
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
    public BufferPool<?, ?> memory() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private void begin() {
    iteration.begins(this, hasBegun);
    hasBegun = true;
    log.launched.clear();
  }

  private void launch(List<String> kernels) {
    kernels.forEach(kernel -> backend.run(kernel, Precision.FP64, 1));
  }

  /** Iterations that launch the pattern, until the next one is held back. */
  private void prepare() {
    for (int i = 0; i < BEFORE; i++) {
      begin();
      assertThat(iteration.mayHold()).isFalse();
      launch(PATTERN);
      assertThat(log.launched).isEqualTo(PATTERN);
    }
    begin();
    assertThat(iteration.mayHold()).isTrue();
  }

  @Test
  void whatComesAsExpectedIsIssuedWithItsLastLaunch() {
    prepare();
    launch(PATTERN.subList(0, 6));
    assertThat(log.launched).isEmpty();
    assertThat(iteration.isHolding()).isTrue();
    launch(List.of("g"));
    assertThat(log.launched).containsExactly("abcdefg");
    assertThat(iteration.replays()).isEqualTo(1);
    // What comes beyond.
    launch(List.of("h"));
    assertThat(log.launched).containsExactly("abcdefg", "h");
  }

  @Test
  void whatIsHeldGoesBeforeAnythingElse() {
    prepare();
    launch(List.of("a", "b", "x", "d"));
    assertThat(log.launched).containsExactly("a", "b", "x", "d");
    begin();
    launch(List.of("a", "b"));
    backend.read(null, null, 8);
    assertThat(log.launched).containsExactly("a", "b", "read");
    begin();
    launch(List.of("a", "b"));
    iteration.forget();
    assertThat(log.launched).containsExactly("a", "b");
    assertThat(iteration.replays()).isZero();
  }

  @Test
  void whatIsHeldWhenTheNextIterationBeginsIsIssued() {
    prepare();
    launch(List.of("a", "b"));
    iteration.begins(this, true);
    assertThat(log.launched).containsExactly("a", "b");
    begin();
    launch(List.of("a"));
    iteration.begins("another loop", false);
    assertThat(log.launched).containsExactly("a");
  }

  @Test
  void theWorkerThatWaitsIssuesWhatItHoldsAndLaunchesTheRest() {
    prepare();
    launch(List.of("a", "b"));
    Mark mark = backend.mark();
    assertThat(mark.isReached()).isFalse();
    mark.await();
    assertThat(log.launched).containsExactly("a", "b");
    launch(PATTERN.subList(2, 7));
    assertThat(log.launched).isEqualTo(PATTERN);
    assertThat(iteration.replays()).isZero();
  }

  @Test
  void whereSomebodyWaitsTwiceThereIsAStop() {
    List<String> longer = List.of("a", "b", "c", "d", "e", "f", "1", "2", "3", "4", "5", "6", "7");
    for (int i = 0; i < 12; i++) {
      begin();
      launch(longer.subList(0, 6));
      backend.mark().await();
      launch(longer.subList(6, 13));
      backend.mark().await();
    }
    assertThat(log.launched).containsExactly("abcdef", "1234567");
  }

  /** Such as who looks at a number now and then: only that iteration is launched in pieces. */
  @Test
  void whereSomebodyWaitsNowAndThenThereIsNone() {
    assertNoStop(20, () -> backend.mark().await());
  }

  /** On a busy machine the program is late at any place. */
  @Test
  void whereTheProgramIsLateThereIsNone() {
    assertNoStop(4, () -> iteration.issueEarly(false));
  }

  /**
   * @param every in which iterations something happens in their midst
   */
  private void assertNoStop(int every, Runnable happens) {
    prepare();
    for (int i = 0; i < 200; i++) {
      launch(PATTERN.subList(0, 3));
      boolean inPieces = i % every == 0;
      if (inPieces) {
        happens.run();
      }
      launch(PATTERN.subList(3, 7));
      assertThat(log.launched).isEqualTo(inPieces ? PATTERN : List.of("abcdefg"));
      begin();
    }
  }

  @Test
  void theFirstMarkAfterwardsIsNotMeasured() {
    prepare();
    launch(PATTERN);
    assertThat(backend.mark().isMeasured()).isFalse();
    assertThat(backend.mark().isMeasured()).isTrue();
  }

  @Test
  void whatCannotBeIssuedAtOnceIsLaunchedOneByOneAndTheLoopLeftAlone() {
    prepare();
    log.refusesReplays = true;
    launch(PATTERN);
    assertThat(log.launched).isEqualTo(PATTERN);
    for (int i = 0; i < 2 * BEFORE; i++) {
      begin();
      assertThat(iteration.mayHold()).isFalse();
      launch(PATTERN);
    }
  }

  @Test
  void aLaunchThatFailsAfterItWasHeldFailsTheMarks() {
    prepare();
    launch(List.of("a", "b"));
    Mark mark = backend.mark();
    log.refused = "b";
    backend.run("x", Precision.FP64, 1);
    assertThat(log.launched).containsExactly("a", "x");
    assertThat(mark.isReached()).isTrue();
    assertThatThrownBy(mark::await).isInstanceOf(DeviceException.class).hasMessage("refused b");
  }
}
