package dev.reprise.engine.stored;

import dev.reprise.store.StoreClaim;
import java.util.concurrent.atomic.AtomicInteger;

/** A claim that ends when all who have a share in it have ended theirs. Thread-safe. */
final class SharedClaim implements StoreClaim {
  /** Null when nothing is claimed. */
  private final StoreClaim claim;

  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * A claim with one holder, who closes this.
   *
   * @param claim null when nothing is claimed
   */
  SharedClaim(StoreClaim claim) {
    this.claim = claim;
  }

  /** One more share, to be closed by its holder; null when nothing is claimed. */
  StoreClaim share() {
    if (claim == null) {
      return null;
    }
    holders.incrementAndGet();
    return this::close;
  }

  @Override
  public void close() {
    if (holders.decrementAndGet() == 0 && claim != null) {
      claim.close();
    }
  }
}
