package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.util.List;

/**
 * A value in the experiment graph, whether or not it is kept.
 *
 * @param key its lineage key
 * @param operation as the trace writes it, for people
 * @param inputs their keys in order
 * @param costNanos what it took, by itself or with the call that left it; 0 when it was never
 *     measured
 * @param bytes of the value, 0 when unknown
 * @param measured what the operation took by itself, and where; null when that was not measured
 */
public record Vertex(
    Key key, String operation, List<Key> inputs, long costNanos, long bytes, DeviceCost measured) {
  public Vertex {
    inputs = List.copyOf(inputs);
  }

  /** One whose operation was not measured by itself. */
  public Vertex(Key key, String operation, List<Key> inputs, long costNanos, long bytes) {
    this(key, operation, inputs, costNanos, bytes, null);
  }
}
