package dev.reprise.lineage;

import dev.reprise.runtime.operation.Evaluation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Questions about a trace. Each is one or two passes over its items. */
public final class TraceQuery {
  private final Trace trace;

  public TraceQuery(Trace trace) {
    this.trace = trace;
  }

  /** Number of items by opcode name; literals count as {@code literal}. */
  public SortedMap<String, Long> histogram() {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (int i = 0; i < trace.size(); i++) {
      counts.merge(trace.item(i).name(), 1L, Long::sum);
    }
    return counts;
  }

  /** Items without inputs: literals, outside content and creation operations. */
  public List<LineageItem> leaves() {
    return select(i -> trace.item(i).inputCount() == 0);
  }

  /** Outside content that the outputs depend on: files read and values bound. */
  public List<LineageItem> sources() {
    return select(i -> {
      LineageItem item = trace.item(i);
      return !item.isLiteral() && item.operation().opcode().evaluation() == Evaluation.SOURCE;
    });
  }

  /**
   * What reached {@code item} from outside, inputs first: content read or bound, creations over
   * nothing but literals, random numbers, and literals that a script gives a name.
   */
  public List<LineageItem> inputs(LineageItem item) {
    boolean[] reached = reachedDownwards(trace.indexOf(item));
    return select(i -> reached[i] && isInput(i));
  }

  private boolean isInput(int position) {
    LineageItem item = trace.item(position);
    if (item.isLiteral()) {
      return !trace.literalNames(position).isEmpty();
    }
    if (item.operation().opcode().seedParameter() >= 0) {
      return true;
    }
    for (int i = 0; i < item.inputCount(); i++) {
      if (!item.input(i).isLiteral()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The items that go into {@code item}, itself left out, inputs first; empty when the trace does
   * not hold it.
   */
  public List<LineageItem> ancestors(LineageItem item) {
    int position = trace.indexOf(item);
    boolean[] reached = reachedDownwards(position);
    return select(i -> reached[i] && i != position);
  }

  /** The items that {@code item} goes into, itself left out, inputs first. */
  public List<LineageItem> descendants(LineageItem item) {
    int position = trace.indexOf(item);
    boolean[] reached = reachedUpwards(position);
    return select(i -> reached[i] && i != position);
  }

  /** Positions of the items nearest to the outputs, breadth first. */
  public List<Integer> nearest(int limit) {
    Set<Integer> nearest = new LinkedHashSet<>();
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (LineageItem output : trace.outputs().values()) {
      queue.add(trace.indexOf(output));
    }
    while (!queue.isEmpty() && nearest.size() < limit) {
      int position = queue.remove();
      if (nearest.add(position)) {
        LineageItem item = trace.item(position);
        for (int i = 0; i < item.inputCount(); i++) {
          queue.add(trace.indexOf(item.input(i)));
        }
      }
    }
    return List.copyOf(nearest);
  }

  /** Names of the outputs that {@code item} goes into, in their order. */
  public List<String> outputsReachedBy(LineageItem item) {
    boolean[] reached = reachedUpwards(trace.indexOf(item));
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, LineageItem> output : trace.outputs().entrySet()) {
      if (reached[trace.indexOf(output.getValue())]) {
        names.add(output.getKey());
      }
    }
    return names;
  }

  /** Users have higher positions than their inputs, so one pass from the top reaches everything. */
  private boolean[] reachedDownwards(int start) {
    boolean[] reached = new boolean[trace.size()];
    if (start >= 0) {
      reached[start] = true;
    }
    for (int i = start; i >= 0; i--) {
      if (reached[i]) {
        LineageItem item = trace.item(i);
        for (int input = 0; input < item.inputCount(); input++) {
          reached[trace.indexOf(item.input(input))] = true;
        }
      }
    }
    return reached;
  }

  private boolean[] reachedUpwards(int start) {
    boolean[] reached = new boolean[trace.size()];
    if (start < 0) {
      return reached;
    }
    reached[start] = true;
    for (int i = start + 1; i < trace.size(); i++) {
      LineageItem item = trace.item(i);
      for (int input = 0; input < item.inputCount() && !reached[i]; input++) {
        reached[i] = reached[trace.indexOf(item.input(input))];
      }
    }
    return reached;
  }

  private List<LineageItem> select(java.util.function.IntPredicate isWanted) {
    List<LineageItem> selected = new ArrayList<>();
    for (int i = 0; i < trace.size(); i++) {
      if (isWanted.test(i)) {
        selected.add(trace.item(i));
      }
    }
    return selected;
  }
}
