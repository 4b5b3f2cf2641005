package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.Vertex;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * One tenant's space in pages: first where the next page begins (null after the last one), then its
 * changes. What is added meanwhile may be in it or not.
 */
final class SpaceExport {
  private static final int ROWS = 500;

  /** Of rows with long records. */
  private static final int LONG_ROWS = 16;

  private static final int PAGE_BYTES = 4 << 20;

  private final Jdbi jdbi;
  private final Tenant tenant;

  /**
   * @param cursor of the page that begins behind it
   */
  private record Row(String cursor, GraphChange change) {}

  private interface Mapping {
    Row of(ResultSet row) throws SQLException;
  }

  SpaceExport(Jdbi jdbi, Tenant tenant) {
    this.jdbi = jdbi;
    this.tenant = tenant;
  }

  byte[] page(String part, String after) throws IOException {
    return switch (part) {
      case "runs" -> runs(after);
      case "vertices" -> vertices(after);
      case "costs" -> costs(after);
      case "regions" ->
          byKey(
              "SELECT key, run, record, cost_nanos FROM region",
              after,
              LONG_ROWS,
              row -> {
                Key key = tenant.key(row.getBytes(1));
                return new Row(
                    key.toString(),
                    new GraphChange.Region(row.getLong(2), key, row.getBytes(3), row.getLong(4)));
              });
      case "traces" -> traces(after);
      case "scores" -> scores(after);
      case "artifacts" ->
          byKey(
              "SELECT key, run, vertex, hash, bytes, cost_nanos, content, uses FROM artifact",
              after,
              ROWS,
              row -> {
                Key key = tenant.key(row.getBytes(1));
                return new Row(
                    key.toString(),
                    new GraphChange.Kept(
                        row.getLong(2),
                        key,
                        tenant.key(row.getBytes(3)),
                        Tenant.plain(row.getBytes(4)),
                        row.getLong(5),
                        row.getLong(6),
                        row.getBytes(7),
                        row.getLong(8)));
              });
      default -> throw new MalformedChangeException("there is no part '" + part + "'");
    };
  }

