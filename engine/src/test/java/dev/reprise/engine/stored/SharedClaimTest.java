package dev.reprise.engine.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.store.StoreClaim;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A claim of several outputs. */
class SharedClaimTest {
  private final AtomicInteger ended = new AtomicInteger();

  @Test
  void itEndsOnceWithTheLastShare() {
    StoreClaim first;
    StoreClaim second;
    try (SharedClaim claim = new SharedClaim(ended::incrementAndGet)) {
      first = claim.share();
      second = claim.share();
      second.close();
    }
    assertThat(ended).hasValue(0);
    first.close();
    assertThat(ended).hasValue(1);
  }

  @Test
  void itEndsAlsoWhenOutputsCouldNotBeOffered() {
    try (SharedClaim claim = new SharedClaim(ended::incrementAndGet)) {
      claim.share().close();
    }
    assertThat(ended).hasValue(1);
  }

  @Test
  void whatIsNotClaimedHasNoShares() {
    try (SharedClaim claim = new SharedClaim(null)) {
      assertThat(claim.share()).isNull();
    }
  }
}
