package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceCut;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.StoreException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for values in the traces that runs have left of what they wrote, and of the models that
 * they scored: these hold whole histories. For one question.
 */
final class LeftTraces {
  /** Traces that are read in search of a value. */
  private static final int MOST_TRACES = 1_000;

  /** Characters of all of them, to which an item that is looked at counts as some: seconds. */
  private static final long MOST_WORK = 256L << 20;

  private static final int ITEM_WORK = 16;

  private final Experiments experiments;
  private final Map<Key, LineageItem> found = new HashMap<>();

  /** Keys of what was read and is whole: many runs write the same. */
  private final Set<Key> read = new HashSet<>();

  private long work;

  LeftTraces(Experiments experiments) {
    this.experiments = experiments;
  }

  /** Items of values with all that they came from, by their keys, as far as there are any. */
  Map<Key, LineageItem> of(Collection<Key> wanted) {
    Set<Key> missing = new HashSet<>(wanted);
    search(experiments.tracesOf(missing, MOST_TRACES), missing);
    if (!missing.isEmpty()) {
      search(experiments.tracesOf(List.of(), MOST_TRACES), missing);
    }
    return found;
  }

  private void search(List<RunTrace> traces, Set<Key> missing) {
    for (RunTrace each : traces) {
      if (missing.isEmpty() || work > MOST_WORK) {
        return;
      }
      Trace trace = read.contains(each.key()) ? null : read(each);
      if (trace != null && take(trace, missing)) {
        read.add(each.key());
      }
    }
  }

  /** Null for one that cannot be read: another may tell. */
  private Trace read(RunTrace place) {
    try {
      String all = experiments.trace(place.run(), place.name());
      work += all.length();
      return TraceReader.read(new StringReader(all), OperationTable.standard());
    } catch (TraceFormatException | IOException | StoreException e) {
      return null;
    }
  }

  /** Takes what is missing; false when parts of the trace were given up. */
  private boolean take(Trace trace, Set<Key> missing) {
    if (trace.isTooLargeToExpand()) {
      // Its loops are replayed as loops; of what they made nothing but the outputs has an item.
      trace.outputs().values().forEach(item -> take(item, missing));
      return true;
    }
    boolean isAllWhole = true;
    boolean[] isWhole = new boolean[trace.size()];
    work += (long) ITEM_WORK * isWhole.length;
    for (int i = 0; i < isWhole.length; i++) {
      LineageItem item = trace.item(i);
      isWhole[i] = !TraceCut.isCut(item);
      for (int input = 0; input < item.inputCount(); input++) {
        isWhole[i] &= isWhole[trace.indexOf(item.input(input))];
      }
      if (isWhole[i]) {
        take(item, missing);
      }
      isAllWhole &= isWhole[i];
    }
    return isAllWhole;
  }

  private void take(LineageItem item, Set<Key> missing) {
    if (missing.remove(item.key())) {
      found.put(item.key(), item);
    }
  }
}
