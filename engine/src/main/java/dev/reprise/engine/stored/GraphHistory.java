package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments;
import dev.reprise.store.GraphTables.Looked;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/** All that a value of the graph was made of, as far as the graph has it. */
final class GraphHistory {
  /** Some hundred megabytes; a run records less. */
  private static final int MOST = 1_000_000;

  private final Map<Key, Vertex> vertices = new HashMap<>();

  /**
   * Asks for the history of a value.
   *
   * @throws StoreException when it is too long to be put together
   */
  static GraphHistory of(Key value, Experiments experiments) {
    GraphHistory history = new GraphHistory();
    history.add(value, experiments);
    return history;
  }

  private void add(Key value, Experiments experiments) {
    SequencedSet<Key> open = new LinkedHashSet<>(List.of(value));
    Set<Key> asked = new HashSet<>();
    while (!open.isEmpty()) {
      Looked answer = experiments.history(List.copyOf(open));
      for (int i = 0; i < answer.looked(); i++) {
        asked.add(open.removeFirst());
      }
      List<Vertex> added = new ArrayList<>();
      for (Vertex vertex : answer.vertices()) {
        if (vertices.putIfAbsent(vertex.key(), vertex) == null) {
          open.remove(vertex.key());
          added.add(vertex);
        }
      }
      if (vertices.size() > MOST) {
        throw new StoreException(
            "the history of " + value + " has more than " + MOST + " values, too many to replay");
      }
      for (Vertex vertex : added) {
        for (Key input : vertex.inputs()) {
          if (!vertices.containsKey(input) && !asked.contains(input)) {
            open.add(input);
          }
        }
      }
    }
  }

  /** Null when the graph does not have it. */
  Vertex vertex(Key key) {
    return vertices.get(key);
  }

  /** Values that the graph has. */
  int size() {
    return vertices.size();
  }
}
