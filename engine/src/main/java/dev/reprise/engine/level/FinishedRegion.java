package dev.reprise.engine.level;

import dev.reprise.cache.LineageCache;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.stored.EqualContents;
import dev.reprise.engine.stored.Offers;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.RunScope;
import dev.reprise.memory.Handle;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * What a region held when it had been executed, until it is published. Made by the control thread;
 * published by it, or later by the thread of the last operation to finish, with references of its
 * own to the values.
 */
final class FinishedRegion {
  /** Longer texts are kept in the lineage cache, which has a budget, and not in the composite. */
  private static final int LONGEST_INLINE_TEXT = 256;

  final Region region;
  final LineageItem[] inputs;

  /** Which outputs a block left alone; null for a function, whose outputs had no value before. */
  private final BlockMarks marks;

  /** Outputs beyond these are not kept for the composite's sake: nobody has asked for them. */
  private final int wanted;

  private final Composite facts;
  private final Value[] values;
  private final LineageItem[] items;

  /** Values in the cache that an execution can be left out with; filled by {@link #composite}. */
  private final List<Key> kept = new ArrayList<>();

  /**
   * @param facts all that a composite says of it but its outputs
   */
  FinishedRegion(Request request, BlockMarks marks, Composite facts) {
    Activation activation = request.activation();
    this.region = request.region();
    this.inputs = request.inputs();
    this.marks = marks;
    this.wanted = request.wanted();
    this.facts = facts;
    this.values = new Value[region.outputs().length];
    this.items = new LineageItem[region.outputs().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = activation.values[region.outputs()[i]];
      items[i] = activation.items[region.outputs()[i]];
    }
  }

  void collectPending(List<Handle> pending) {
    for (Value value : values) {
      collectPending(value, pending);
    }
  }

  private static void collectPending(Value value, List<Handle> pending) {
    if (value instanceof Handle handle && handle.valueOrNull() == null) {
      pending.add(handle);
    } else if (value instanceof ListValue list) {
      list.elements().forEach(element -> collectPending(element, pending));
    }
  }

  void retain() {
    for (Value value : values) {
      if (value != null) {
        value.retain();
      }
    }
  }

  void release() {
    for (Value value : values) {
      if (value != null) {
        value.release();
      }
    }
  }

  /** Estimated nanoseconds of the execution. */
  long work() {
    return facts.work();
  }

  /** Tells the region's account; everything is complete now. */
  void noteWhereItWasMade() {
    region.account().made(values);
  }

  /** Bytes of the wanted values that the cache does not have yet; everything is complete now. */
  long bytesToKeep(LineageCache cache) {
    long bytes = 0;
    for (int i = 0; i < Math.min(wanted, values.length); i++) {
      if (values[i] != null && (marks == null || !marks.isUntouched(i))) {
        bytes += bytesToKeep(cache, values[i], items[i]);
      }
    }
    return bytes;
  }

  private long bytesToKeep(LineageCache cache, Value pending, LineageItem item) {
    Value value = pending instanceof Handle handle ? handle.valueOrNull() : pending;
    if (Composite.Input.positionOf(item, inputs) >= 0 || value instanceof Scalar) {
      return 0;
    }
    if (value instanceof ListValue list) {
      long bytes = 0;
      LineageItem[] elements = ElementItems.all(item, list.size());
      for (int i = 0; i < elements.length; i++) {
        bytes += bytesToKeep(cache, list.elements().get(i), elements[i]);
      }
      return bytes;
    }
    // The work of a view is counted as if it had been copied, which pays for the copy that is kept.
    return value instanceof RowsView || cache.contains(item.key()) ? 0 : value.bytes();
  }

  long costNanos() {
    return facts.costNanos();
  }

  /** Names all values and keeps none; everything is complete now. */
  Composite named() {
    return composite(null);
  }

