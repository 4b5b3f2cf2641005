package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.State.Claimed;
import dev.reprise.cache.State.Resident;
import dev.reprise.cache.State.Spilling;
import dev.reprise.lineage.Key;
import org.junit.jupiter.api.Test;

/** What the queue of victims must not lose. */
class VictimQueueTest {
  private final VictimQueue queue = new VictimQueue(Policy.COSTNSIZE.ranking(), 10, () -> 0);
  private final CountedValue value = new CountedValue(100);

  private Entry entry(State state) {
    Entry entry = new Entry(new Key(1, 1), Claimed.BY_NOBODY_ELSE);
    entry.describe(1, 1, 100, Credit.NONE, 1);
    entry.change(entry.state(), state);
    return entry;
  }

  /** Whoever admits changes the state afterwards, and somebody may look in between. */
  private void isFoundAlthoughLookedAtTooEarly(State before) {
    Entry entry = entry(before);
    queue.admit(entry);
    assertThat(queue.evictDownTo(0)).isEmpty();
    entry.change(before, new Resident(value));
    assertThat(queue.evictDownTo(0)).extracting(VictimQueue.Victim::entry).containsExactly(entry);
    assertThat(queue.residentBytes()).isZero();
  }

  @Test
  void aValueThatIsAboutToBeResidentIsAVictimLater() {
    isFoundAlthoughLookedAtTooEarly(Claimed.BY_NOBODY_ELSE);
  }

  @Test
  void aValueThatStaysAfterAllInsteadOfGoingToDiskIsAVictimLater() {
    isFoundAlthoughLookedAtTooEarly(new Spilling(value));
  }
}
