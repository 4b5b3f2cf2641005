package dev.reprise.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.server.Leases.Outcome;
import dev.reprise.store.remote.Protocol;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who has a claim, in the time of a clock that the test turns. */
class LeasesTest {
  private static final Key KEY = new Key(1, 2);
  private static final Client ADA = new Client(1, "a");
  private static final Client BOB = new Client(1, "b");
  private static final Client OTHER_SPACE = new Client(2, "a");

  private final AtomicLong nanos = new AtomicLong();
  private final Leases leases = new Leases(nanos::get);

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void oneClientOfASpaceHasAClaimUntilHeGivesItBack() {
    assertThat(leases.tryClaim(ADA, KEY)).isEqualTo(Outcome.GRANTED);
    assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.TAKEN);
    assertThat(leases.tryClaim(OTHER_SPACE, KEY)).isEqualTo(Outcome.GRANTED);
    leases.release(BOB, KEY);
    assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.TAKEN);
    leases.release(ADA, KEY);
    assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.GRANTED);
  }

  @Test
  void whoIsSilentLosesHisClaimsWithinASecondAndWhoSpeaksKeepsThem() {
    leases.tryClaim(ADA, KEY);
    for (int i = 0; i < 20; i++) {
      pass(Protocol.BEAT_MILLIS);
      leases.beat(ADA);
      assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.TAKEN);
    }
    pass(Protocol.LEASE_MILLIS - 1);
    assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.TAKEN);
    pass(1);
    assertThat(leases.tryClaim(BOB, KEY)).isEqualTo(Outcome.GRANTED);
    assertThat(Protocol.LEASE_MILLIS).isLessThan(1_000);
    // The one who was silent cannot give back what is another's now.
    leases.release(ADA, KEY);
    assertThat(leases.tryClaim(ADA, KEY)).isEqualTo(Outcome.TAKEN);
  }

  @Test
  void nothingIsLeftOfWhoHasNothing() {
    for (int i = 0; i < 100; i++) {
      leases.tryClaim(ADA, new Key(i, i));
    }
    assertThat(leases.size()).isEqualTo(100);
    for (int i = 0; i < 100; i++) {
      leases.release(ADA, new Key(i, i));
    }
    assertThat(leases.size()).isZero();
  }

  @Test
  void aClientCannotHaveAnyNumberOfClaims() {
    for (int i = 0; i < Leases.MOST_OF_ONE; i++) {
      assertThat(leases.tryClaim(ADA, new Key(i, i))).isEqualTo(Outcome.GRANTED);
    }
    assertThat(leases.tryClaim(ADA, new Key(-1, -1))).isEqualTo(Outcome.TOO_MANY);
  }
}
