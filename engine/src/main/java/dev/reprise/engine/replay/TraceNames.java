package dev.reprise.engine.replay;

import dev.reprise.lineage.ItemSelector;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LoopQuery;
import dev.reprise.lineage.LoopQuery.Source;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceProgram;
import dev.reprise.lineage.TraceQuery;
import dev.reprise.runtime.OperandException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what a replay's request names in a trace: among its items, or, for long loops and places in
 * loops, without making any. For one replay.
 */
final class TraceNames {
  private final Trace trace;
  private final boolean isLong;
  private LoopQuery loops;

  TraceNames(Trace trace) {
    this.trace = trace;
    this.isLong = trace.isTooLargeToExpand();
  }

  private LoopQuery loops() {
    if (loops == null) {
      TraceProgram program = TraceProgram.of(trace.outputs());
      if (program.isTangled()) {
        throw new OperandException(
            "a loop of the trace refers to itself through a list, so it has no places to name;"
                + " give the number of an item, as reprise lineage prints it");
      }
      loops = new LoopQuery(program);
    }
    return loops;
  }

  /** The item that {@code --until} names. */
  LineageItem until(String selector) {
    try {
      return isLong || LoopQuery.isPlaceInLoop(selector)
          ? loops().item(selector)
          : trace.item(new ItemSelector(trace).find(selector));
    } catch (IllegalArgumentException e) {
      throw new OperandException("--until: " + e.getMessage());
    }
  }

  /** The files to read instead, by the keys of the items that they stand for. */
  Map<Key, Path> replacements(Map<String, Path> named) {
    Map<Key, Path> files = new HashMap<>();
    if (named.isEmpty()) {
      return files;
    }
    List<Source> sources = sources();
    named.forEach((selector, file) -> {
      // A path may have been read twice, with other content.
      List<Source> replaced =
          sources.stream()
              .filter(one -> selector.equals(one.item().note()) || selector.equals(one.name()))
              .toList();
      if (replaced.isEmpty()) {
        throw new OperandException("--from: the trace reads no '" + selector + "'" + text(sources));
      }
      replaced.forEach(one -> files.put(one.item().key(), file));
    });
    return files;
  }

  private List<Source> sources() {
    return isLong
        ? loops().sources()
        : new TraceQuery(trace)
            .sources().stream()
                .map(item -> new Source("%" + (trace.indexOf(item) + 1), item))
                .toList();
  }

  private static String text(List<Source> sources) {
    List<String> names =
        sources.stream().map(one -> one.name() + " \"" + one.item().note() + "\"").toList();
    return names.isEmpty() ? "; it reads nothing" : "; it reads " + String.join(", ", names);
  }
}
