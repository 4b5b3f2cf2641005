package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.accelerator.Accelerator;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an iteration that is held back is issued as it is. */
class IterationPaceTest {
  private static final long MILLISECOND = 1_000_000;

  // What the accelerator says, and what it was told.
  private boolean isHolding;
  private boolean leavesLoopsAlone;
  private boolean isDemanded;
  private long replays;
  private final List<Boolean> issued = new ArrayList<>();

  private long now = 1;
  private final IterationPace pace = new IterationPace(accelerator(), () -> now);

  private Accelerator accelerator() {
    return (Accelerator)
        Proxy.newProxyInstance(
            Accelerator.class.getClassLoader(),
            new Class<?>[] {Accelerator.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "isHolding" -> isHolding;
                  case "isDemanded" -> isDemanded;
                  case "replays" -> replays;
                  case "repeats" -> {
                    isHolding &= leavesLoopsAlone;
                    yield !leavesLoopsAlone;
                  }
                  case "issueHeld" -> {
                    issued.add((Boolean) arguments[0]);
                    isHolding = false;
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private void hold(int tasks) {
    isHolding = true;
    for (int i = 0; i < tasks; i++) {
      pace.launched();
    }
  }

  private long begin(long launched) {
    return pace.begin(new IterationPace.Beginning(this, true), launched);
  }

  @Test
  void whatIsHeldIsIssuedWhenNothingHasComeForAWhile() {
    hold(3);
    now += MILLISECOND;
    pace.issueWhatIsDue(3, true);
    assertThat(issued).isEmpty();
    now++;
    pace.issueWhatIsDue(3, true);
    assertThat(issued).containsExactly(false);
  }

  /** Somebody may wait for a number, which will happen again. */
  @Test
  void aNumberAtItsEndIsHeldAgainstTheLoop() {
    hold(3);
    now += 2 * MILLISECOND;
    pace.issueWhatIsDue(3, false);
    assertThat(issued).containsExactly(true);
  }

  @Test
  void nothingIsIssuedWhileTheDeviceIsBusyWithWhatCameBefore() {
    hold(3);
    for (int i = 0; i < 100; i++) {
      now += MILLISECOND;
      pace.issueWhatIsDue(4, true);
    }
    assertThat(issued).isEmpty();
    // From when it has nothing to do any more.
    now += MILLISECOND;
    pace.issueWhatIsDue(3, true);
    assertThat(issued).isEmpty();
    now++;
    pace.issueWhatIsDue(3, true);
    assertThat(issued).containsExactly(false);
  }

  @Test
  void whatSomebodyWaitsForIsIssuedAtOnce() {
    hold(3);
    isDemanded = true;
    pace.issueWhatIsDue(4, true);
    assertThat(issued).containsExactly(true);
  }

  /** Those of the iteration before have been issued. */
  @Test
  void aNewIterationCountsItsOwnTasksOnly() {
    hold(3);
    replays = 1;
    begin(3);
    hold(2);
    now += 2 * MILLISECOND;
    pace.issueWhatIsDue(5, true);
    assertThat(issued).isEmpty();
    now += 2 * MILLISECOND;
    pace.issueWhatIsDue(2, true);
    assertThat(issued).containsExactly(false);
  }

  /** A loop of few launches, which is left alone, within one whose iteration is held back. */
  @Test
  void aLoopThatIsLeftAloneDoesNotHideTasksThatAreHeldBack() {
    hold(3);
    leavesLoopsAlone = true;
    begin(3);
    hold(2);
    now += 2 * MILLISECOND;
    pace.issueWhatIsDue(5, false);
    assertThat(issued).containsExactly(true);
  }

  /** Iterations of a loop within, which is left alone, are none. */
  @Test
  void aLoopThatIsLeftAloneEndsNoIteration() {
    replays++;
    assertThat(begin(10)).isZero();
    leavesLoopsAlone = true;
    assertThat(begin(15)).isZero();
    leavesLoopsAlone = false;
    replays++;
    assertThat(begin(20)).isEqualTo(10);
  }

  /** Whether they were issued at their ends or when their last launch had come. */
  @Test
  void theIterationBeforeMayStillRun() {
    for (int i = 1; i <= 5; i++) {
      replays++;
      long ended = begin(10L * i);
      assertThat(ended).isEqualTo(10L * (i - 1));
    }
    // One that was not issued at once frees those before it from being waited for.
    assertThat(begin(60)).isZero();
    replays++;
    assertThat(begin(70)).isZero();
  }
}
