package dev.reprise.server;

import dev.reprise.lineage.ItemText;
import dev.reprise.lineage.Key;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.GraphTables;
import dev.reprise.store.Provenance.Value;
import dev.reprise.store.Vertex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * The rows of a space's graph. Whatever a client has written there, an answer has no more than
 * {@link SpaceQuestions#MOST_ROWS} rows, or one value with its operands.
 */
final class SpaceTables implements GraphTables {
  /** Operands of all values that one answer has; those of the first value may be more. */
  private static final int MOST_OPERANDS = 20_000;

  /** What people are shown of an operation is shorter. */
  private static final int SHOWN = 1_000;

  private static final String VALUE =
      "SELECT key, left(operation, "
          + SHOWN
          + "), "
          + VALUE_COLUMNS
          + " FROM vertex WHERE space = :space AND ";

  private final Jdbi jdbi;
  private final Tenant tenant;

  SpaceTables(Jdbi jdbi, Tenant tenant) {
    this.jdbi = jdbi;
    this.tenant = tenant;
  }

  @Override
  public List<Key> values(Key least, Key greatest, int limit) {
    return between(
        "SELECT key FROM vertex WHERE space = :space AND key BETWEEN :least AND :greatest LIMIT"
            + " :limit",
        least,
        greatest,
        limit);
  }

  @Override
  public List<Key> others(Key least, Key greatest, int limit) {
    return between(
        "SELECT key FROM trace WHERE space = :space AND key BETWEEN :least AND :greatest UNION"
            + " SELECT vertex FROM artifact WHERE space = :space AND vertex BETWEEN :least AND"
            + " :greatest LIMIT :limit",
        least,
        greatest,
        limit);
  }

  /**
   * The digits in which both keys agree have the same salt, and behind them all digits are meant.
   */
  private List<Key> between(String sql, Key least, Key greatest, int limit) {
    Key free = new Key(least.high() ^ greatest.high(), least.low() ^ greatest.low());
    Key salted = tenant.salted(least);
    Key first = new Key(salted.high() & ~free.high(), salted.low() & ~free.low());
    Key last = new Key(salted.high() | free.high(), salted.low() | free.low());
    return jdbi.withHandle(handle ->
        handle
            .createQuery(sql)
            .bind("space", tenant.space())
            .bind("least", Tenant.bytes(first))
            .bind("greatest", Tenant.bytes(last))
            .bind("limit", limit)
            .map((row, _) -> tenant.key(row.getBytes(1)))
            .list());
  }

  private record Row(Key key, String operation, long bytes, long cost, long operands) {}

  private record Edge(Key child, Key parent) {}

  @Override
  public Looked vertices(List<Key> keys) {
    return jdbi.withHandle(handle -> {
      Map<Key, Row> rows = new HashMap<>();
      handle
          .createQuery(
              "SELECT v.key, left(v.operation, :longest), v.bytes, v.cost_nanos, (SELECT count(*)"
                  + " FROM edge e WHERE e.space = v.space AND e.child = v.key) FROM vertex v WHERE"
                  + " v.space = :space AND v.key IN (<keys>)")
          .bind("longest", ItemText.LONGEST)
          .bind("space", tenant.space())
          .bindList("keys", keys.stream().map(tenant::row).toList())
          .map((row, _) ->
              new Row(
                  tenant.key(row.getBytes(1)),
                  row.getString(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5)))
          .forEach(row -> rows.put(row.key, row));
      List<Key> taken = first(keys, rows);
      Map<Key, List<Key>> operands = new HashMap<>();
      handle
          .createQuery(
              "SELECT child, parent FROM edge WHERE space = :space AND child IN (<keys>) ORDER BY"
                  + " child, position")
          .bind("space", tenant.space())
          .bindList("keys", taken.stream().map(tenant::row).toList())
          .map((row, _) -> new Edge(tenant.key(row.getBytes(1)), tenant.key(row.getBytes(2))))
          .forEach(edge ->
              operands.computeIfAbsent(edge.child, _ -> new ArrayList<>()).add(edge.parent));
      List<Vertex> vertices = new ArrayList<>();
      for (Key key : taken) {
        Row row = rows.get(key);
        if (row != null) {
          List<Key> inputs = operands.getOrDefault(key, List.of());
          vertices.add(new Vertex(key, row.operation, inputs, row.cost, row.bytes));
        }
      }
      return new Looked(taken.size(), vertices);
    });
  }

  /** As many as have few enough operands together. */
  private static List<Key> first(List<Key> keys, Map<Key, Row> rows) {
    long operands = 0;
    for (int i = 0; i < keys.size(); i++) {
      Row row = rows.get(keys.get(i));
      operands += row == null ? 0 : row.operands;
      if (operands > MOST_OPERANDS && i > 0) {
        return keys.subList(0, i);
      }
    }
    return keys;
  }

  @Override
  public Value value(Key key) {
    return jdbi.withHandle(handle ->
        values(handle.createQuery(VALUE + "key = :key"), key).stream().findFirst().orElse(null));
  }

  @Override
  public List<Key> operands(Key key, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT parent FROM edge WHERE space = :space AND child = :key ORDER BY position"
                    + " LIMIT :limit")
            .bind("space", tenant.space())
            .bind("key", tenant.row(key))
            .bind("limit", limit)
            .map((row, _) -> tenant.key(row.getBytes(1)))
            .list());
  }

  @Override
  public List<Value> users(Key key, int limit) {
    return jdbi.withHandle(handle ->
        values(
            handle
                .createQuery(
                    VALUE
                        + "key IN (SELECT child FROM edge WHERE space = :space AND parent = :key)"
                        + " ORDER BY last_run DESC, key LIMIT :limit")
                .bind("limit", limit),
            key));
  }

  private List<Value> values(Query query, Key key) {
    return query
        .bind("space", tenant.space())
        .bind("key", tenant.row(key))
        .map((row, _) -> GraphTables.valueOf(tenant.key(row.getBytes(1)), row))
        .list();
  }

  @Override
  public List<ArtifactEntry> artifactsOf(Collection<Key> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT key, vertex, bytes, cost_nanos, run, uses FROM artifact WHERE space ="
                    + " :space AND vertex IN (<keys>) LIMIT "
                    + SpaceQuestions.MOST_ROWS)
            .bind("space", tenant.space())
            .bindList("keys", keys.stream().map(tenant::row).toList())
            .map((row, _) ->
                new ArtifactEntry(
                    tenant.key(row.getBytes(1)),
                    tenant.key(row.getBytes(2)),
                    "",
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6)))
            .list());
  }
}
