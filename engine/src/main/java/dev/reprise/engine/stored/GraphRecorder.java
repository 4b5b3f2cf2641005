package dev.reprise.engine.stored;

import dev.reprise.lineage.ItemText;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.Vertex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns the lineage of values into vertices of the experiment graph, each once for a run. Used by
 * the thread that writes to the store alone.
 *
 * <p>Of a long history only what lies near the values is recorded: {@link #MOST_OF_ONE} vertices
 * for each, {@link #MOST_OF_RUN} for a run. A vertex beyond is an input without a vertex of its
 * own.
 */
final class GraphRecorder {
  static final int MOST_OF_ONE = 1_024;
  static final int MOST_OF_RUN = 200_000;

  private final Set<Key> seen = new HashSet<>();

  /**
   * The vertices that are new with a value: its own, and what it came from.
   *
   * @param measured what its operation took by itself; null when that was not measured
   */
  List<Vertex> verticesOf(LineageItem item, long costNanos, long bytes, DeviceCost measured) {
    List<Vertex> vertices = new ArrayList<>();
    ArrayDeque<LineageItem> open = new ArrayDeque<>();
    if (seen.size() < MOST_OF_RUN) {
      seen.add(item.key());
      vertices.add(vertex(item, costNanos, bytes, measured, open));
    }
    while (!open.isEmpty() && vertices.size() < MOST_OF_ONE && seen.size() < MOST_OF_RUN) {
      LineageItem next = open.removeFirst();
      if (seen.add(next.key())) {
        vertices.add(vertex(next, 0, 0, null, open));
      }
    }
    return vertices;
  }

  private static Vertex vertex(
      LineageItem item,
      long costNanos,
      long bytes,
      DeviceCost measured,
      ArrayDeque<LineageItem> open) {
    List<Key> inputs = new ArrayList<>(item.inputCount());
    for (int i = 0; i < item.inputCount(); i++) {
      LineageItem input = item.input(i);
      inputs.add(input.key());
      open.addLast(input);
    }
    return new Vertex(item.key(), ItemText.of(item), inputs, costNanos, bytes, measured);
  }
}
