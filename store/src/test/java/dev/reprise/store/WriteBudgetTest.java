package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a run may write, and what it writes first. */
class WriteBudgetTest {
  private long now;

  @Test
  void aShortRunWritesUpToItsCredit() {
    WriteBudget budget = new WriteBudget(0.01, () -> now);
    assertThat(budget.allows(WriteBudget.CREDIT_NANOS)).isTrue();
    budget.spend(WriteBudget.CREDIT_NANOS);
    assertThat(budget.allows(1)).isFalse();
  }

  @Test
  void aLongerRunEarnsItsShare() {
    WriteBudget budget = new WriteBudget(0.01, () -> now);
    budget.spend(WriteBudget.CREDIT_NANOS);
    now = 100_000_000;
    assertThat(budget.allows(1_000_000)).isTrue();
    assertThat(budget.allows(1_000_001)).isFalse();
  }

  @Test
  void aValueThatTookAHundredTimesItsWritingPaysForItself() {
    WriteBudget budget = new WriteBudget(0.01, () -> now);
    long nanos = budget.writeNanos(1_000_000);
    assertThat(budget.paysForItself(100 * nanos, nanos)).isTrue();
    assertThat(budget.paysForItself(99 * nanos, nanos)).isFalse();
  }

  @Test
  void aSlowDiskMakesBytesDear() {
    WriteBudget budget = new WriteBudget(0.01, () -> now);
    long before = budget.writeNanos(1 << 20);
    // Once may be the machine that stood still.
    budget.measured(1 << 20, 100L << 20);
    assertThat(budget.writeNanos(1 << 20)).isBetween(2 * before, 4 * before);
    budget.measured(1 << 20, 100L << 20);
    budget.measured(1 << 20, 100L << 20);
    assertThat(budget.writeNanos(1 << 20)).isGreaterThan(10 * before);
    // A short one says nothing.
    budget.measured(100, 100_000_000);
    assertThat(budget.writeNanos(1 << 20)).isLessThan(100 * before);
  }

  @Test
  void whatWritingReallyTakesEndsTheShareButNotTheCredit() {
    WriteBudget budget = new WriteBudget(0.01, () -> now);
    now = 10_000_000_000L;
    budget.taken(1_000_000_000);
    assertThat(budget.allows(WriteBudget.CREDIT_NANOS)).isTrue();
    assertThat(budget.allows(WriteBudget.CREDIT_NANOS + 1)).isFalse();
    budget.spend(WriteBudget.CREDIT_NANOS);
    assertThat(budget.allows(1)).isFalse();
  }

  private record Thing(String name, long costNanos, long bytes) implements WaitingOffers.Offered {}

  @Test
  void whatSavesMostForItsWritingGoesFirstAndLeavesLast() {
    WaitingOffers<Thing> waiting = new WaitingOffers<>(100);
    waiting.add(new Thing("large", 1_000, 60), 600);
    waiting.add(new Thing("dear", 1_000, 20), 10);
    waiting.add(new Thing("cheap", 10, 20), 10);
    waiting.add(new Thing("same", 10, 20), 10);
    List<String> left = new ArrayList<>();
    for (Thing least = waiting.overflow(200); least != null; least = waiting.overflow(200)) {
      left.add(least.name());
    }
    assertThat(left).containsExactly("same");
    assertThat(waiting.best().name()).isEqualTo("dear");
    assertThat(waiting.best().name()).isEqualTo("large");
    assertThat(waiting.best().name()).isEqualTo("cheap");
    assertThat(waiting.best()).isNull();
  }
}
