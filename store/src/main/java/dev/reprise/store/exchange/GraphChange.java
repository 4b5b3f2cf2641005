package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.RunFacts;
import dev.reprise.store.Vertex;

/**
 * One thing that a store learns. The arrays are not to be changed. {@code run} is the number of the
 * run that it belongs to, where it comes from.
 */
public sealed interface GraphChange {
  /**
   * An execution; those of its changes follow.
   *
   * @param seconds negative while it runs
   * @param status how it ended, or null
   */
  record Run(long id, RunFacts facts, double seconds, String status) implements GraphChange {}

  /**
   * A value.
   *
   * @param frequency in how many runs
   */
  record Seen(long run, Vertex vertex, long frequency) implements GraphChange {}

  /** What the operation of a value took on a class of devices, so many times more. */
  record Measured(long run, Key vertex, DeviceCost cost) implements GraphChange {}

  /**
   * A kept value.
   *
   * @param key what it is found by
   * @param hash fingerprint of its content
   * @param content null when it does not travel with this change
   * @param uses how often it was loaded
   */
  record Kept(
      long run,
      Key key,
      Key vertex,
      Key hash,
      long bytes,
      long costNanos,
      byte[] content,
      long uses)
      implements GraphChange {}

  /** That an artifact was of use. */
  record Used(long run, Key key, long count) implements GraphChange {}

  /** What a whole call or block left. */
  record Region(long run, Key key, byte[] record, long costNanos) implements GraphChange {}

  /** The lineage of what a run wrote, compressed. */
  record TraceText(long run, String name, Key key, byte[] text) implements GraphChange {}

  /**
   * The quality of a model.
   *
   * @param key of the model, or null
   */
  record Scored(long run, String name, Key key, double value) implements GraphChange {}

  /** How a run ended. */
  record Ended(long run, String status, double seconds) implements GraphChange {}

  /** That an artifact is damaged, and goes if the key still has that content. */
  record Removed(Key key, Key hash) implements GraphChange {}
}
