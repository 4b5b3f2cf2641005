package dev.reprise.engine.stored;

import dev.reprise.lineage.ItemReader;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.store.Vertex;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Makes items of what the graph has of a value's history, inputs first. An item counts only if it
 * has the key of its vertex, so that a row that lies, or that cannot be understood, is a gap like
 * one that is missing.
 *
 * <pre>
 *        top              hollow: something below it is missing
 *       /   \
 *   whole    hollow
 *           /      \
 *       whole      gap    no vertex, or none that its item follows from
 * </pre>
 *
 * <p>For one thread.
 */
final class HistoryItems {
  private final Key top;
  private final GraphHistory graph;
  private final ItemReader reader = new ItemReader();
  private final Map<Key, LineageItem> whole = new HashMap<>();

  /** What is not whole, what stands under it before it. */
  private final SequencedSet<Key> hollow = new LinkedHashSet<>();

  private final Set<Key> gaps = new LinkedHashSet<>();

  /** Whole ones that the graph does not make. */
  private final Set<Key> taken = new HashSet<>();

  HistoryItems(Key top, GraphHistory graph) {
    this.top = top;
    this.graph = graph;
    build(Map.of());
  }

  /** The item of the value; null as long as there are gaps in its history. */
  LineageItem item() {
    return whole.get(top);
  }

  /** Values of whose history nothing is known. */
  Set<Key> gaps() {
    return gaps;
  }

  /** The gaps and all that is made of them. */
  SequencedSet<Key> hollow() {
    return hollow;
  }

  /** Those that were given and that the value is made of. */
  Set<Key> leaves() {
    Set<Key> leaves = new LinkedHashSet<>();
    Set<Key> seen = new HashSet<>();
    Deque<Key> open = new ArrayDeque<>(List.of(top));
    while (!open.isEmpty()) {
      Key key = open.pop();
      if (taken.contains(key)) {
        leaves.add(key);
      } else if (seen.add(key)) {
        pushInputs(graph.vertex(key), seen, open);
      }
    }
    return leaves;
  }

  /**
   * Makes the items that were missing.
   *
   * @param given items that stand for values which the graph does not make; those nearest to the
   *     gaps are taken
   */
  void build(Map<Key, LineageItem> given) {
    hollow.clear();
    gaps.clear();
    Set<Key> entered = new HashSet<>();
    Deque<Key> open = new ArrayDeque<>();
    open.push(top);
    while (!open.isEmpty()) {
      Key key = open.peek();
      if (whole.containsKey(key) || hollow.contains(key)) {
        open.pop();
      } else if (entered.add(key)) {
        pushInputs(graph.vertex(key), entered, open);
      } else {
        open.pop();
        settle(key, given.get(key));
      }
    }
  }

  private void pushInputs(Vertex vertex, Set<Key> entered, Deque<Key> open) {
    if (vertex != null) {
      vertex.inputs().stream().filter(input -> !entered.contains(input)).forEach(open::push);
    }
  }

  private void settle(Key key, LineageItem given) {
    Vertex vertex = graph.vertex(key);
    LineageItem[] inputs = vertex == null ? null : inputs(vertex);
    LineageItem item = inputs == null ? null : reader.read(vertex.operation(), inputs, key);
    if (item == null && given != null) {
      item = given;
      taken.add(key);
    }
    if (item != null) {
      whole.put(key, item);
      return;
    }
    hollow.add(key);
    if (vertex == null || inputs != null) {
      gaps.add(key);
    }
  }

  /** Null unless all are whole. */
  private LineageItem[] inputs(Vertex vertex) {
    LineageItem[] inputs = new LineageItem[vertex.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = whole.get(vertex.inputs().get(i));
      if (inputs[i] == null) {
        return null;
      }
    }
    return inputs;
  }
}
