package dev.reprise.server;

import dev.reprise.server.SpaceArtifacts.Removed;
import dev.reprise.server.SpaceArtifacts.Victim;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What a tenant's artifacts take of his quota, and the rows of his space of what all who share it
 * may have; makes room in both.
 */
final class SpaceRoom {
  /** Artifacts that one change removes. */
  private static final int REMOVED = 64;

  private final Jdbi jdbi;
  private final Tenant tenant;
  private final SpaceContents contents;
  private final SpaceGraph graph;

  SpaceRoom(Jdbi jdbi, Tenant tenant, SpaceContents contents, SpaceGraph graph) {
    this.jdbi = jdbi;
    this.tenant = tenant;
    this.contents = contents;
    this.graph = graph;
  }

  /** Bytes of what the tenant has, a content that he has twice counted once. */
  long artifactBytes() {
    return jdbi.withHandle(handle -> artifacts(handle).bytes());
  }

  /** What the artifacts of those who share the space may take together. */
  long quotaBytesOfOthers() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT least(coalesce(sum(quota_bytes), 0), "
                    + Long.MAX_VALUE
                    + ")::bigint FROM tenant WHERE space = :space AND id <> :id")
            .bind("space", tenant.space())
            .bind("id", tenant.id())
            .mapTo(Long.class)
            .one());
  }

  /**
   * Removes vertices, outcomes of calls and traces that no run has met for longest, until the rest
   * takes about so many bytes, but never those of the newest run.
   *
   * @return how many
   */
  long trimRows(long bytes) throws IOException {
    return new SpaceRows(graph, tenant.space()).trimTo(bytes);
  }

  /**
   * Removes this tenant's artifacts, those first that save least for their bytes; some at a time,
   * so that others may change the space in between.
   */
  int collect(long bytes) throws IOException {
    int removed = 0;
    while (artifactBytes() > bytes) {
      // Ranked before the space is locked: all artifacts are looked at.
      List<Victim> victims = jdbi.withHandle(handle -> artifacts(handle).leastWorth());
      if (victims.isEmpty()) {
        return removed;
      }
      for (int from = 0; from < victims.size() && artifactBytes() > bytes; ) {
        List<Victim> some = victims.subList(from, Math.min(from + REMOVED, victims.size()));
        Removed done = graph.change(handle -> artifacts(handle).collectSome(some, bytes));
        from += done.tried();
        removed += done.removed();
      }
    }
    return removed;
  }

  private SpaceArtifacts artifacts(Handle handle) {
    return new SpaceArtifacts(handle, tenant, contents);
  }
}
