package dev.reprise.engine.stored;

import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceWriter;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.RunLog;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.StoreClaim;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Hands what a session has computed, and how it came to be, to the thread that writes to its store,
 * if it is worth keeping. Nobody waits for that. Thread-safe.
 */
public final class Offers {
  /** A value must have cost so many times its loading to be kept. */
  private static final double WORTH_KEEPING = 2;

  /** What took less is not kept: noting it costs the run a tenth of that. */
  private static final long LEAST_COST_NANOS = 500_000;

  /** Traces of files that are longer are not kept. */
  private static final int LONGEST_TRACE = 32 << 20;

  private final StoreKeys keys;
  private final HostMemory memory;
  private final long leastCostNanos;
  private final GraphRecorder recorder = new GraphRecorder();

  // Set by the first run, before the log, which publishes it.
  private long startedNanos;

  // Set by the first run; null before, and always when the store is read only.
  private volatile RunLog log;

  /**
   * @param leastCostNanos what anything counts as having taken
   */
  Offers(StoreKeys keys, HostMemory memory, long leastCostNanos) {
    this.keys = keys;
    this.memory = memory;
    this.leastCostNanos = leastCostNanos;
  }

  /**
   * From now on things are kept.
   *
   * @param opened null when they cannot be
   * @param nanoTime when the run began
   */
  void begin(RunLog opened, long nanoTime) {
    startedNanos = nanoTime;
    log = opened;
  }

  /** Null when nothing is kept. */
  RunLog log() {
    return log;
  }

  /** What the session has taken until now; 0 when nothing is kept. */
  long elapsedNanos() {
    return log == null ? 0 : System.nanoTime() - startedNanos;
  }

  /** What counts as the cost of something that took so long; all else here is told costs. */
  public long cost(long nanos) {
    return Math.max(leastCostNanos, nanos);
  }

  /** True when an execution is worth noting. */
  boolean isWorthKeepingRegion(long costNanos) {
    return costNanos >= LEAST_COST_NANOS && log != null;
  }

  /** Offers a value; the caller keeps its reference. */
  public void offer(LineageItem item, Value value, long costNanos) {
    if (log != null) {
      offer(item, keys.of(item), value, costNanos, null, false, null);
    }
  }

  /**
   * As the other.
   *
   * @param key under which it is to lie
   * @param nanos its {@link #cost}, with all that was not there
   * @param measured what its operation took by itself; null when that was not measured
   * @param isKept true for what the store has
   * @param claim ended when the value is there or not kept; may be null
   */
  void offer(
      LineageItem item,
      Key key,
      Value value,
      long nanos,
      DeviceCost measured,
      boolean isKept,
      StoreClaim claim) {
    // What came from the store and has not been needed is there, or not worth it.
    RunLog open = AbsentValue.isThere(value) ? log : null;
    // Asked once: a frame looks at all its texts to tell.
    long bytes = open == null ? 0 : value.bytes();
    boolean worthKeeping =
        open != null
            && !isKept
            && nanos >= Math.max(LEAST_COST_NANOS, WORTH_KEEPING * Loading.nanos(bytes))
            && ValueContent.canWrite(value);
    if (open != null) {
      record(open, item, nanos, bytes, measured);
    }
    if (worthKeeping && OutputsOfOne.isValue(item, value)) {
      offerOutputs(open, item, (ListValue) value, nanos, claim);
    } else if (worthKeeping) {
      open.offer(key, item.key(), nanos, new ValueOffer(value, bytes, memory, claim));
    } else if (claim != null) {
      claim.close();
    }
  }

  /** Each output under its own key: whoever has one of them to spare need not load the others. */
  private void offerOutputs(
      RunLog open, LineageItem item, ListValue values, long nanos, StoreClaim claim) {
    LineageItem[] items = OutputsOfOne.items(item);
    // One share is held here, so that the claim ends also when not all of them could be offered.
    try (SharedClaim shared = new SharedClaim(claim)) {
      for (int i = 0; i < items.length; i++) {
        Value value = values.elements().get(i);
        long bytes = value.bytes();
        record(open, items[i], 0, bytes, null);
        Key key = keys.of(items[i]);
        StoreClaim share = shared.share();
        open.offer(key, items[i].key(), nanos, new ValueOffer(value, bytes, memory, share));
      }
    }
  }

  /**
   * Offers a model with its lineage, whatever its last operation took.
   *
   * @param nanos what the session has taken to make it
   */
  void leave(String name, LineageItem item, Value model, long nanos) {
    RunLog open = log;
    if (open == null) {
      return;
    }
    if (AbsentValue.isThere(model) && ValueContent.canWrite(model)) {
      long bytes = model.bytes();
      record(open, item, 0, bytes, null);
      // Looked for by its history, which somebody reads who knows no contents.
      Key lineage = item.key();
      open.offer(keys.of(lineage), lineage, nanos, new ValueOffer(model, bytes, memory, null));
    }
    open.trace(name, item.key(), () -> ScoredModels.textOf(item));
  }

  /** Notes how good a model is, larger is better; of several by one name the best counts. */
  public void score(String name, Key model, double value) {
    RunLog open = log;
    if (open != null) {
      open.score(name, model, value);
    }
  }

  /** Keeps the lineage of what a run wrote, under the name of the file. */
  public void keepTrace(String name, LineageItem item) {
    keepTrace(name, item.key(), () -> textOf(item));
  }

  /**
   * Likewise, of an item whose trace is known as text.
   *
   * @param text called by the thread that writes
   */
  public void keepTrace(String name, Key key, Supplier<String> text) {
    RunLog open = log;
    if (open != null) {
      open.trace(ScoredModel.fileTraceName(name), key, text);
    }
  }

  /** Null when it is too long to be kept. */
  private static String textOf(LineageItem item) {
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.write(Map.of(Trace.UNNAMED, item), new ShortText(text, LONGEST_TRACE));
    } catch (IOException e) {
      return null;
    }
    return text.toString();
  }

  /** Notes that a run has used a value that was kept. */
  void used(Key key) {
    RunLog open = log;
    if (open != null) {
      open.used(key);
    }
  }

  /** Notes a value that was loaded. */
  void loaded(LineageItem item, Artifact artifact, Value value) {
    RunLog open = log;
    if (open != null) {
      open.used(artifact.key());
      record(open, item, 0, value.bytes(), null);
    }
  }

  /** Notes that a content is not what it was. */
  void damaged(Artifact artifact) {
    RunLog open = log;
    if (open != null) {
      open.damaged(artifact);
    }
  }

  /** Notes what the operation of a value took that was offered before. */
  void measured(LineageItem item, DeviceCost cost) {
    RunLog open = log;
    if (open != null) {
      open.measured(item.key(), cost);
    }
  }

  private void record(RunLog open, LineageItem item, long nanos, long bytes, DeviceCost measured) {
    open.seen(() -> recorder.verticesOf(item, nanos, bytes, measured));
  }
}
