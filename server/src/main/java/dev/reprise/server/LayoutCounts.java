package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * What a space has counted of its pieces, compared with what artifacts and layouts say; in a change
 * of the space.
 */
final class LayoutCounts {
  private static final String CHARGES =
      "(SELECT coalesce(sum(charged), 0) FROM artifact a WHERE a.tenant = t.id) + (SELECT"
          + " coalesce(sum(p.bytes), 0) FROM piece_use u JOIN piece p ON p.space = u.space AND"
          + " p.hash = u.piece WHERE u.tenant = t.id)";

  private final Handle handle;
  private final long space;
  private final SpaceLayouts layouts;

  LayoutCounts(Handle handle, long space, SpaceLayouts layouts) {
    this.handle = handle;
    this.space = space;
    this.layouts = layouts;
  }

  /** A tenant uses a piece. */
  private record Use(Key piece, long tenant) {}

  /** A tenant has artifacts with a content. */
  private record Held(Key hash, long tenant) {}

  /** How many layouts of a tenant's use a piece, counted. */
  private Map<Use, Long> counted() {
    Map<Key, Layout> found = new HashMap<>();
    Map<Use, Long> counted = new HashMap<>();
    handle
        .createQuery(
            "SELECT DISTINCT a.tenant, a.hash FROM artifact a JOIN layout l ON l.space = a.space"
                + " AND l.hash = a.hash WHERE a.space = :space AND a.content IS NULL")
        .bind("space", space)
        .map((row, _) -> new Held(Tenant.plain(row.getBytes(2)), row.getLong(1)))
        .list()
        .forEach(held -> {
          Layout layout = found.computeIfAbsent(held.hash, this::layoutOrNull);
          if (layout != null) {
            for (Key piece : layout.lengths().keySet()) {
              counted.merge(new Use(piece, held.tenant), 1L, Long::sum);
            }
          }
        });
    return counted;
  }

  private Layout layoutOrNull(Key hash) {
    try {
      return layouts.find(hash);
    } catch (DamagedContentException e) {
      // Whoever loads the content finds it out.
      return null;
    }
  }

  private Map<Use, Long> noted() {
    Map<Use, Long> noted = new HashMap<>();
    handle
        .createQuery("SELECT piece, tenant, layouts FROM piece_use WHERE space = :space")
        .bind("space", space)
        .map((row, _) ->
            Map.entry(new Use(Tenant.plain(row.getBytes(1)), row.getLong(2)), row.getLong(3)))
        .forEach(use -> noted.put(use.getKey(), use.getValue()));
    return noted;
  }

  /** True when uses are noted as they are, and tenants charged for what they have. */
  boolean areRight() {
    return counted().equals(noted())
        && handle
            .createQuery(
                "SELECT count(*) FROM tenant t WHERE space = :space AND artifact_bytes <> "
                    + CHARGES)
            .bind("space", space)
            .mapTo(Long.class)
            .one()
            .equals(0L);
  }

  /** Files of pieces that have no row. */
  List<Key> orphans() throws IOException {
    Set<Key> rows = new HashSet<>();
    handle
        .createQuery("SELECT hash FROM piece WHERE space = :space")
        .bind("space", space)
        .map((row, _) -> Tenant.plain(row.getBytes(1)))
        .forEach(rows::add);
    return layouts.files().all().stream().filter(piece -> !rows.contains(piece)).toList();
  }

  /**
   * Counts uses and charges anew, and removes layouts without artifacts, pieces without layouts and
   * files without pieces.
   */
  void mend() throws IOException {
    handle
        .createUpdate(
            "DELETE FROM layout l WHERE space = :space AND NOT EXISTS (SELECT 1 FROM artifact a"
                + " WHERE a.space = l.space AND a.hash = l.hash AND a.content IS NULL)")
        .bind("space", space)
        .execute();
    Map<Use, Long> counted = counted();
    handle
        .createUpdate("DELETE FROM piece_use WHERE space = :space")
        .bind("space", space)
        .execute();
    try (PreparedBatch uses =
        handle.prepareBatch(
            "INSERT INTO piece_use(space, piece, tenant, layouts) VALUES(:space, :piece, :tenant,"
                + " :layouts)")) {
      for (Map.Entry<Use, Long> use : counted.entrySet()) {
        uses.bind("space", space)
            .bind("piece", Tenant.bytes(use.getKey().piece))
            .bind("tenant", use.getKey().tenant)
            .bind("layouts", use.getValue())
            .add();
      }
      if (uses.size() > 0) {
        uses.execute();
      }
    }
    handle
        .createUpdate(
            "DELETE FROM piece p WHERE space = :space AND NOT EXISTS (SELECT 1 FROM piece_use u"
                + " WHERE u.space = p.space AND u.piece = p.hash)")
        .bind("space", space)
        .execute();
    for (Key orphan : orphans()) {
      layouts.files().delete(orphan);
    }
    handle
        .createUpdate("UPDATE tenant t SET artifact_bytes = " + CHARGES + " WHERE space = :space")
        .bind("space", space)
        .execute();
  }
}
