package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.Artifact;
import dev.reprise.store.ArtifactCost;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The graph of one tenant's space: what runs ask, and what they add. Changes of a space happen one
 * after another, under a lock of the database that ends with its transaction, so that files appear
 * and go with the rows that own them.
 */
final class SpaceGraph {
  /** Pieces that one change removes, so that others wait for their turn no longer than that. */
  private static final int PIECES_AT_ONCE = 2_000;

  /** Artifacts that are ranked at a time, and that one change removes. */
  private static final int RANKED = 1_024;

  private static final int REMOVED = 64;

  /** Contents that are looked at because clients found them damaged; a check finds the others. */
  private static final long MOST_SUSPECTED_BYTES = 4L << 30;

  private final Jdbi jdbi;
  private final Tenant tenant;
  private final SpaceContents contents;
  private final SpaceGates gates;

  SpaceGraph(Jdbi jdbi, Tenant tenant, SpaceContents contents, SpaceGates gates) {
    this.gates = gates;
    this.jdbi = jdbi;
    this.tenant = tenant;
    this.contents = contents;
  }

  // ---- questions of runs

  /** The artifact of a key, or null. */
  Artifact find(Key key) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT hash, bytes, cost_nanos, content FROM artifact WHERE space = :space AND"
                    + " key = :key")
            .bind("space", tenant.space())
            .bind("key", tenant.row(key))
            .map((row, _) ->
                new Artifact(
                    key,
                    Tenant.plain(row.getBytes(1)),
                    row.getLong(2),
                    row.getLong(3),
                    row.getBytes(4)))
            .findOne()
            .orElse(null));
  }

  /** What a whole call or block left, or null. */
  byte[] region(Key key) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT record FROM region WHERE space = :space AND key = :key")
            .bind("space", tenant.space())
            .bind("key", tenant.row(key))
            .mapTo(byte[].class)
            .findOne()
            .orElse(null));
  }

  // ---- changes

  interface Change<T> {
    T in(Handle handle) throws IOException;
  }

  /** One change of this space at a time, also where several servers have the same database. */
  <T> T change(Change<T> change) throws IOException {
    gates.changes(tenant.space()).lock();
    try {
      return jdbi.inTransaction(handle -> {
        handle
            .createQuery("SELECT 1 FROM (SELECT pg_advisory_xact_lock(:space)) AS locked")
            .bind("space", tenant.space())
            .mapTo(Integer.class)
            .one();
        try {
          return change.in(handle);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      gates.changes(tenant.space()).unlock();
    }
  }

  /**
   * A run's number here.
   *
   * @param isNew false when a run of the same facts, that has ended, was there already
   */
  record Begun(long id, boolean isNew) {}

  /** Adds a run, or finds the one that was copied here before. */
  Begun begin(GraphChange.Run run) throws IOException {
    return change(handle -> {
      if (run.status() != null) {
        Optional<Long> same = same(handle, run);
        if (same.isPresent()) {
          return new Begun(same.get(), false);
        }
      }
      long id =
          handle
              .createQuery(
                  "UPDATE space SET last_run = last_run + 1 WHERE id = :space RETURNING last_run")
              .bind("space", tenant.space())
              .mapTo(Long.class)
              .one();
      handle
          .createUpdate(
              "INSERT INTO run(space, id, tenant, username, host, script, arguments, version,"
                  + " started, seconds, status) VALUES(:space, :id, :tenant, :user, :host, :script,"
                  + " :arguments, :version, :started, :seconds, :status)")
          .bind("space", tenant.space())
          .bind("id", id)
          .bind("tenant", tenant.id())
          .bind("user", run.facts().user())
          .bind("host", run.facts().host())
          .bind("script", run.facts().script())
          .bind("arguments", run.facts().arguments())
          .bind("version", run.facts().version())
          .bind("started", run.facts().startedMillis())
          .bind("seconds", run.seconds() < 0 ? null : Double.valueOf(run.seconds()))
          .bind("status", run.status())
          .execute();
      return new Begun(id, true);
    });
  }

  private Optional<Long> same(Handle handle, GraphChange.Run run) {
    return handle
        .createQuery(
            "SELECT id FROM run WHERE space = :space AND started = :started AND username = :user"
                + " AND host = :host AND script = :script AND status = :status ORDER BY id LIMIT 1")
        .bind("space", tenant.space())
        .bind("started", run.facts().startedMillis())
        .bind("user", run.facts().user())
        .bind("host", run.facts().host())
        .bind("script", run.facts().script())
        .bind("status", run.status())
        .mapTo(Long.class)
        .findOne();
  }

  /**
   * Makes changes of runs of this tenant, all or none.
   *
   * @return how many artifacts were added
   * @throws MalformedChangeException when one of them cannot be true
   */
  int apply(Client client, List<GraphChange> changes) throws IOException {
    Map<Key, Integer> suspects = suspectsOf(changes);
    return change(handle -> {
      layouts(handle).damaged(suspects);
      try (Batches batches = new Batches(handle)) {
        Set<Long> runs = new HashSet<>();
        int kept = 0;
        for (GraphChange each : changes) {
          kept += apply(handle, batches, client, each, runs);
        }
        batches.flush();
        return kept;
      }
    });
  }

  private int apply(
      Handle handle, Batches batches, Client client, GraphChange change, Set<Long> runs)
      throws IOException {
    switch (change) {
      case GraphChange.Seen seen -> {
        check(handle, seen.run(), runs);
        batches.add(seen);
      }
      case GraphChange.Measured measured -> {
        check(handle, measured.run(), runs);
        batches.add(measured);
      }
      case GraphChange.Kept kept -> {
        check(handle, kept.run(), runs);
        return keep(handle, client, kept) ? 1 : 0;
      }
      case GraphChange.Used used -> {
        check(handle, used.run(), runs);
        used(handle, used);
      }
      case GraphChange.Region region -> {
        check(handle, region.run(), runs);
        region(handle, region);
      }
      case GraphChange.TraceText trace ->
          handle
              .createUpdate(
                  "INSERT INTO trace(space, run, name, key, text) VALUES(:space, :run, :name, :key,"
                      + " :text) ON CONFLICT(space, run, name) DO UPDATE SET key = excluded.key,"
                      + " text = excluded.text")
              .bind("space", tenant.space())
              .bind("run", check(handle, trace.run(), runs))
              .bind("name", trace.name())
              .bind("key", tenant.row(trace.key()))
              .bind("text", trace.text())
              .execute();
      case GraphChange.Scored score ->
          handle
              .createUpdate(
                  "INSERT INTO score(space, run, name, key, value) VALUES(:space, :run, :name,"
                      + " :key, :value) ON CONFLICT(space, run, name) DO UPDATE SET key ="
                      + " excluded.key, value = excluded.value")
              .bind("space", tenant.space())
              .bind("run", check(handle, score.run(), runs))
              .bind("name", score.name())
              .bind("key", score.key() == null ? null : tenant.row(score.key()))
              .bind("value", score.value())
              .execute();
      case GraphChange.Ended ended ->
          handle
              .createUpdate(
                  "UPDATE run SET status = :status, seconds = :seconds WHERE space = :space AND id"
                      + " = :run")
              .bind("status", ended.status())
              .bind("seconds", ended.seconds())
              .bind("space", tenant.space())
              .bind("run", check(handle, ended.run(), runs))
              .execute();
      case GraphChange.Removed removed -> remove(handle, removed.key(), removed.hash());
      case GraphChange.Run _ ->
          throw new MalformedChangeException("a run does not begin among changes");
    }
    return 0;
  }

  /** The number of a run of this tenant. */
  private long check(Handle handle, long run, Set<Long> runs) throws MalformedChangeException {
    if (!runs.contains(run)) {
      boolean known =
          handle
              .createQuery(
                  "SELECT 1 FROM run WHERE space = :space AND id = :run AND tenant = :tenant")
              .bind("space", tenant.space())
              .bind("run", run)
              .bind("tenant", tenant.id())
              .mapTo(Integer.class)
              .findOne()
              .isPresent();
      if (!known) {
        throw new MalformedChangeException("there is no run " + run + " of this tenant");
      }
      runs.add(run);
    }
    return run;
  }

  /** A key is one of an artifact, or else of what a call or block left. */
  private void used(Handle handle, GraphChange.Used used) {
    int artifacts =
        handle
            .createUpdate(
                "UPDATE artifact SET uses = uses + :count, last_run = :run WHERE space = :space"
                    + " AND key = :key")
            .bind("count", used.count())
            .bind("run", used.run())
            .bind("space", tenant.space())
            .bind("key", tenant.row(used.key()))
            .execute();
    if (artifacts == 0) {
      handle
          .createUpdate("UPDATE region SET last_run = :run WHERE space = :space AND key = :key")
          .bind("run", used.run())
          .bind("space", tenant.space())
          .bind("key", tenant.row(used.key()))
          .execute();
    }
  }

  private void region(Handle handle, GraphChange.Region region) {
    handle
        .createUpdate(
            "INSERT INTO region(space, key, record, cost_nanos, run, last_run) VALUES(:space, :key,"
                + " :record, :cost, :run, :run) ON CONFLICT(space, key) DO UPDATE SET record ="
                + " excluded.record, cost_nanos = greatest(region.cost_nanos,"
                + " excluded.cost_nanos), last_run = excluded.last_run")
        .bind("space", tenant.space())
        .bind("key", tenant.row(region.key()))
        .bind("record", region.record())
        .bind("cost", region.costNanos())
        .bind("run", region.run())
        .execute();
  }

  // ---- artifacts and their contents

  private boolean keep(Handle handle, Client client, GraphChange.Kept kept) throws IOException {
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
    if (kept.bytes() > tenant.quotaBytes() || find(handle, kept.key())) {
      return false;
    }
    if (kept.content() != null) {
      insert(handle, kept, kept.bytes());
      return true;
    }
    switch (settle(handle, client, kept)) {
      case NOWHERE -> {
        return false;
      }
      case WHOLE -> insert(handle, kept, isOwned(handle, kept.hash()) ? 0 : kept.bytes());
      case IN_PIECES -> {
        if (!isOwnedBy(handle, kept.hash(), tenant.id())) {
          SpaceLayouts layouts = layouts(handle);
          layouts.hold(layouts.find(kept.hash()), tenant.id());
        }
        insert(handle, kept, 0);
      }
    }
    return true;
  }

  private void insert(Handle handle, GraphChange.Kept kept, long charged) {
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
    charge(handle, tenant.id(), charged);
  }

  SpaceLayouts layouts(Handle handle) {
    return new SpaceLayouts(handle, tenant.space(), contents.pieces(tenant.space()));
  }

  /** Where a content lies. */
  private enum Place {
    NOWHERE,
    WHOLE,
    IN_PIECES
  }

  /** Publishes what a client has sent of a content, unless it is here. */
  private Place settle(Handle handle, Client client, GraphChange.Kept kept) throws IOException {
    Key hash = kept.hash();
    Upload upload = contents.taken(client, hash, kept.bytes());
    try {
      SpaceLayouts layouts = layouts(handle);
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
        removeAll(handle, hash);
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
        adopt(handle, hash, laid.layout());
      }
      return Place.IN_PIECES;
    } finally {
      if (upload != null) {
        upload.drop();
      }
    }
  }

  /** A content of which the file was damaged or gone lies in pieces now, for all who have it. */
  private void adopt(Handle handle, Key hash, Layout layout) throws IOException {
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
      charge(handle, each.tenant, -each.charged);
      if (owners.add(each.tenant)) {
        layouts(handle).hold(layout, each.tenant);
      }
    }
  }

  /** Removes every artifact that has a content. */
  private void removeAll(Handle handle, Key hash) throws IOException {
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
      remove(handle, key, hash);
    }
  }

  private boolean find(Handle handle, Key key) {
    return handle
        .createQuery("SELECT 1 FROM artifact WHERE space = :space AND key = :key")
        .bind("space", tenant.space())
        .bind("key", tenant.row(key))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private boolean isOwned(Handle handle, Key hash) {
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
  private boolean isOwnedBy(Handle handle, Key hash, long owner) {
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

  private static void charge(Handle handle, long tenant, long bytes) {
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
  private int remove(Handle handle, Key key, Key hash) throws IOException {
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
    charge(handle, gone.get().tenant, -gone.get().charged);
    if (gone.get().inline) {
      return 0;
    }
    boolean last = !isOwned(handle, hash);
    if (last) {
      contents.delete(tenant.space(), hash);
    } else if (gone.get().charged > 0) {
      passCharge(handle, hash, gone.get().charged);
    }
    return last || !isOwnedBy(handle, hash, gone.get().tenant)
        ? layouts(handle).release(hash, gone.get().tenant, last)
        : 0;
  }

  /** Another artifact that has the content is charged for it now. */
  private void passCharge(Handle handle, Key hash, long bytes) {
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
    charge(handle, payer, bytes);
  }

  // ---- quota

  long artifactBytes() {
    return jdbi.withHandle(this::artifactBytes);
  }

  private long artifactBytes(Handle handle) {
    return handle
        .createQuery("SELECT artifact_bytes FROM tenant WHERE id = :id")
        .bind("id", tenant.id())
        .mapTo(Long.class)
        .one();
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
    return new SpaceRows(this, tenant.space()).trimTo(bytes);
  }

  private record Victim(Key key, Key hash) {}

  /**
   * Removes this tenant's artifacts, those first that save least for their bytes; some at a time,
   * so that others may change the space in between.
   */
  int collect(long bytes) throws IOException {
    int removed = 0;
    while (artifactBytes() > bytes) {
      // Ranked before the space is locked: all artifacts are looked at.
      List<Victim> victims = jdbi.withHandle(this::leastWorth);
      if (victims.isEmpty()) {
        return removed;
      }
      for (int from = 0; from < victims.size() && artifactBytes() > bytes; ) {
        List<Victim> some = victims.subList(from, Math.min(from + REMOVED, victims.size()));
        Removed done = change(handle -> collectSome(handle, some, bytes));
        from += done.tried;
        removed += done.removed;
      }
    }
    return removed;
  }

  /** Of the victims of one transaction; none is tried when there is room already. */
  private record Removed(int tried, int removed) {}

  private Removed collectSome(Handle handle, List<Victim> victims, long bytes) throws IOException {
    int tried = 0;
    int removed = 0;
    int pieces = 0;
    while (tried < victims.size() && pieces < PIECES_AT_ONCE && artifactBytes(handle) > bytes) {
      Victim victim = victims.get(tried++);
      int looked = remove(handle, victim.key, victim.hash);
      if (looked != NOT_THERE) {
        pieces += looked;
        removed++;
      }
    }
    return new Removed(tried, removed);
  }

  private List<Victim> leastWorth(Handle handle) {
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

  /** Damaged pieces of what is removed, found before the space is locked: all bytes are read. */
  private Map<Key, Integer> suspectsOf(List<GraphChange> changes) {
    Map<Key, Integer> suspects = new HashMap<>();
    Set<Key> looked = new HashSet<>();
    long bytes = 0;
    for (GraphChange each : changes) {
      if (bytes < MOST_SUSPECTED_BYTES
          && each instanceof GraphChange.Removed removed
          && looked.add(removed.hash())) {
        Layout layout = layoutOf(removed.hash());
        if (layout != null) {
          bytes += layout.bytes();
          suspects.putAll(contents.pieces(tenant.space()).damagedOf(layout));
        }
      }
    }
    return suspects;
  }

  /** How a content lies in pieces, or null. */
  private Layout layoutOf(Key hash) {
    try {
      return jdbi.withHandle(handle -> layouts(handle).find(hash));
    } catch (DamagedContentException e) {
      return null;
    }
  }

  /** Removes an artifact by its key, as found damaged, and those of its pieces that are. */
  void removeDamaged(Key key, Key hash) throws IOException {
    Map<Key, Integer> suspects = suspectsOf(List.of(new GraphChange.Removed(key, hash)));
    change(handle -> {
      layouts(handle).damaged(suspects);
      return remove(handle, key, hash);
    });
  }

  /**
   * What a check finds besides contents.
   *
   * @param orphans files that nothing has
   */
  record Counts(int orphans, boolean isRight) {}

  /** Looks at files without owner and at what is counted; mends both if it may. */
  Counts checkCounts(boolean mend) throws IOException {
    return change(handle -> {
      int orphans = 0;
      for (Key hash : contents.all(tenant.space())) {
        if (!isOwned(handle, hash)) {
          orphans++;
          if (mend) {
            contents.delete(tenant.space(), hash);
          }
        }
      }
      SpaceLayouts layouts = layouts(handle);
      Counts counts = new Counts(orphans + layouts.orphans().size(), layouts.isCountedRight());
      if (mend) {
        layouts.mend();
      }
      return counts;
    });
  }

  /** Vertices, edges and costs, many at once. */
  private final class Batches implements AutoCloseable {
    private final PreparedBatch vertices;
    private final PreparedBatch edges;
    private final PreparedBatch costs;

    Batches(Handle handle) {
      vertices =
          handle.prepareBatch(
              "INSERT INTO vertex(space, key, operation, cost_nanos, bytes, frequency, first_run,"
                  + " last_run) VALUES(:space, :key, :operation, :cost, :bytes, :frequency, :run,"
                  + " :run) ON CONFLICT(space, key) DO UPDATE SET cost_nanos = CASE WHEN"
                  + " vertex.cost_nanos = 0 THEN excluded.cost_nanos WHEN excluded.cost_nanos = 0"
                  + " THEN vertex.cost_nanos ELSE least(vertex.cost_nanos, excluded.cost_nanos)"
                  + " END, bytes = greatest(vertex.bytes, excluded.bytes), frequency ="
                  + " vertex.frequency + CASE WHEN vertex.last_run <> excluded.last_run THEN"
                  + " excluded.frequency ELSE 0 END, last_run = excluded.last_run");
      edges =
          handle.prepareBatch(
              "INSERT INTO edge(space, child, position, parent) VALUES(:space, :child, :position,"
                  + " :parent) ON CONFLICT DO NOTHING");
      costs = SpaceCosts.batch(handle);
    }

    void add(GraphChange.Seen seen) {
      vertices
          .bind("space", tenant.space())
          .bind("key", tenant.row(seen.vertex().key()))
          .bind("operation", seen.vertex().operation())
          .bind("cost", seen.vertex().costNanos())
          .bind("bytes", seen.vertex().bytes())
          .bind("frequency", seen.frequency())
          .bind("run", seen.run())
          .add();
      List<Key> inputs = seen.vertex().inputs();
      for (int i = 0; i < inputs.size(); i++) {
        edges
            .bind("space", tenant.space())
            .bind("child", tenant.row(seen.vertex().key()))
            .bind("position", i)
            .bind("parent", tenant.row(inputs.get(i)))
            .add();
      }
    }

    void add(GraphChange.Measured measured) {
      SpaceCosts.add(costs, tenant, measured);
    }

    void flush() {
      if (vertices.size() > 0) {
        vertices.execute();
      }
      if (edges.size() > 0) {
        edges.execute();
      }
      if (costs.size() > 0) {
        costs.execute();
      }
    }

    @Override
    public void close() {
      vertices.close();
      edges.close();
      costs.close();
    }
  }
}
