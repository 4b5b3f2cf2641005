package dev.reprise.server;

import dev.reprise.store.RunFacts;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What people ask about one tenant's space, answered in the form that a client reads. */
final class SpaceQuestions {
  /** Most rows of one answer. */
  static final int MOST_ROWS = 10_000;

  /** A run as {@link #run} reads it. */
  static final String RUN =
      "SELECT id, username, host, script, arguments, version, started, seconds, status FROM run";

  private final Jdbi jdbi;
  private final Tenant tenant;

  SpaceQuestions(Jdbi jdbi, Tenant tenant) {
    this.jdbi = jdbi;
    this.tenant = tenant;
  }

  byte[] totals() throws IOException {
    return jdbi.withHandle(handle -> {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ChangeWriter out = new ChangeWriter(bytes);
      for (String table : List.of("run", "vertex", "edge", "artifact")) {
        out.number(count(handle, table));
      }
      out.number(
          handle
              .createQuery(
                  "SELECT ((SELECT coalesce(sum(charged), 0) FROM artifact WHERE space = :space) +"
                      + " (SELECT coalesce(sum(bytes), 0) FROM piece WHERE space ="
                      + " :space))::bigint")
              .bind("space", tenant.space())
              .mapTo(Long.class)
              .one());
      out.number(count(handle, "region"));
      return bytes.toByteArray();
    });
  }

  private long count(Handle handle, String table) {
    return handle
        .createQuery("SELECT count(*) FROM " + table + " WHERE space = :space")
        .bind("space", tenant.space())
        .mapTo(Long.class)
        .one();
  }

  /**
   * The latest runs with their scores.
   *
   * @param run only this one; 0 for all
   */
  byte[] runs(long run, int limit) throws IOException {
    return jdbi.withHandle(handle -> {
      List<GraphChange.Run> runs =
          handle
              .createQuery(
                  RUN
                      + " WHERE space = :space AND (:run = 0 OR id = :run) ORDER BY id DESC LIMIT"
                      + " :limit")
              .bind("space", tenant.space())
              .bind("run", run)
              .bind("limit", limit)
              .map((row, _) -> run(row))
              .list();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ChangeWriter out = new ChangeWriter(bytes);
      for (GraphChange.Run each : runs) {
        out.write(each);
        for (GraphChange.Scored score : scores(handle, each.id())) {
          out.write(score);
        }
      }
      return bytes.toByteArray();
    });
  }

  static GraphChange.Run run(java.sql.ResultSet row) throws java.sql.SQLException {
    double seconds = row.getDouble(8);
    boolean running = row.wasNull();
    return new GraphChange.Run(
        row.getLong(1),
        new RunFacts(
            row.getString(2),
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            row.getLong(7)),
        running ? -1 : seconds,
        row.getString(9));
  }

  private List<GraphChange.Scored> scores(Handle handle, long run) {
    return handle
        .createQuery(
            "SELECT name, key, value FROM score WHERE space = :space AND run = :run ORDER BY name")
        .bind("space", tenant.space())
        .bind("run", run)
        .map((row, _) -> {
          byte[] key = row.getBytes(2);
          return new GraphChange.Scored(
              run, row.getString(1), key == null ? null : tenant.key(key), row.getDouble(3));
        })
        .list();
  }

  /** Models with a trace that runs have scored by a name, the best first. */
  byte[] models(String score, int limit) throws IOException {
    List<GraphChange.Scored> models =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT t.run, t.key, s.value FROM score s JOIN trace t ON t.space = s.space"
                        + " AND t.run = s.run AND t.name = :trace AND t.key = s.key WHERE s.space ="
                        + " :space AND s.name = :name ORDER BY s.value DESC, t.run LIMIT :limit")
                .bind("trace", ScoredModel.traceName(score))
                .bind("space", tenant.space())
                .bind("name", score)
                .bind("limit", limit)
                .map((row, _) ->
                    new GraphChange.Scored(
                        row.getLong(1), score, tenant.key(row.getBytes(2)), row.getDouble(3)))
                .list());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    for (GraphChange.Scored each : models) {
      out.write(each);
    }
    return bytes.toByteArray();
  }

  private record Kept(
      byte[] key, byte[] vertex, String operation, long bytes, long cost, long run, long uses) {}

  byte[] artifacts(long run, int limit) throws IOException {
    List<Kept> found =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT a.key, a.vertex, coalesce(v.operation, ''), a.bytes, a.cost_nanos,"
                        + " a.run, a.uses FROM artifact a LEFT JOIN vertex v ON v.space = a.space"
                        + " AND v.key = a.vertex WHERE a.space = :space AND (:run = 0 OR a.run ="
                        + " :run) ORDER BY a.cost_nanos DESC, a.key LIMIT :limit")
                .bind("space", tenant.space())
                .bind("run", run)
                .bind("limit", limit)
                .map((row, _) ->
                    new Kept(
                        row.getBytes(1),
                        row.getBytes(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7)))
                .list());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(found.size());
    for (Kept each : found) {
      out.key(tenant.key(each.key));
      out.key(tenant.key(each.vertex));
      out.text(each.operation);
      out.number(each.bytes);
      out.number(each.cost);
      out.number(each.run);
      out.number(each.uses);
    }
    return bytes.toByteArray();
  }

  private record Left(String name, byte[] key) {}

  byte[] traces(long run) throws IOException {
    List<Left> found =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT name, key FROM trace WHERE space = :space AND run = :run ORDER BY name"
                        + " LIMIT :limit")
                .bind("space", tenant.space())
                .bind("run", run)
                .bind("limit", MOST_ROWS)
                .map((row, _) -> new Left(row.getString(1), row.getBytes(2)))
                .list());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(found.size());
    for (Left each : found) {
      out.text(each.name);
      out.key(tenant.key(each.key));
    }
    return bytes.toByteArray();
  }

  /** Compressed, or null. */
  byte[] trace(long run, String name) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT text FROM trace WHERE space = :space AND run = :run AND name = :name")
            .bind("space", tenant.space())
            .bind("run", run)
            .bind("name", name)
            .mapTo(byte[].class)
            .findOne()
            .orElse(null));
  }
}
