package dev.reprise.engine.level;

import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.EqualExecutions;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.region.RegionRecord;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.OperationTable;

/**
 * Looks for what executions of regions have left, and binds that instead of executing.
 *
 * <pre>
 *   byHistory, byContents: Composites      fromStore: the experiment store
 *                 \                          /
 *                  a composite: the functions that it called mean the same? --no--> nothing found
 *                         | yes
 *                  all its values are there? --no--> nothing found
 *                         | yes: a reference to each
 *                  one of the sample that is verified? --yes--> RegionCheck executes it, too
 *                         | no
 *                  bound; variables, seeds, work and footprint are as after the execution
 * </pre>
 *
 * <p><b>Who writes what.</b> The control thread that asks, its own activation and context; where
 * nothing is found, neither has changed. What came from the store is remembered in memory.
 *
 * <p><b>Who waits for whom.</b> The control thread, for values on disk and the store's bytes; it
 * holds no claim.
 *
 * <p>Thread-safe; stateless but for the maps.
 */
final class RegionLookup {
  private final Sources sources;
  private final RegionKeys keys;
  private final Composites composites;
  private final EqualExecutions equals;

  /** Null when no hit is executed for comparison. */
  private final ReuseVerifier verifier;

  /** Null without an experiment store. */
  private final StoredValues stored;

  /**
   * @param equals knows the composites by contents
   */
  RegionLookup(
      Sources sources,
      RegionKeys keys,
      Composites composites,
      EqualExecutions equals,
      RunChecks checks) {
    this.sources = sources;
    this.stored = sources.resources().stored();
    this.keys = keys;
    this.composites = composites;
    this.equals = equals;
    this.verifier = checks.verifier();
  }

  /** Binds what an execution on inputs of this history left; false when there is nothing. */
  boolean byHistory(Request request) {
    if (composites.isEmpty()) {
      return false;
    }
    Key key = keys.of(request.region(), request.inputs());
    Composite known = composites.get(key);
    return known != null && leaveOut(new FoundRegion(request, key, known, null, null));
  }

  /** As {@link #byHistory}, on inputs of equal contents. */
  boolean byContents(Request request, Key contents) {
    EqualExecutions.Execution equal = equals.get(contents);
    HistoryTemplate template = equal == null ? null : equal.template().get();
    Composite known = template == null ? null : composites.get(equal.key());
    return known != null && leaveOut(new FoundRegion(request, equal.key(), known, template, null));
  }

  /** As {@link #byHistory}, in an earlier run. */
  boolean fromStore(Request request) {
    if (!asksStore(request.region())) {
      return false;
    }
    Key key = keys.of(request.region(), request.inputs());
    if (composites.get(key) != null) {
      // Its values have gone.
      return false;
    }
    Key inStore = keyInStore(request);
    Composite known = recall(inStore, request.inputs());
    return known != null && leaveOut(new FoundRegion(request, key, known, null, inStore));
  }

  /** True for what the experiment store may have, or may be given. */
  boolean asksStore(Region region) {
    return stored != null && region.isWorthRecalling(stored.regions().worthRecallingNanos());
  }

  /** Looks at the small inputs before. */
  private Key keyInStore(Request request) {
    Region region = request.region();
    Value[] values = new Value[request.inputs().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = request.activation().values[region.inputs()[i]];
    }
    stored.contents().lookAt(request.inputs(), values, sources.resources().mayDefer());
    return keys.inStore(region, request.inputs());
  }

  private Composite recall(Key key, LineageItem[] inputs) {
    byte[] record = stored.regions().find(key);
    return record == null
        ? null
        : RegionRecord.read(record, inputs, stored.contents().keys(), OperationTable.standard());
  }

  /** Binds what was found instead of executing; false, and nothing has changed, if it has gone. */
  private boolean leaveOut(FoundRegion found) {
    Footprint called = new Footprint(null);
    if (!found.fits(called)) {
      return false;
    }
    Request request = found.request();
    request.context().checkCancelled();
    Value[] values = new Value[found.boundOutputs()];
    LineageItem[] items = new LineageItem[values.length];
    LevelValues there =
        new LevelValues(sources, request.activation(), request.region(), found.isOfThisHistory());
    if (!there.take(found.composite(), values, items)) {
      return false;
    }
    LineageItem[] histories = noted(found, values, items);
    if (isVerified(found)) {
      check(found, values, histories);
    } else {
      found.bind(values, histories, called);
    }
    found.countIn(request.context().counters);
    return true;
  }

  /**
   * The items of what was found, when everybody knows of it who is to.
   *
   * @param values released when that fails
   */
  private LineageItem[] noted(FoundRegion found, Value[] values, LineageItem[] items) {
    boolean isNoted = false;
    try {
      composites.found(found.key());
      LineageItem[] histories = found.histories(items);
      found.noteItems(verifier, values, items, histories);
      if (found.isRecalled() && !isVerified(found)) {
        remember(found);
      }
      isNoted = true;
      return histories;
    } finally {
      if (!isNoted) {
        releaseAll(values);
      }
    }
  }

  private void remember(FoundRegion found) {
    stored.regions().found(found.recalled(), !found.recalled().equals(found.key()));
    composites.put(
        found.key(), found.composite(), found.composite().cachedKeys(found.boundOutputs()));
  }

  private static void releaseAll(Value[] values) {
    for (Value value : values) {
      if (value != null) {
        value.release();
      }
    }
  }

  private boolean isVerified(FoundRegion found) {
    return verifier != null && verifier.isSampled(found.key());
  }

  private void check(FoundRegion found, Value[] values, LineageItem[] histories) {
    Request request = found.request();
    new RegionCheck(verifier, request.region(), values, histories, !found.isOfThisHistory())
        .execute(request.body(), request.context(), request.activation());
  }
}
