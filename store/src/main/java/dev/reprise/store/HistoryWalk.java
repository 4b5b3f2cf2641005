package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.GraphTables.Looked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Collects values of the graph with all that they were made of, those nearest first, as much as one
 * answer may have; whoever wants more asks for what the last ones were made of.
 */
public final class HistoryWalk {
  /** Values that one answer has. */
  private static final int MOST_VALUES = 5_000;

  /** Their texts and operands together, in bytes; the last value may go beyond it. */
  private static final long MOST_BYTES = 3L << 20;

  /** Looked for at a time: with the longest texts they take no more than another 3 MiB. */
  private static final int AT_ONCE = 100;

  private final GraphTables tables;

  public HistoryWalk(GraphTables tables) {
    this.tables = tables;
  }

  /**
   * @return how many of the keys have been looked for, at least one; and these, as far as they are
   *     known, with what they were made of, and so on
   */
  public Looked from(List<Key> keys) {
    Set<Key> seen = new HashSet<>(keys);
    List<Vertex> found = new ArrayList<>();
    SequencedSet<Key> open = new LinkedHashSet<>(keys);
    int looked = 0;
    long bytes = 0;
    while (!open.isEmpty() && found.size() < MOST_VALUES && bytes < MOST_BYTES) {
      Looked next = tables.vertices(open.stream().limit(AT_ONCE).toList());
      for (int i = 0; i < next.looked(); i++) {
        open.removeFirst();
      }
      looked += next.looked();
      for (Vertex vertex : next.vertices()) {
        found.add(vertex);
        bytes += bytesOf(vertex);
        vertex.inputs().stream().filter(seen::add).forEach(open::addLast);
      }
    }
    return new Looked(Math.min(looked, keys.size()), found);
  }

  private static long bytesOf(Vertex vertex) {
    return 3L * vertex.operation().length() + (long) Keys.LENGTH * (vertex.inputs().size() + 2);
  }
}
