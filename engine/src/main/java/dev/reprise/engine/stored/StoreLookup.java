package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.store.Artifact;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the store of a session has and knows; loads no values. A store that cannot be read is as
 * good as an empty one. Thread-safe.
 */
public final class StoreLookup {
  private final StoreOpening opening;
  private final StoreKeys keys;
  private final UseCounts counts;

  StoreLookup(StoreOpening opening, StoreKeys keys, UseCounts counts) {
    this.opening = opening;
    this.keys = keys;
    this.counts = counts;
  }

  /** What the store has of an item's value; null when it has none. */
  public Artifact artifact(LineageItem item) {
    return artifact(keys.of(item));
  }

  /** What lies under a key of the store, or null. */
  Artifact artifact(Key key) {
    try {
      return isBarren() ? null : opening.store().find(key);
    } catch (StoreException e) {
      return null;
    }
  }

  /** Likewise, but waits for a store that is being made, and asks one that was barren. */
  Artifact awaited(Key key) {
    try {
      return opening.store().find(key);
    } catch (StoreException e) {
      return null;
    }
  }

  /**
   * What an earlier run noted of a whole run, call or block; null when there is nothing, or it is
   * damaged.
   *
   * @param key of the run, call or block. What it lies under is asked for if there may be anything,
   *     since that waits for the build's identity
   */
  byte[] record(Key key) {
    try {
      return isBarren() ? null : SealedRecord.opened(opening.store().region(keys.of(key)));
    } catch (StoreException e) {
      return null;
    }
  }

  /** True as long as nobody can have left anything; one that is being made is not waited for. */
  private boolean isBarren() {
    return !opening.isOver() || opening.store().isBarren();
  }

  /** What is known of the costs of values, by their lineage keys; those unknown are left out. */
  public Map<Key, MeasuredCosts> costsOf(Collection<LineageItem> items) {
    try {
      return opening.store().costsOf(items.stream().map(LineageItem::key).toList());
    } catch (StoreException e) {
      return Map.of();
    }
  }

  /**
   * True for a value that an earlier run has computed, whether or not it is kept. False as long as
   * nothing was found: then what is made of it will not be found either, as after an upgrade, when
   * the graph knows what values of another build cost.
   */
  public boolean isKnown(LineageItem item) {
    return counts.hasFound() && !costsOf(List.of(item)).isEmpty();
  }

  /** What a content begins with, as good as the content itself; null when the store cannot say. */
  public byte[] headerOf(Artifact artifact) {
    return opening.store().headerOf(artifact);
  }
}
