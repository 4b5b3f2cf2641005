package dev.reprise.engine.level;

import dev.reprise.cache.LineageCache;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.replay.KnownContent;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.stored.KnownForm;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.CompleteInputs;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Gathers the values that a composite names: all of them with references, or none. */
final class LevelValues {
  private final Sources sources;
  private final LineageCache cache;

  /** Null without an experiment store. */
  private final StoredValues stored;

  private final Activation activation;
  private final Region region;

  /** What executing the region took. */
  private long costNanos;

  /** Whether values that are not in memory are waited for; decided when one is met. */
  private boolean waits;

  /**
   * @param ofThisHistory whether the composite's items are made of what the activation has: then
   *     the experiment store may have values, or they may be made again
   */
  LevelValues(Sources sources, Activation activation, Region region, boolean ofThisHistory) {
    this.sources = sources;
    this.cache = sources.resources().cache();
    this.stored = ofThisHistory ? sources.resources().stored() : null;
    this.activation = activation;
    this.region = region;
  }

  /**
   * Fills in values, each with a reference for the caller, and items of the first parts; null for
   * parts without a value. Values on disk are brought back and waited for, if that is estimated to
   * take less than executing the region did; no claim may be held.
   *
   * @return false, and no reference is held, when a value is not in the cache
   */
  boolean take(Composite known, Value[] values, LineageItem[] items) {
    Composite.Part[] parts = known.parts();
    costNanos = known.costNanos();
    if (!gather(parts, values)) {
      if (!bringBack(parts, values.length, known.costNanos()) || !gather(parts, values)) {
        return false;
      }
    }
    for (int i = 0; i < values.length; i++) {
      items[i] = item(parts[i]);
    }
    return true;
  }

  /** All values or none. */
  private boolean gather(Composite.Part[] parts, Value[] values) {
    boolean complete = false;
    try {
      for (int i = 0; i < values.length; i++) {
        if (!(parts[i] instanceof Composite.NoValue)) {
          values[i] = take(parts[i]);
          if (values[i] == null) {
            return false;
          }
        }
      }
      complete = true;
      return true;
    } finally {
      if (!complete) {
        for (int i = 0; i < values.length; i++) {
          if (values[i] != null) {
            values[i].release();
            values[i] = null;
          }
        }
      }
    }
  }

  /** Begins to read all values that are on disk, when that pays. */
  private boolean bringBack(Composite.Part[] parts, int count, long costNanos) {
    List<Key> missing = new ArrayList<>();
    double nanos = 0;
    for (int i = 0; i < count; i++) {
      nanos += collectMissing(parts[i], missing);
    }
    if (nanos >= costNanos) {
      return false;
    }
    waits = true;
    for (Key key : missing) {
      Handle handle = cache.atHand().ask(key);
      if (handle != null) {
        handle.release();
      }
    }
    return true;
  }

  private double collectMissing(Composite.Part part, List<Key> missing) {
    if (part instanceof Composite.Cached(Key key, LineageItem _, Composite.MatrixFacts _)) {
      double nanos = cache.atHand().nanos(key);
      if (nanos > 0) {
        missing.add(key);
      }
      return nanos;
    }
    double nanos = 0;
    if (part instanceof Composite.Elements list) {
      for (Composite.Part element : list.elements()) {
        nanos += collectMissing(element, missing);
      }
    }
    return nanos;
  }

  private Value cached(Composite.Cached part) {
    Key key = part.key();
    Value value = cache.take(key);
    if (value == null && stored != null && !cache.contains(key)) {
      value = fromStore(part);
    }
    if (value != null || !waits) {
      return value;
    }
    try {
      return cache.atHand().await(key);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private Value fromStore(Composite.Cached part) {
    Artifact artifact = stored.lookup().artifact(part.item());
    KnownForm form =
        sources.resources().mayDefer() && (artifact == null || !artifact.isInline())
            ? formOf(part, artifact)
            : null;
    Value value = form == null ? null : absent(part, form, artifact);
    long nanos = value == null ? 0 : costNanos;
    if (value == null && artifact != null) {
      long start = System.nanoTime();
      value = stored.questions().find(part.item());
      nanos = System.nanoTime() - start;
    }
    if (value != null) {
      cache.putForGroup(part.key(), value, nanos, part.item().height());
    }
    return value;
  }

  /** Null when it is not known without the cells. */
  private KnownForm formOf(Composite.Cached part, Artifact artifact) {
    if (part.facts() != null) {
      return KnownForm.ofMatrix(part.facts().shape(), part.facts().precision());
    }
    return artifact == null ? null : KnownForm.of(stored.lookup(), artifact);
  }

  private Value absent(Composite.Cached part, KnownForm form, Artifact artifact) {
    LineageItem[] items = new LineageItem[region.inputs().length];
    Value[] values = new Value[items.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = activation.items[region.inputs()[i]];
      values[i] = activation.values[region.inputs()[i]];
    }
    long computingNanos = costNanos;
    return KnownContent.of(
        sources,
        new KnownContent.Facts(part.item(), form, artifact),
        CompleteInputs.of(items, values),
        () -> computingNanos);
  }

  private LineageItem item(Composite.Part part) {
    if (part instanceof Composite.Inline inline) {
      return inline.item();
    }
    if (part instanceof Composite.Cached cached) {
      return cached.item();
    }
    if (part instanceof Composite.Elements list) {
      return list.item();
    }
    return part instanceof Composite.Input input
        ? activation.items[region.inputs()[input.position()]]
        : null;
  }

  private Value take(Composite.Part part) {
    if (part instanceof Composite.Inline inline) {
      return inline.value();
    }
    if (part instanceof Composite.Cached cached) {
      return cached(cached);
    }
    if (part instanceof Composite.Elements list) {
      return list(list);
    }
    if (!(part instanceof Composite.Input input)) {
      throw new IllegalStateException("no element is without a value");
    }
    Value value = activation.values[region.inputs()[input.position()]];
    value.retain();
    return value;
  }

  /**
   * What becomes an element, as the region's execution would have put it into the list: the value
   * itself, or what is still to come if enough is known of it. Null when it is not: then the region
   * is executed, which waits for it.
   */
  private static Value element(Value taken) {
    if (!(taken instanceof Handle handle)) {
      return taken;
    }
    Value value = handle.valueOrNull();
    if (value == null && StructureOperations.mayBeElement(handle)) {
      return handle;
    }
    if (value != null) {
      value.retain();
    }
    handle.release();
    return value;
  }

  /** The list takes over the references to its elements. */
  private Value list(Composite.Elements list) {
    List<Value> elements = new ArrayList<>(list.elements().length);
    try {
      for (Composite.Part part : list.elements()) {
        Value element = element(take(part));
        if (element == null) {
          return null;
        }
        elements.add(element);
      }
      ListValue value = new ListValue(list.names(), List.copyOf(elements));
      elements.clear();
      return value;
    } finally {
      elements.forEach(Value::release);
    }
  }
}
