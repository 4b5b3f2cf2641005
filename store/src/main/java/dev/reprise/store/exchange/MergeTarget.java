package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.util.List;

/** A store to which the contents of another one are added. */
public interface MergeTarget {
  /**
   * A run's number there.
   *
   * @param isNew false when a run with the same facts was there already
   */
  record Begun(long id, boolean isNew) {}

  /** Adds a run, unless it is there. */
  Begun begin(GraphChange.Run run) throws IOException;

  /** True when the key has an artifact. */
  boolean has(Key key) throws IOException;

  /** Brings a content there, for an artifact among the next changes. */
  void bring(Key hash, long bytes, GraphSink.Opening content) throws IOException;

  /** Makes changes, whose runs are numbers of {@link #begin}. */
  void write(List<GraphChange> changes) throws IOException;
}
