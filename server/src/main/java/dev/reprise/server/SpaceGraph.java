package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.Artifact;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
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
  private static final byte[] NOTHING = {};

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

  /** Makes a change unless it was made for the same request before; gives the answer to it. */
  interface Answering {
    byte[] answer(Handle handle, Change<byte[]> change) throws IOException;
  }

  /**
   * A run's number here.
   *
   * @param isNew false when a run of the same facts, that has ended, was there already
   */
  private record Begun(long id, boolean isNew) {
    byte[] answer() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ChangeWriter out = new ChangeWriter(bytes);
      out.number(id);
      out.number(isNew ? 1 : 0);
      return bytes.toByteArray();
    }
  }

  /** Adds a run, or finds the one that was copied here before; its number, and which it was. */
  byte[] begin(GraphChange.Run run, Answering answering) throws IOException {
    return change(handle -> answering.answer(handle, in -> begin(in, run).answer()));
  }

  private Begun begin(Handle handle, GraphChange.Run run) {
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
   * @return how many artifacts were added; none when they were before
   * @throws MalformedChangeException when one of them cannot be true
   */
  int apply(Client client, List<GraphChange> changes, Answering answering) throws IOException {
    SpaceDamage damage = SpaceDamage.of(jdbi, tenant, contents, changes);
    return change(handle -> {
      int[] kept = new int[1];
      answering.answer(
          handle,
          in -> {
            damage.remove(artifacts(in));
            kept[0] = apply(in, client, changes);
            return NOTHING;
          });
      return kept[0];
    });
  }

  private int apply(Handle handle, Client client, List<GraphChange> changes) throws IOException {
    try (Batches batches = new Batches(handle)) {
      Set<Long> runs = new HashSet<>();
      int kept = 0;
      for (GraphChange each : changes) {
        kept += apply(handle, batches, client, each, runs);
      }
      batches.flush();
      return kept;
    }
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
        checkKnown(handle, kept.run(), runs);
        return artifacts(handle).keep(client, kept) ? 1 : 0;
      }
      case GraphChange.Used used -> {
        check(handle, used.run(), runs);
        used(handle, used);
      }
      case GraphChange.Region region -> {
        checkKnown(handle, region.run(), runs);
        region(handle, region);
      }
      case GraphChange.TraceText trace -> {
        check(handle, trace.run(), runs);
        trace(handle, trace);
      }
      case GraphChange.Scored score -> {
        check(handle, score.run(), runs);
        scored(handle, score);
      }
      case GraphChange.Ended ended -> {
        check(handle, ended.run(), runs);
        ended(handle, ended);
      }
      case GraphChange.Removed removed -> artifacts(handle).remove(removed.key(), removed.hash());
      case GraphChange.Run _ ->
          throw new MalformedChangeException("a run does not begin among changes");
    }
    return 0;
  }

  private void trace(Handle handle, GraphChange.TraceText trace) {
    handle
        .createUpdate(
            "INSERT INTO trace(space, run, name, key, text) VALUES(:space, :run, :name, :key,"
                + " :text) ON CONFLICT(space, run, name) DO UPDATE SET key = excluded.key,"
                + " text = excluded.text")
        .bind("space", tenant.space())
        .bind("run", trace.run())
        .bind("name", trace.name())
        .bind("key", tenant.row(trace.key()))
        .bind("text", trace.text())
        .execute();
  }

  private void scored(Handle handle, GraphChange.Scored score) {
    handle
        .createUpdate(
            "INSERT INTO score(space, run, name, key, value) VALUES(:space, :run, :name,"
                + " :key, :value) ON CONFLICT(space, run, name) DO UPDATE SET key ="
                + " excluded.key, value = excluded.value")
        .bind("space", tenant.space())
        .bind("run", score.run())
        .bind("name", score.name())
        .bind("key", score.key() == null ? null : tenant.row(score.key()))
        .bind("value", score.value())
        .execute();
  }

  private void ended(Handle handle, GraphChange.Ended ended) {
    handle
        .createUpdate(
            "UPDATE run SET status = :status, seconds = :seconds WHERE space = :space AND id"
                + " = :run")
        .bind("status", ended.status())
        .bind("seconds", ended.seconds())
        .bind("space", tenant.space())
        .bind("run", ended.run())
        .execute();
  }

  /**
   * A run of this tenant, or one of his space that has ended: who imports what others of the space
   * have run, or imported, adds the values that are not there any more.
   */
  private void checkKnown(Handle handle, long run, Set<Long> runs) throws MalformedChangeException {
    if (!runs.contains(run) && !isRun(handle, run, "status IS NOT NULL")) {
      check(handle, run, runs);
    }
  }

  private boolean isRun(Handle handle, long run, String condition) {
    return handle
        .createQuery("SELECT 1 FROM run WHERE space = :space AND id = :run AND " + condition)
        .bind("space", tenant.space())
        .bind("run", run)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** The number of a run of this tenant. */
  private long check(Handle handle, long run, Set<Long> runs) throws MalformedChangeException {
    if (!runs.contains(run)) {
      if (!isRun(handle, run, "tenant = " + tenant.id())) {
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

  // ---- artifacts

  /** What the artifacts and rows of the space take, and may take. */
  SpaceRoom room() {
    return new SpaceRoom(jdbi, tenant, contents, this);
  }

  private SpaceArtifacts artifacts(Handle handle) {
    return new SpaceArtifacts(handle, tenant, contents);
  }

  /** Removes an artifact by its key, as found damaged, and those of its pieces that are. */
  void removeDamaged(Key key, Key hash) throws IOException {
    SpaceDamage damage =
        SpaceDamage.of(jdbi, tenant, contents, List.of(new GraphChange.Removed(key, hash)));
    change(handle -> {
      damage.remove(artifacts(handle));
      return artifacts(handle).remove(key, hash);
    });
  }

  /** Looks at files without owner and at what is counted; mends both if it may. */
  SpaceArtifacts.Counts checkCounts(boolean mend) throws IOException {
    return change(handle -> artifacts(handle).checkCounts(mend));
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
                  + " :run) ON CONFLICT(space, key) DO UPDATE SET operation = CASE WHEN"
                  + " length(excluded.operation) > length(vertex.operation) THEN"
                  + " excluded.operation ELSE vertex.operation END, cost_nanos = CASE WHEN"
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
