package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.Experiments.RunEntry;
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
   * Where the value came from whose lineage begins with these digits; null when there is none.
   *
   * @param most values on each side of it
   * @throws StoreException when there are several, or this source cannot say
   */
  default Provenance provenance(String digits, int most) {
    throw new StoreException(
        "a server does not say where single values came from: 'experiments export', then 'import'"
            + " into a folder");
  }

  /** The traces that a run left, by name. */
  List<TraceEntry> traces(long run);

  /** The text of a trace as it is kept, or null. */
  byte[] compressedTrace(long run, String name);
}
