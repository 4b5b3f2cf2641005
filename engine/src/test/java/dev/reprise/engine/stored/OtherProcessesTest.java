package dev.reprise.engine.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** When a process goes on waiting for another one; what it is told is written down beforehand. */
class OtherProcessesTest {
  private static final Supplier<StoreClaim> TAKEN = () -> null;
  private static final Supplier<StoreClaim> GONE =
      () -> {
        throw new StoreException("the server does not answer");
      };
  private static final Supplier<StoreClaim> BUSY =
      () -> {
        throw new StoreException("come back later", null, true);
      };

  private final Deque<Supplier<StoreClaim>> answers = new ArrayDeque<>();
  private final UseCounts counts = new UseCounts();
  private final OtherProcesses others =
      new OtherProcesses(_ -> answers.removeFirst().get(), counts);

  private StoreClaim waitFor() {
    return others.waitFor(new Key(1, 2), 1, () -> !answers.isEmpty());
  }

  @Test
  void theClaimComesWhenTheOtherProcessEndsItAlsoFromABusyServer() {
    StoreClaim claim = () -> {};
    answers.addAll(List.of(TAKEN, BUSY, TAKEN, () -> claim, GONE));
    assertThat(waitFor()).isSameAs(claim);
    assertThat(answers).containsExactly(GONE);
    assertThat(counts.waits.sum()).isEqualTo(1);
  }

  @Test
  void nobodyWaitsOnceNobodyCanTellWhoComputes() {
    answers.addAll(List.of(TAKEN, GONE, TAKEN));
    assertThat(waitFor()).isNull();
    assertThat(answers).containsExactly(TAKEN);
  }

  @Test
  void thatNobodyCanTellIsNoClaimOfAnother() {
    answers.add(GONE);
    assertThatThrownBy(() -> others.tryClaim(new Key(1, 2))).isInstanceOf(StoreException.class);
    assertThat(counts.waits.sum()).isZero();
  }
}