  /**
   * Looks at small values, which whoever finds the region may go on with before they are loaded.
   */
  void lookAtValues(EqualContents contents, boolean matricesToo) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        lookAt(contents, values[i], items[i], matricesToo);
      }
    }
  }

  private static void lookAt(
      EqualContents contents, Value pending, LineageItem item, boolean matricesToo) {
    Value value = pending instanceof Handle handle ? handle.valueOrNull() : pending;
    if (value instanceof ListValue list) {
      LineageItem[] elements = ElementItems.all(item, list.size());
      for (int i = 0; i < elements.length; i++) {
        lookAt(contents, list.elements().get(i), elements[i], matricesToo);
      }
    } else if (value != null) {
      contents.lookAt(item, value, matricesToo);
    }
  }

  /** Offers the wanted values to the experiment store; everything is complete now. */
  void offerTo(StoredValues stored) {
    for (int i = 0; i < Math.min(wanted, values.length); i++) {
      if (values[i] != null && (marks == null || !marks.isUntouched(i))) {
        offer(stored.offers(), values[i], items[i]);
      }
    }
  }

  private void offer(Offers offers, Value pending, LineageItem item) {
    Value value = pending instanceof Handle handle ? handle.valueOrNull() : pending;
    if (Composite.Input.positionOf(item, inputs) >= 0
        || value instanceof Scalar scalar && isShort(scalar)) {
      return;
    }
    if (value instanceof ListValue list) {
      LineageItem[] elements = ElementItems.all(item, list.size());
      for (int i = 0; i < elements.length; i++) {
        offer(offers, list.elements().get(i), elements[i]);
      }
    } else {
      offers.offer(item, value, facts.costNanos());
    }
  }

  /** Keeps the wanted values in the cache and names all of them; everything is complete now. */
  Composite composite(LineageCache cache) {
    Composite.Part[] parts = new Composite.Part[values.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = part(cache, i);
    }
    return new Composite(parts, facts.calls(), facts.work(), facts.seeds(), facts.costNanos());
  }

  /**
   * The history of the outputs without the inputs; null when it cannot be told apart.
   *
   * @param vary which inputs may have another history next time
   * @param execution from where on runs were made by the execution
   */
  HistoryTemplate history(boolean[] vary, RunScope.Since execution) {
    LineageItem[] made = new LineageItem[values.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = values[i] == null || marks != null && marks.isUntouched(i) ? null : items[i];
    }
    return HistoryTemplate.of(made, inputs, vary, execution);
  }

  /** Keys of the values that the composite needs in the cache; after it was made. */
  List<Key> kept() {
    return kept;
  }

  private Composite.Part part(LineageCache cache, int output) {
    if (values[output] == null) {
      return marks != null && marks.wasAbsent(output)
          ? Composite.NoValue.ABSENT
          : Composite.NoValue.CLEARED;
    }
    if (marks != null && marks.isUntouched(output)) {
      return Composite.NoValue.UNCHANGED;
    }
    return part(output < wanted ? cache : null, values[output], items[output]);
  }

  /**
   * @param cache keeps the value; null when it is named only
   */
  private Composite.Part part(LineageCache cache, Value pending, LineageItem item) {
    Value value = pending instanceof Handle handle ? handle.valueOrNull() : pending;
    int input = Composite.Input.positionOf(item, inputs);
    if (input >= 0) {
      return new Composite.Input(input);
    }
    if (value instanceof Scalar scalar && isShort(scalar)) {
      return new Composite.Inline(scalar, item);
    }
    if (value instanceof ListValue list) {
      return elements(cache, list, item);
    }
    if (cache != null) {
      cache.putForGroup(item.key(), value, facts.costNanos(), item.height());
      kept.add(item.key());
    }
    return new Composite.Cached(item.key(), item, Composite.MatrixFacts.of(value));
  }

  private static boolean isShort(Scalar scalar) {
    return !(scalar instanceof StringScalar(String text)) || text.length() <= LONGEST_INLINE_TEXT;
  }

  private Composite.Part elements(LineageCache cache, ListValue list, LineageItem item) {
    LineageItem[] elements = ElementItems.all(item, list.size());
    Composite.Part[] parts = new Composite.Part[elements.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = part(cache, list.elements().get(i), elements[i]);
    }
    return new Composite.Elements(list.names(), parts, item);
  }
}
