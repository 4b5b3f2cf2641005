package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.Provenance.Ancestor;
import dev.reprise.store.Provenance.Value;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Walks the graph around one value. For one question. */
final class ProvenanceQuery {
  private static final String VALUE =
      "SELECT v.key, v.operation, v.bytes, v.cost_nanos, v.frequency, v.first_run, v.last_run,"
          + " EXISTS(SELECT 1 FROM artifact a WHERE a.vertex = v.key) FROM vertex v ";

  private final GraphDatabase.Session session;

  ProvenanceQuery(GraphDatabase.Session session) {
    this.session = session;
  }

  /**
   * What is known of the value whose lineage begins with these digits; null when there is none.
   *
   * @param most values below, and values made of it
   * @throws StoreException when there are several
   */
  Provenance of(String digits, int most) throws SQLException {
    // By its beginning, since keys are what the table is ordered by.
    PreparedStatement find = session.prepared(VALUE + "WHERE v.key BETWEEN ? AND ? LIMIT 2");
    String rest = "0".repeat(2 * Keys.LENGTH - digits.length());
    find.setBytes(1, Keys.bytes(Key.parse(digits + rest)));
    find.setBytes(2, Keys.bytes(Key.parse(digits + rest.replace('0', 'f'))));
    List<Value> found = values(find);
    if (found.size() > 1) {
      throw new StoreException("several values have a lineage that begins with " + digits);
    }
    if (found.isEmpty()) {
      return null;
    }
    Value value = found.getFirst();
    return new Provenance(value, below(value, most), users(value, most));
  }

  private List<Ancestor> below(Value top, int most) throws SQLException {
    List<Ancestor> all = new ArrayList<>();
    Set<Key> seen = new HashSet<>();
    Deque<Ancestor> open = new ArrayDeque<>();
    pushOperands(top, 0, open);
    while (!open.isEmpty() && all.size() < most) {
      Ancestor next = open.pop();
      if (seen.add(next.value().lineage())) {
        all.add(next);
        pushOperands(next.value(), next.depth(), open);
      }
    }
    return all;
  }

  private void pushOperands(Value value, int depth, Deque<Ancestor> open) throws SQLException {
    PreparedStatement find =
        session.prepared(
            VALUE + "JOIN edge e ON e.parent = v.key WHERE e.child = ? ORDER BY e.position DESC");
    find.setBytes(1, Keys.bytes(value.lineage()));
    for (Value operand : values(find)) {
      open.push(new Ancestor(depth + 1, operand));
    }
  }

  private List<Value> users(Value value, int most) throws SQLException {
    PreparedStatement find =
        session.prepared(
            VALUE
                + "WHERE v.key IN (SELECT child FROM edge WHERE parent = ?) ORDER BY v.last_run"
                + " DESC, v.key LIMIT ?");
    find.setBytes(1, Keys.bytes(value.lineage()));
    find.setInt(2, most);
    return values(find);
  }

  private static List<Value> values(PreparedStatement find) throws SQLException {
    List<Value> values = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        values.add(
            new Value(
                Keys.of(row.getBytes(1)),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getBoolean(8)));
      }
    }
    return values;
  }
}