  private byte[] runs(String after) throws IOException {
    long last = number(after);
    List<Row> rows =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    SpaceQuestions.RUN
                        + " WHERE space = :space AND id > :after ORDER BY id LIMIT "
                        + ROWS)
                .bind("space", tenant.space())
                .bind("after", last)
                .map((row, _) -> new Row(row.getString(1), SpaceQuestions.run(row)))
                .list());
    return page(rows, ROWS);
  }

  private static long number(String digits) throws MalformedChangeException {
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new MalformedChangeException("a page does not begin behind '" + digits + "'");
    }
  }

  private byte[] byKey(String select, String after, int limit, Mapping mapping) throws IOException {
    byte[] from = from(after);
    List<Row> rows =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    select + " WHERE space = :space AND key > :after ORDER BY key LIMIT " + limit)
                .bind("space", tenant.space())
                .bind("after", from)
                .map((row, _) -> mapping.of(row))
                .list());
    return page(rows, limit);
  }

  private byte[] from(String after) throws MalformedChangeException {
    try {
      return after.isEmpty() ? new byte[0] : tenant.row(Key.parse(after));
    } catch (IllegalArgumentException e) {
      throw new MalformedChangeException("a page does not begin behind '" + after + "'");
    }
  }

  private record Seen(byte[] row, String operation, long cost, long bytes, long count, long run) {}

  private byte[] vertices(String after) throws IOException {
    byte[] from = from(after);
    List<Row> rows =
        jdbi.withHandle(handle -> {
          List<Seen> vertices =
              handle
                  .createQuery(
                      "SELECT key, operation, cost_nanos, bytes, frequency, last_run FROM vertex"
                          + " WHERE space = :space AND key > :after ORDER BY key LIMIT "
                          + ROWS)
                  .bind("space", tenant.space())
                  .bind("after", from)
                  .map((row, _) ->
                      new Seen(
                          row.getBytes(1),
                          row.getString(2),
                          row.getLong(3),
                          row.getLong(4),
                          row.getLong(5),
                          row.getLong(6)))
                  .list();
          return vertices.isEmpty() ? List.of() : withInputs(handle, from, vertices);
        });
    return page(rows, ROWS);
  }

  private List<Row> withInputs(Handle handle, byte[] from, List<Seen> vertices) {
    Map<Key, List<Key>> inputs = new HashMap<>();
    handle
        .createQuery(
            "SELECT child, parent FROM edge WHERE space = :space AND child > :after AND child <="
                + " :last ORDER BY child, position")
        .bind("space", tenant.space())
        .bind("after", from)
        .bind("last", vertices.getLast().row)
        .map((row, _) -> new Key[] {tenant.key(row.getBytes(1)), tenant.key(row.getBytes(2))})
        .forEach(edge -> inputs.computeIfAbsent(edge[0], _ -> new ArrayList<>()).add(edge[1]));
    List<Row> rows = new ArrayList<>();
    for (Seen seen : vertices) {
      Key key = tenant.key(seen.row);
      Vertex vertex =
          new Vertex(
              key, seen.operation, inputs.getOrDefault(key, List.of()), seen.cost, seen.bytes);
      rows.add(new Row(key.toString(), new GraphChange.Seen(seen.run, vertex, seen.count)));
    }
    return rows;
  }

  private byte[] costs(String after) throws IOException {
    int colon = after.indexOf(':');
    byte[] from = from(colon < 0 ? after : after.substring(0, colon));
    String device = colon < 0 ? "" : after.substring(colon + 1);
    List<Row> rows =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT v.last_run, c.vertex, c.device, c.count, c.nanos FROM cost c JOIN"
                        + " vertex v ON v.space = c.space AND v.key = c.vertex WHERE c.space ="
                        + " :space AND (c.vertex, c.device) > (:after, :device) ORDER BY c.vertex,"
                        + " c.device LIMIT "
                        + ROWS)
                .bind("space", tenant.space())
                .bind("after", from)
                .bind("device", device)
                .map((row, _) -> {
                  Key key = tenant.key(row.getBytes(2));
                  DeviceCost cost =
                      new DeviceCost(row.getString(3), row.getLong(4), row.getLong(5));
                  return new Row(
                      key + ":" + cost.device(),
                      new GraphChange.Measured(row.getLong(1), key, cost));
                })
                .list());
    return page(rows, ROWS);
  }

  private byte[] traces(String after) throws IOException {
    return byRun(
        "SELECT run, name, key, text FROM trace",
        after,
        LONG_ROWS,
        row ->
            new Row(
                row.getLong(1) + ":" + row.getString(2),
                new GraphChange.TraceText(
                    row.getLong(1),
                    row.getString(2),
                    tenant.key(row.getBytes(3)),
                    row.getBytes(4))));
  }

  private byte[] scores(String after) throws IOException {
    return byRun(
        "SELECT run, name, key, value FROM score",
        after,
        ROWS,
        row -> {
          byte[] key = row.getBytes(3);
          return new Row(
              row.getLong(1) + ":" + row.getString(2),
              new GraphChange.Scored(
                  row.getLong(1),
                  row.getString(2),
                  key == null ? null : tenant.key(key),
                  row.getDouble(4)));
        });
  }

  private byte[] byRun(String select, String after, int limit, Mapping mapping) throws IOException {
    int colon = after.indexOf(':');
    long run = number(colon < 0 ? after : after.substring(0, colon));
    String name = colon < 0 ? "" : after.substring(colon + 1);
    List<Row> rows =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    select
                        + " WHERE space = :space AND (run, name) > (:run, :name) ORDER BY run, name"
                        + " LIMIT "
                        + limit)
                .bind("space", tenant.space())
                .bind("run", run)
                .bind("name", name)
                .map((row, _) -> mapping.of(row))
                .list());
    return page(rows, limit);
  }

  /** As many of the rows as fit. */
  private static byte[] page(List<Row> rows, int limit) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ChangeWriter changes = new ChangeWriter(body);
    int count = 0;
    while (count < rows.size() && body.size() < PAGE_BYTES) {
      changes.write(rows.get(count++).change);
    }
    boolean last = count == rows.size() && rows.size() < limit;
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    new ChangeWriter(page).text(last ? null : rows.get(count - 1).cursor);
    body.writeTo(page);
    return page.toByteArray();
  }
}
