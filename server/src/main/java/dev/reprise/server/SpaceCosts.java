package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What computing the values of a space took, by classes of devices. */
final class SpaceCosts {
  private static final int KEYS_AT_ONCE = 1_000;

  /** Classes of devices of which one value has costs, so that answers have an end. */
  static final int MOST_DEVICES = 16;

  private final Jdbi jdbi;
  private final Tenant tenant;

  private record Row(Key vertex, long least, DeviceCost cost) {}

  private static final class Known {
    final long least;
    final List<DeviceCost> costs = new ArrayList<>();

    Known(long least) {
      this.least = least;
    }
  }

  SpaceCosts(Jdbi jdbi, Tenant tenant) {
    this.jdbi = jdbi;
    this.tenant = tenant;
  }

  /**
   * Takes measurements of values that the space knows; what it does not know is passed over, and so
   * are classes of devices behind the first of a value.
   */
  static PreparedBatch batch(Handle handle) {
    return handle.prepareBatch(
        "INSERT INTO cost(space, vertex, device, count, nanos) SELECT :space, :vertex, :device,"
            + " :count, :nanos WHERE EXISTS (SELECT 1 FROM vertex WHERE space = :space AND key ="
            + " :vertex) AND (EXISTS (SELECT 1 FROM cost WHERE space = :space AND vertex = :vertex"
            + " AND device = :device) OR (SELECT count(*) FROM cost WHERE space = :space AND vertex"
            + " = :vertex) < "
            + MOST_DEVICES
            + ") ON CONFLICT(space, vertex, device) DO UPDATE SET "
            + DeviceCost.addedInSql("least", "greatest"));
  }

  static void add(PreparedBatch batch, Tenant tenant, GraphChange.Measured measured) {
    batch
        .bind("space", tenant.space())
        .bind("vertex", tenant.row(measured.vertex()))
        .bind("device", measured.cost().device())
        .bind("count", measured.cost().count())
        .bind("nanos", measured.cost().nanos())
        .add();
  }

  /** The answer to a question that has a number of keys. */
  byte[] answer(InputStream question) throws IOException {
    List<byte[]> rows = SpaceOrigins.keys(question, 0).stream().map(tenant::row).toList();
    Map<Key, Known> found = new LinkedHashMap<>();
    for (int from = 0; from < rows.size(); from += KEYS_AT_ONCE) {
      find(rows.subList(from, Math.min(from + KEYS_AT_ONCE, rows.size())), found);
    }
    return written(found);
  }

  private void find(List<byte[]> rows, Map<Key, Known> found) {
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT v.key, v.cost_nanos, c.device, c.count, c.nanos FROM vertex v LEFT JOIN"
                    + " LATERAL (SELECT device, count, nanos FROM cost WHERE space = v.space AND"
                    + " vertex = v.key ORDER BY device LIMIT "
                    + MOST_DEVICES
                    + ") c ON true WHERE v.space = :space AND v.key IN (<keys>) ORDER BY v.key,"
                    + " c.device")
            .bind("space", tenant.space())
            .bindList("keys", rows)
            .map((row, _) ->
                new Row(
                    tenant.key(row.getBytes(1)),
                    row.getLong(2),
                    row.getString(3) == null
                        ? null
                        : new DeviceCost(row.getString(3), row.getLong(4), row.getLong(5))))
            .forEach(row -> {
              Known known = found.computeIfAbsent(row.vertex, _ -> new Known(row.least));
              if (row.cost != null) {
                known.costs.add(row.cost);
              }
            }));
  }

  private static byte[] written(Map<Key, Known> found) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(found.size());
    for (Map.Entry<Key, Known> each : found.entrySet()) {
      out.key(each.getKey());
      out.number(each.getValue().least);
      out.number(each.getValue().costs.size());
      for (DeviceCost cost : each.getValue().costs) {
        out.cost(cost);
      }
    }
    return bytes.toByteArray();
  }

  private record Total(String device, long values, long count, long nanos) {}

  /** What was measured on each class, in alphabetical order. */
  byte[] devices() throws IOException {
    List<Total> totals =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT device, count(*), sum(count), sum(1.0 * count * nanos) FROM cost WHERE"
                        + " space = :space GROUP BY device ORDER BY device COLLATE \"C\" LIMIT "
                        + SpaceQuestions.MOST_ROWS)
                .bind("space", tenant.space())
                .map((row, _) ->
                    new Total(
                        row.getString(1), row.getLong(2), row.getLong(3), (long) row.getDouble(4)))
                .list());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(totals.size());
    for (Total total : totals) {
      out.text(total.device);
      out.number(total.values);
      out.number(total.count);
      out.number(total.nanos);
    }
    return bytes.toByteArray();
  }
}
