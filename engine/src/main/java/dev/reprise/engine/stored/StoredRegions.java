package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.RunLog;
import java.util.function.Supplier;

/**
 * Whole calls and blocks in the store of a session: what an execution left, as a record that names
 * its values, which are found and kept by themselves. Keys are made of the content keys of the
 * inputs. Thread-safe.
 */
public final class StoredRegions {
  private final StoreOpening opening;
  private final StoreKeys keys;
  private final StoreLookup lookup;
  private final Offers offers;
  private final UseCounts counts;

  StoredRegions(
      StoreOpening opening, StoreKeys keys, StoreLookup lookup, Offers offers, UseCounts counts) {
    this.opening = opening;
    this.keys = keys;
    this.lookup = lookup;
    this.offers = offers;
    this.counts = counts;
  }

  /** Work of a call or block from which on asking for it costs little beside it. */
  public double worthRecallingNanos() {
    return 2 * opening.worthAskingNanos();
  }

  /** What an earlier run noted, or null. */
  public byte[] find(Key key) {
    return lookup.record(key);
  }

  /**
   * Counts a call or block that was not executed.
   *
   * @param hasOtherHistory whether an input had another history then
   */
  public void found(Key key, boolean hasOtherHistory) {
    counts.regions.increment();
    if (hasOtherHistory) {
      counts.byContent.increment();
    }
    offers.used(keys.of(key));
  }

  /** True when an execution of that cost is worth noting. */
  public boolean isWorthKeeping(long costNanos) {
    return offers.isWorthKeepingRegion(costNanos);
  }

  /**
   * Keeps what an execution left.
   *
   * @param record called by the thread that writes; null when it cannot be kept
   */
  public void keep(Key key, Supplier<byte[]> record, long costNanos) {
    RunLog open = offers.log();
    if (open != null) {
      open.region(keys.of(key), () -> SealedRecord.sealed(record.get()), costNanos);
    }
  }
}
