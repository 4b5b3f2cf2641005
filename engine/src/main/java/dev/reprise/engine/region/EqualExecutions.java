package dev.reprise.engine.region;

import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finished executions by the contents of their small inputs: which of the {@link Composites} it is,
 * and what is to be said of the history of its outputs when its inputs came to be in another way.
 *
 * <p>Bounded by number, least recently used first, and by the Java heap. Thread-safe.
 */
public final class EqualExecutions {
  private final Map<Key, Execution> executions;

  /**
   * An execution.
   *
   * @param key under which its composite is known
   */
  public record Execution(Key key, SoftReference<HistoryTemplate> template) {}

  /**
   * @param limit most executions that are remembered
   */
  public EqualExecutions(int limit) {
    this.executions =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Execution> eldest) {
            return size() > limit;
          }
        };
  }

  /** The execution with those contents, or null. */
  public synchronized Execution get(Key contents) {
    return executions.get(contents);
  }

  /** Remembers an execution instead of an earlier one with those contents. */
  public synchronized void put(Key contents, Key key, HistoryTemplate template) {
    executions.put(contents, new Execution(key, new SoftReference<>(template)));
  }
}
