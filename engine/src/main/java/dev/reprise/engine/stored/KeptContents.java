package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.Artifact;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which values of a store are kept with numbers of this build, going by their lineage alone. For
 * one question.
 *
 * <p>Most contents lie under the lineage key as the session changes it. Those that are {@linkplain
 * EqualContents found by equal contents} do not; but a run is one session, so that all that it has
 * kept is of one build, and one value whose key shows that speaks for all.
 */
final class KeptContents {
  /** Looked through of one run. */
  private static final int MOST_OF_RUN = 10_000;

  private final StoreOpening opening;
  private final StoreKeys keys;
  private final Experiments experiments;
  private final Map<Long, Boolean> runs = new HashMap<>();

  KeptContents(StoreOpening opening, StoreKeys keys, Experiments experiments) {
    this.opening = opening;
    this.keys = keys;
    this.experiments = experiments;
  }

  /** The artifacts of values, as far as they are of this build. */
  Map<Key, Artifact> of(Collection<Key> lineages) {
    Map<Key, Artifact> found = new HashMap<>();
    for (ArtifactEntry each : experiments.artifactsOf(lineages)) {
      if (!found.containsKey(each.lineage())
          && (isOfThisBuild(each) || isOfThisBuild(each.run()))) {
        Artifact artifact = opening.store().find(each.key());
        if (artifact != null) {
          found.put(each.lineage(), artifact);
        }
      }
    }
    return found;
  }

  private boolean isOfThisBuild(ArtifactEntry artifact) {
    return artifact.key().equals(keys.of(artifact.lineage()));
  }

  private boolean isOfThisBuild(long run) {
    return runs.computeIfAbsent(
        run,
        number ->
            experiments.artifacts(number, MOST_OF_RUN).stream().anyMatch(this::isOfThisBuild));
  }
}
