package dev.reprise.engine.stored;

import dev.reprise.store.StoreClaim;
import java.util.concurrent.atomic.AtomicInteger;

/** A claim that ends when each of several holders has ended it. Thread-safe. */
final class SharedClaim implements StoreClaim {
  private final StoreClaim claim;
  private final AtomicInteger holders;

  SharedClaim(StoreClaim claim, int holders) {
    this.claim = claim;
    this.holders = new AtomicInteger(holders);
  }

  @Override
  public void close() {
    if (holders.decrementAndGet() == 0) {
      claim.close();
    }
  }
}
