package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.GraphDatabase.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Costs in the graph of a folder, by classes of devices. */
final class GraphCosts {
  private GraphCosts() {}

  /** Adds to what is known of a value; does nothing where the value is not known. */
  static void add(Session session, Key vertex, DeviceCost cost) throws SQLException {
    PreparedStatement put =
        session.prepared(
            "INSERT INTO cost(vertex, device, count, nanos) SELECT ?1, ?2, ?3, ?4 WHERE EXISTS"
                + " (SELECT 1 FROM vertex WHERE key = ?1) ON CONFLICT(vertex, device) DO UPDATE"
                + " SET "
                + DeviceCost.addedInSql("min", "max"));
    GraphDatabase.setKey(put, 1, vertex);
    put.setString(2, cost.device());
    put.setLong(3, cost.count());
    put.setLong(4, cost.nanos());
    put.executeUpdate();
  }

  static Map<Key, MeasuredCosts> of(Session session, Collection<Key> vertices) throws SQLException {
    PreparedStatement find =
        session.prepared(
            "SELECT v.cost_nanos, c.device, c.count, c.nanos FROM vertex v LEFT JOIN cost c ON"
                + " c.vertex = v.key WHERE v.key = ? ORDER BY c.device");
    Map<Key, MeasuredCosts> found = new HashMap<>();
    for (Key vertex : vertices) {
      GraphDatabase.setKey(find, 1, vertex);
      try (ResultSet row = find.executeQuery()) {
        boolean known = false;
        long least = 0;
        List<DeviceCost> byDevice = new ArrayList<>();
        while (row.next()) {
          known = true;
          least = row.getLong(1);
          if (row.getString(2) != null) {
            byDevice.add(new DeviceCost(row.getString(2), row.getLong(3), row.getLong(4)));
          }
        }
        if (known) {
          found.put(vertex, new MeasuredCosts(least, byDevice));
        }
      }
    }
    return found;
  }

  /** All that was measured, by value. */
  static Map<Key, List<DeviceCost>> all(Session session) throws SQLException {
    PreparedStatement find =
        session.prepared("SELECT vertex, device, count, nanos FROM cost ORDER BY vertex, device");
    Map<Key, List<DeviceCost>> all = new LinkedHashMap<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        all.computeIfAbsent(Keys.of(row.getBytes(1)), _ -> new ArrayList<>())
            .add(new DeviceCost(row.getString(2), row.getLong(3), row.getLong(4)));
      }
    }
    return all;
  }

  /** What was measured on each class, in alphabetical order. */
  static List<Experiments.DeviceTotal> totals(Session session) throws SQLException {
    PreparedStatement find =
        session.prepared(
            "SELECT device, count(*), sum(count), sum(1.0 * count * nanos) FROM cost GROUP BY"
                + " device ORDER BY device");
    List<Experiments.DeviceTotal> totals = new ArrayList<>();
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        totals.add(
            new Experiments.DeviceTotal(
                row.getString(1), row.getLong(2), row.getLong(3), (long) row.getDouble(4)));
      }
    }
    return totals;
  }
}
