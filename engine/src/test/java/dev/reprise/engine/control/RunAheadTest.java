package dev.reprise.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Meta;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunAheadTest {
  private static final long ROOM = 1 << 20;

  private final RunAhead ahead = new RunAhead();

  private Handle added(Meta meta) {
    Handle handle = new Handle(null, meta);
    ahead.add(handle, null, null);
    handle.release();
    return handle;
  }

  private Handle pending() {
    return added(null);
  }

  private void finished() {
    pending().complete(Scalar.of(1.0));
  }

  /** A loop that sums a number up used to wait for it after so many matrices. */
  @Test
  void whatHasFinishedBehindAnUnfinishedNumberTakesNoRoom() {
    pending();
    for (int i = 0; i < 10 * RunAhead.MOST; i++) {
      finished();
      assertThat(ahead.hasRoom(ROOM)).isTrue();
    }
  }

  @Test
  void soManyUnfinishedOnesTakeAllRoom() {
    List<Handle> pending = new ArrayList<>();
    for (int i = 0; i < RunAhead.MOST; i++) {
      assertThat(ahead.hasRoom(ROOM)).isTrue();
      pending.add(pending());
      finished();
    }
    assertThat(ahead.hasRoom(ROOM)).isFalse();
    pending.get(RunAhead.MOST / 2).complete(Scalar.of(1.0));
    assertThat(ahead.hasRoom(ROOM)).isTrue();
  }

  /** So the thread is woken once in so many operations. */
  @Test
  void whoFindsTooManyWaitsForTheMiddleOfThem() {
    List<Handle> pending = new ArrayList<>();
    for (int i = 0; i < RunAhead.MOST; i++) {
      assertThat(ahead.middleOfTooMany()).isNull();
      Handle number = new Handle(null, Meta.DOUBLE);
      ahead.addOfNumbers(number, null);
      number.release();
      pending.add(pending());
    }
    assertThat(ahead.middleOfTooMany()).isSameAs(pending.get(RunAhead.MOST / 2 - 1));
    pending.getFirst().complete(Scalar.of(1.0));
    assertThat(ahead.hasRoom(ROOM)).isTrue();
    assertThat(ahead.middleOfTooMany()).isNull();
  }

  /** A norm of many gradients comes when its device has computed it. */
  @Test
  void numbersOfNumbersLeaveRoomForOthers() {
    List<Handle> numbers = new ArrayList<>();
    for (int i = 0; i < RunAhead.MOST_OF_NUMBERS; i++) {
      assertThat(ahead.hasRoom(ROOM)).isTrue();
      Handle number = new Handle(null, Meta.DOUBLE);
      ahead.addOfNumbers(number, null);
      number.release();
      numbers.add(number);
    }
    assertThat(ahead.hasRoom(ROOM)).isFalse();
    numbers.getLast().complete(Scalar.of(1.0));
    assertThat(ahead.hasRoom(ROOM)).isTrue();
    for (int i = 0; i < RunAhead.MOST; i++) {
      assertThat(ahead.hasRoom(ROOM)).isTrue();
      pending();
    }
    assertThat(ahead.hasRoom(ROOM)).isFalse();
    ahead.discard();
    assertThat(ahead.hasRoom(ROOM)).isTrue();
  }

  /** Who asks for the same once more follows it. */
  @Test
  void whatIsUnderAClaimIsKnownByItsItem() {
    LineageItem one = LineageItem.literal(Scalar.of(1.0));
    LineageItem two = LineageItem.literal(Scalar.of(2.0));
    Object worker = new Object();
    pending();
    Handle handle = new Handle(null, null);
    ahead.add(handle, null, one);
    handle.routed(worker);
    assertThat(ahead.routeOf(LineageItem.literal(Scalar.of(1.0)))).isSameAs(worker);
    assertThat(ahead.routeOf(two)).isNull();
    handle.complete(Scalar.of(5.0));
    assertThat(ahead.unfinishedSince(0)).hasSize(1);
    assertThat(ahead.routeOf(one)).isNull();
    handle.release();
  }

  @Test
  void bytesOfUnfinishedResultsAreBounded() {
    Handle large = added(Meta.matrix(200, 1000));
    Handle small = added(Meta.matrix(1, 1));
    assertThat(ahead.hasRoom(ROOM)).isFalse();
    assertThat(ahead.hasRoom(2 * ROOM)).isTrue();
    large.complete(Scalar.of(1.0));
    assertThat(ahead.hasRoom(ROOM)).isTrue();
    assertThat(ahead.takeOldest().handle()).isSameAs(small);
    assertThat(ahead.isEmpty()).isTrue();
  }

  @Test
  void oneMayAlwaysBeUnderWay() {
    assertThat(ahead.hasRoom(0)).isTrue();
  }

  /** What a block started itself, whatever of it and of what came before has finished. */
  @Test
  void theUnfinishedOnesSinceAMomentAreFoundByTheirPlace() {
    Handle before = pending();
    finished();
    long moment = ahead.submissions();
    finished();
    Handle first = pending();
    finished();
    Handle second = pending();
    assertThat(ahead.hasRoom(ROOM)).isTrue();
    assertThat(ahead.unfinishedSince(moment)).containsExactly(first, second);
    before.complete(Scalar.of(1.0));
    first.complete(Scalar.of(1.0));
    assertThat(ahead.unfinishedSince(moment)).containsExactly(second);
    assertThat(ahead.unfinishedSince(0)).containsExactly(second);
  }

  @Test
  void whatIsDiscardedIsCancelled() {
    Handle left = pending();
    left.retain();
    ahead.discard();
    assertThat(left.complete(Scalar.of(1.0))).isFalse();
    assertThat(ahead.isEmpty()).isTrue();
    assertThat(ahead.hasRoom(0)).isTrue();
    left.release();
  }

  /** What is made of it would launch otherwise if it went by who was faster. */
  @Test
  void aNumberThatAnAcceleratorHasKeepsItsHandleThoughItCameAtOnce() {
    Handle number = new Handle(null, Meta.DOUBLE);
    Scalar cell = Scalar.of(1.0);
    number.accompany(cell);
    number.complete(Scalar.of(2.0));
    assertThat(ahead.begun(number, null, null)).isSameAs(number);
    assertThat(number.companion()).isSameAs(cell);
    assertThat(ahead.isEmpty()).isTrue();

    Handle plain = new Handle(null, Meta.DOUBLE);
    plain.complete(Scalar.of(2.0));
    assertThat(ahead.begun(plain, null, null)).isEqualTo(Scalar.of(2.0));
  }
}
