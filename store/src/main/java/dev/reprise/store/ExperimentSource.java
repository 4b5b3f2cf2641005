package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.Experiments.RunEntry;
import dev.reprise.store.Experiments.RunTrace;
import dev.reprise.store.Experiments.Totals;
import dev.reprise.store.Experiments.TraceEntry;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where answers about experiments come from: a folder or a server. */
public interface ExperimentSource {
  /** Where it is, for people. */
  String name();

  Totals totals();

  /** The latest runs, the last one first. */
  List<RunEntry> runs(int limit);

  /** Null when there is no such run. */
  RunEntry run(long id);

  /**
   * Kept values, those first that took longest to compute.
   *
   * @param run only what this run added; 0 for all
   */
  List<ArtifactEntry> artifacts(long run, int limit);

  /** What is known of the costs of values by their lineage keys; those unknown are left out. */
  Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices);

  /** What was measured on each class of devices, in alphabetical order. */
  List<DeviceTotal> devices();

  /**
   * Lineages that begin with these digits: of values of the graph, else of what a trace describes
   * or an artifact holds. Two stand for many.
   *
   * @param digits 4 to 32 hexadecimal ones, in lower case
   */
  List<Key> lineages(String digits);

  /**
   * Where a value came from; null when it is not in the graph.
   *
   * @param most values on each side of it
   */
  Provenance provenance(Key lineage, int most);

  /**
   * Values with all that they were made of, as much as one answer has; see {@link HistoryWalk}.
   *
   * @param lineages one or more
   */
  GraphTables.Looked history(List<Key> lineages);

  /** Artifacts of values by their lineage keys; their operations are left empty. */
  List<ArtifactEntry> artifactsOf(Collection<Key> lineages);

  /**
   * Traces that runs have left of values by their lineage keys, or of any, those of the latest runs
   * first.
   *
   * @param lineages empty for any
   */
  List<RunTrace> tracesOf(Collection<Key> lineages, int limit);

  /** The traces that a run left, by name. */
  List<TraceEntry> traces(long run);

  /** The text of a trace as it is kept, or null. */
  byte[] compressedTrace(long run, String name);
}
