package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.RunStore;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreException;
import java.util.function.BooleanSupplier;

/**
 * Asks the store of a session for the value of an operation before it is executed. Thread-safe.
 *
 * <p><b>Waiting.</b> Who finds that another process computes a value waits for it as if he were
 * computing it himself: holding the claim of the cache, polling. The other process computes with
 * all its inputs at hand and waits for nobody in ours; if it dies, the operating system gives its
 * claim back, and one of those who wait takes over.
 */
public final class Questions {
  /** Estimated work below which asking costs more than computing may. */
  public static final double WORTH_ASKING_NANOS = RunStore.FOLDER_ASKING_NANOS;

  private final StoreOpening opening;
  private final EqualContents contents;
  private final StoreKeys keys;
  private final StoreLookup lookup;
  private final Loading loading;
  private final Offers offers;
  private final UseCounts counts;
  private final OtherProcesses others;

  Questions(
      StoreOpening opening,
      EqualContents contents,
      StoreKeys keys,
      StoreLookup lookup,
      Loading loading,
      Offers offers,
      UseCounts counts) {
    this.opening = opening;
    this.contents = contents;
    this.keys = keys;
    this.lookup = lookup;
    this.loading = loading;
    this.offers = offers;
    this.counts = counts;
    this.others = new OtherProcesses(opening::tryClaim, counts);
  }

  /** What a value that the store has is before it is loaded; null when it is to be loaded. */
  @FunctionalInterface
  public interface Deferral {
    /** Loads everything. */
    Deferral NONE = (_, _) -> null;

    /**
     * @param item whose value it is: the one that was asked for, or that of one of its outputs
     */
    Value of(LineageItem item, Artifact artifact);
  }

  /** Whether something that the store has is to be computed all the same. */
  @FunctionalInterface
  public interface Refusal {
    /** Computes nothing that can be loaded. */
    Refusal NONE = _ -> false;

    boolean of(Artifact artifact);
  }

  /** True when an operation of that estimated work is worth asking for. */
  public boolean isWorth(double work) {
    return work >= opening.worthAskingNanos();
  }

  /**
   * Looks for a value; waits while another process computes it. The loading of what lies in a file
   * may be left for later, or for never. Operands whose content may stand for them were looked at
   * before: {@link EqualContents#lookAt}.
   *
   * @param work estimated nanoseconds
   * @param wanted false when nobody waits for the value any more
   * @param deferral asked once the artifact was found
   * @param refusal likewise, if it is to be loaded
   */
  public Answer ask(
      LineageItem item, double work, BooleanSupplier wanted, Deferral deferral, Refusal refusal) {
    Key contentKey = contents.of(item);
    Key key = keys.of(contentKey);
    boolean byContent = !contentKey.equals(item.key());
    Answer known =
        OutputsOfOne.isItem(item)
            ? outputs(item, key, byContent, deferral)
            : single(item, key, byContent, deferral, refusal);
    if (known != null) {
      return known;
    }
    return work >= OtherProcesses.WORTH_WAITING_NANOS && opening.takesClaims()
        ? claimed(item, key, work, wanted)
        : missed(item, key, null);
  }

  /** All outputs of an operation that has several; null unless the store has each of them. */
  private Answer outputs(LineageItem item, Key key, boolean byContent, Deferral deferral) {
    Value outputs = loading.outputs(item, deferral, lookup::artifact);
    if (outputs == null) {
      return null;
    }
    countFound(byContent);
    return Answer.found(offers, item, key, outputs);
  }

  /** Null when the store does not have the value, or no longer as it was. */
  private Answer single(
      LineageItem item, Key key, boolean byContent, Deferral deferral, Refusal refusal) {
    Artifact known = lookup.artifact(key);
    if (known == null) {
      return null;
    }
    countFound(byContent);
    Value value = known.isInline() ? null : deferral.of(item, known);
    if (value == null && !known.isInline() && refusal.of(known)) {
      counts.deferred();
      counts.computedAfterAll();
      return Answer.refused(offers, item, key);
    }
    if (value == null) {
      value = loading.found(item, known);
    }
    return value == null ? null : Answer.found(offers, item, key, value);
  }

  private void countFound(boolean byContent) {
    if (byContent) {
      counts.byContent.increment();
    }
  }

  /** Claims what the store does not have, or waits for the process that has claimed it. */
  private Answer claimed(LineageItem item, Key key, double work, BooleanSupplier wanted) {
    StoreClaim claim;
    try {
      claim = others.tryClaim(key);
    } catch (StoreException e) {
      // Nobody can tell who computes it, so there is nobody to wait for.
      return missed(item, key, null);
    }
    boolean waited = claim == null;
    if (waited) {
      claim = others.waitFor(key, work, wanted);
      if (claim == null) {
        return missed(item, key, null);
      }
    }
    // Whoever held the claim before may have left the value. For that alone no store is opened.
    Value left = waited || opening.isOver() ? loadClaimed(item, key, claim) : null;
    if (left == null && !waited) {
      return missed(item, key, claim);
    }
    // Found, or waited in vain: the value is not kept, so that nobody else should wait for it.
    claim.close();
    return left == null ? missed(item, key, null) : Answer.found(offers, item, key, left);
  }

  private Answer missed(LineageItem item, Key key, StoreClaim claim) {
    counts.misses.increment();
    return Answer.missed(offers, item, key, claim);
  }

  private Value loadClaimed(LineageItem item, Key key, StoreClaim claim) {
    try {
      return load(item, key);
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /** The value of an item, with a reference for the receiver, or null; waits for no process. */
  public Value find(LineageItem item) {
    return load(item, keys.of(item));
  }

  private Value load(LineageItem item, Key key) {
    if (OutputsOfOne.isItem(item)) {
      return loading.outputs(item, Deferral.NONE, output -> lookup.awaited(keys.of(output)));
    }
    Artifact artifact = lookup.awaited(key);
    return artifact == null ? null : loading.found(item, artifact);
  }
}
