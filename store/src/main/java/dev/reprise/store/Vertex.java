package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.util.List;

/**
 * A value in the experiment graph, whether or not it is kept.
 *
 * @param key its lineage key
 * @param operation as the trace writes it, for people
 * @param inputs their keys in order
 * @param costNanos measured, 0 when it was never measured
 * @param bytes of the value, 0 when unknown
 */
public record Vertex(Key key, String operation, List<Key> inputs, long costNanos, long bytes) {
  public Vertex {
    inputs = List.copyOf(inputs);
  }
}
