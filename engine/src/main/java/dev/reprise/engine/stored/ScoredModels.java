package dev.reprise.engine.stored;

import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.ScoredModel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The models that a session has scored, of each score the best one. At the end of the session they
 * go to the store with their lineage, so that later ones may begin from them: not before, since a
 * session does not find its own. Thread-safe.
 */
public final class ScoredModels {
  /** Scores by more names than these keep no models. */
  private static final int MOST_NAMES = 64;

  /** Reading a longer text would take longer than many a training. */
  private static final int LONGEST_TEXT = 4 << 20;

  private final Offers offers;
  private final StoreLookup lookup;
  private final StoreKeys keys;
  private final long mostBytes;

  // Guarded by this; values with a reference each, null for a model that is not kept.
  private final Map<String, Model> best = new LinkedHashMap<>();

  private record Model(LineageItem item, Value value, double score, long nanos) {
    void release() {
      if (value != null) {
        value.release();
      }
    }
  }

  /**
   * @param mostBytes of one model
   */
  ScoredModels(Offers offers, StoreLookup lookup, StoreKeys keys, long mostBytes) {
    this.offers = offers;
    this.lookup = lookup;
    this.keys = keys;
    this.mostBytes = mostBytes;
  }

  /**
   * Notes how good a model is, larger is better.
   *
   * @param value complete, borrowed
   */
  public synchronized void note(String name, LineageItem item, Value value, double score) {
    // In the order in which models are compared here: of equally good ones both keep the same.
    offers.score(name, item.key(), score);
    Model before = best.get(name);
    boolean isBetter = before == null || score > before.score;
    if (offers.log() == null || !isBetter || before == null && best.size() == MOST_NAMES) {
      return;
    }
    boolean isKept = !item.isLiteral() && value.bytes() <= mostBytes;
    if (isKept) {
      value.retain();
    }
    best.put(name, new Model(item, isKept ? value : null, score, offers.elapsedNanos()));
    if (before != null) {
      before.release();
    }
  }

  /** Hands all of them to the store; what is noted later is not kept. */
  void leaveAll() {
    Map<String, Model> all;
    synchronized (this) {
      all = new LinkedHashMap<>(best);
      best.clear();
    }
    for (Map.Entry<String, Model> each : all.entrySet()) {
      Model model = each.getValue();
      if (model.value != null) {
        leave(each.getKey(), model);
      }
      model.release();
    }
  }

  /** Offers a model with its lineage, whatever its last operation took. */
  private void leave(String name, Model model) {
    if (!AbsentValue.isThere(model.value) && lookup.artifact(keys.of(model.item.key())) == null) {
      // Put off, or left where another key has it: nobody would find it by its history.
      try {
        AbsentValue.make(model.value);
      } catch (ResourceException e) {
        // Then its lineage is kept alone.
      }
    }
    offers.leave(ScoredModel.traceName(name), model.item, model.value, model.nanos);
  }

  /** The trace of a model; null when it is too long. */
  static String textOf(LineageItem item) {
    return ShortTrace.of(item, LONGEST_TEXT);
  }
}
