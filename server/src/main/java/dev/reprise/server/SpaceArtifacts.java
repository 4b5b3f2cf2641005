package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.Artifact;
import dev.reprise.store.ArtifactCost;
import dev.reprise.store.Layout;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Artifacts of one tenant's space with their contents, and who is charged for them; in a change of
 * the space ({@link SpaceGraph#change}), so that files appear and go with the rows that own them.
 */
final class SpaceArtifacts {
  /** Pieces that one change removes, so that others wait for their turn no longer than that. */
  private static final int PIECES_AT_ONCE = 2_000;

  /** Artifacts that are ranked at a time. */
  private static final int RANKED = 1_024;

  private final Handle handle;
  private final Tenant tenant;
  private final SpaceContents contents;

  SpaceArtifacts(Handle handle, Tenant tenant, SpaceContents contents) {
    this.handle = handle;
    this.tenant = tenant;
    this.contents = contents;
  }

  boolean keep(Client client, GraphChange.Kept kept) throws IOException {
    if (kept.content() != null) {
      boolean right =
          kept.content().length == kept.bytes()
              && kept.content().length <= Artifact.LARGEST_INLINE_BYTES
              && ContentHash.of(MemorySegment.ofArray(kept.content())).equals(kept.hash());
      if (!right) {
        throw new MalformedChangeException(
            "the content of " + kept.key() + " is not what its fingerprint says, or too long");
      }
    }
    if (kept.bytes() > tenant.quotaBytes() || find(kept.key())) {
      // Somebody else was faster: what was sent is of no use.
      Upload sent = contents.taken(client, kept.hash(), kept.bytes());
      if (sent != null) {
        sent.drop();
      }
      return false;
    }
    if (kept.content() != null) {
      insert(kept, kept.bytes());
      return true;
    }
    switch (settle(client, kept)) {
      case NOWHERE -> {
        return false;
      }
      case WHOLE -> insert(kept, isOwned(kept.hash()) ? 0 : kept.bytes());
      case IN_PIECES -> {
        if (!isOwnedBy(kept.hash(), tenant.id())) {
          SpaceLayouts layouts = layouts();
          layouts.hold(layouts.find(kept.hash()), tenant.id());
        }
        insert(kept, 0);
      }
    }
    return true;
  }

  private void insert(GraphChange.Kept kept, long charged) {
    handle
        .createUpdate(
            "INSERT INTO artifact(space, key, vertex, hash, bytes, cost_nanos, content, run, uses,"
                + " last_run, tenant, charged) VALUES(:space, :key, :vertex, :hash, :bytes, :cost,"
                + " :content, :run, :uses, :run, :tenant, :charged)")
        .bind("space", tenant.space())
        .bind("key", tenant.row(kept.key()))
        .bind("vertex", tenant.row(kept.vertex()))
        .bind("hash", Tenant.bytes(kept.hash()))
        .bind("bytes", kept.bytes())
        .bind("cost", kept.costNanos())
        .bind("content", kept.content())
        .bind("run", kept.run())
        .bind("uses", kept.uses())
        .bind("tenant", tenant.id())
        .bind("charged", charged)
        .execute();
    charge(tenant.id(), charged);
  }

  SpaceLayouts layouts() {
    return new SpaceLayouts(handle, tenant.space(), contents.pieces(tenant.space()));
  }

  /** Where a content lies. */
  private enum Place {
    NOWHERE,
    WHOLE,
    IN_PIECES
  }

  /** Publishes what a client has sent of a content, unless it is here. */
  private Place settle(Client client, GraphChange.Kept kept) throws IOException {
    Key hash = kept.hash();
    Upload upload = contents.taken(client, hash, kept.bytes());
    try {
      SpaceLayouts layouts = layouts();
      if (layouts.isComplete(hash, kept.bytes())) {
        return Place.IN_PIECES;
      }
      boolean isLaid = layouts.recipe(hash) != null;
      boolean isWhole = contents.sizeOf(tenant.space(), hash) == kept.bytes();
      if (isWhole && !isLaid) {
        return Place.WHOLE;
      }
      LaidUpload laid = upload == null ? null : upload.laid();
      if (isLaid && (isWhole || upload != null && (laid == null || !layouts.publish(hash, laid)))) {
        // Older and younger servers have left parts of it: what goes by it is made anew.
        removeAll(hash);
        return Place.NOWHERE;
      }
      if (upload == null) {
        return Place.NOWHERE;
      }
      if (laid == null) {
        contents.publish(tenant.space(), hash, upload.whole());
        return Place.WHOLE;
      }
      if (!isLaid) {
        layouts.publish(hash, laid);
        adopt(hash, laid.layout());
      }
      return Place.IN_PIECES;
    } finally {
      if (upload != null) {
        upload.drop();
      }
    }
  }

  /** A content of which the file was damaged or gone lies in pieces now, for all who have it. */
  private void adopt(Key hash, Layout layout) throws IOException {
    contents.delete(tenant.space(), hash);
    List<Gone> before =
        handle
            .createQuery(
                "UPDATE artifact SET charged = 0 FROM (SELECT key, charged FROM artifact WHERE"
                    + " space = :space AND hash = :hash AND content IS NULL) AS was WHERE"
                    + " artifact.space = :space AND artifact.key = was.key RETURNING"
                    + " artifact.tenant, was.charged")
            .bind("space", tenant.space())
            .bind("hash", Tenant.bytes(hash))
            .map((row, _) -> new Gone(row.getLong(1), row.getLong(2), false))
            .list();
    Set<Long> owners = new HashSet<>();
    for (Gone each : before) {
      charge(each.tenant, -each.charged);
      if (owners.add(each.tenant)) {
        layouts().hold(layout, each.tenant);
      }
    }
  }

  /** Removes every artifact that has a content. */
  private void removeAll(Key hash) throws IOException {
    List<Key> keys =
        handle
            .createQuery(
                "SELECT key FROM artifact WHERE space = :space AND hash = :hash AND content IS"
                    + " NULL")
            .bind("space", tenant.space())
            .bind("hash", Tenant.bytes(hash))
            .map((row, _) -> tenant.key(row.getBytes(1)))
            .list();
    for (Key key : keys) {
      remove(key, hash);
    }
  }

  private boolean find(Key key) {
    return handle
        .createQuery("SELECT 1 FROM artifact WHERE space = :space AND key = :key")
        .bind("space", tenant.space())
        .bind("key", tenant.row(key))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private boolean isOwned(Key hash) {
    return handle
        .createQuery(
            "SELECT 1 FROM artifact WHERE space = :space AND hash = :hash AND content IS NULL LIMIT"
                + " 1")
        .bind("space", tenant.space())
        .bind("hash", Tenant.bytes(hash))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Whether one tenant has an artifact with that content. */
  private boolean isOwnedBy(Key hash, long owner) {
    return handle
        .createQuery(
            "SELECT 1 FROM artifact WHERE space = :space AND hash = :hash AND content IS NULL AND"
                + " tenant = :tenant LIMIT 1")
        .bind("space", tenant.space())
        .bind("hash", Tenant.bytes(hash))
        .bind("tenant", owner)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private void charge(long tenant, long bytes) {
    if (bytes != 0) {
      handle
          .createUpdate("UPDATE tenant SET artifact_bytes = artifact_bytes + :bytes WHERE id = :id")
          .bind("bytes", bytes)
          .bind("id", tenant)
          .execute();
    }
  }

  private record Gone(long tenant, long charged, boolean inline) {}

  private static final int NOT_THERE = -1;

  /**
   * Removes an artifact, if it still has that content, and its files with the last that has them.
   *
   * @return how many pieces were looked at, or {@link #NOT_THERE}
   */
  int remove(Key key, Key hash) throws IOException {
    Optional<Gone> gone =
        handle
            .createQuery(
                "DELETE FROM artifact WHERE space = :space AND key = :key AND hash = :hash"
                    + " RETURNING tenant, charged, content IS NOT NULL")
            .bind("space", tenant.space())
            .bind("key", tenant.row(key))
            .bind("hash", Tenant.bytes(hash))
            .map((row, _) -> new Gone(row.getLong(1), row.getLong(2), row.getBoolean(3)))
            .findOne();
    if (gone.isEmpty()) {
      return NOT_THERE;
    }
    charge(gone.get().tenant, -gone.get().charged);
    if (gone.get().inline) {
      return 0;
    }
    boolean last = !isOwned(hash);
    if (last) {
      contents.delete(tenant.space(), hash);
    } else if (gone.get().charged > 0) {
      passCharge(hash, gone.get().charged);
    }
    return last || !isOwnedBy(hash, gone.get().tenant)
        ? layouts().release(hash, gone.get().tenant, last)
        : 0;
  }

  /** Another artifact that has the content is charged for it now. */
  private void passCharge(Key hash, long bytes) {
    long payer =
        handle
            .createQuery(
                "UPDATE artifact SET charged = :bytes WHERE space = :space AND key = (SELECT"
                    + " min(key) FROM artifact WHERE space = :space AND hash = :hash AND content IS"
                    + " NULL) RETURNING tenant")
            .bind("bytes", bytes)
            .bind("space", tenant.space())
            .bind("hash", Tenant.bytes(hash))
            .mapTo(Long.class)
            .one();
    charge(payer, bytes);
  }

  long bytes() {
    return handle
        .createQuery("SELECT artifact_bytes FROM tenant WHERE id = :id")
        .bind("id", tenant.id())
        .mapTo(Long.class)
        .one();
  }

  record Victim(Key key, Key hash) {}

  /** Of the victims of one transaction; none is tried when there is room already. */
  record Removed(int tried, int removed) {}

  Removed collectSome(List<Victim> victims, long bytes) throws IOException {
    int tried = 0;
    int removed = 0;
    int pieces = 0;
    while (tried < victims.size() && pieces < PIECES_AT_ONCE && bytes() > bytes) {
      Victim victim = victims.get(tried++);
      int looked = remove(victim.key, victim.hash);
      if (looked != NOT_THERE) {
        pieces += looked;
        removed++;
      }
    }
    return new Removed(tried, removed);
  }

  /** Artifacts that save least for their bytes; not all of them. */
  List<Victim> leastWorth() {
    return handle
        .createQuery(
            "SELECT key, hash FROM artifact WHERE tenant = :tenant ORDER BY (uses + 1.0) * "
                + ArtifactCost.inSql(
                    "FROM cost WHERE cost.space = artifact.space AND cost.vertex = artifact.vertex")
                + " / (bytes + 256), last_run LIMIT "
                + RANKED)
        .bind("tenant", tenant.id())
        .map((row, _) -> new Victim(tenant.key(row.getBytes(1)), Tenant.plain(row.getBytes(2))))
        .list();
  }

  /**
   * What a check finds besides contents.
   *
   * @param orphans files that nothing has
   */
  record Counts(int orphans, boolean isRight) {}

  /** Looks at files without owner and at what is counted; mends both if it may. */
  Counts checkCounts(boolean mend) throws IOException {
    int orphans = 0;
    for (Key hash : contents.all(tenant.space())) {
      if (!isOwned(hash)) {
        orphans++;
        if (mend) {
          contents.delete(tenant.space(), hash);
        }
      }
    }
    LayoutCounts counts = new LayoutCounts(handle, tenant.space(), layouts());
    Counts found = new Counts(orphans + counts.orphans().size(), counts.areRight());
    if (mend) {
      counts.mend();
    }
    return found;
  }
}
